"""Trails of a few units beneath their symbols: lines that fade the older they are. Emergencies are thicker."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from comms.domain.ids import UnitId
from console.layers.layer import Live
from console.store.trails import Trails
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import Floats, worlds_of
from ui.map.track_paths import path_of
from ui.map.view import View

OPACITIES = (0.9, 0.65, 0.42, 0.24)
"""Of equal parts of the time, the newest first."""
LINE_PX, EMERGENCY_PX = 2.4, 4.0
UNITS_OF_PATH = 2.0**26
"""Paths are in such parts of the world's width, some 0.6 m, from an anchor near them."""


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    path: QPainterPath
    is_emergency: bool
    opacity: float


class TrailOverlay:
    """`show` makes the lines, `paint` only draws them, at any zoom."""

    order = 20
    live = Live.TRAILS

    def __init__(self) -> None:
        self.lines: tuple[_Line, ...] = ()
        self._anchor = (0.0, 0.0)

    def show(self, trails: Trails, ordinary: Iterable[UnitId], distressed: Iterable[UnitId], *, now: float,
             last_s: float) -> None:  # fmt: skip
        """The trails of these, as far back as the last so many seconds."""
        lines: list[_Line] = []
        for is_emergency, unit_ids in ((False, ordinary), (True, distressed)):
            found = [trails.since(unit_id, now - last_s) for unit_id in unit_ids]
            if not any(len(rows) for rows, _ in found):
                continue
            rows = np.concatenate([rows for rows, _ in found])
            x, y = worlds_of(lat=rows[:, 1], lon=rows[:, 2])
            if not lines:
                self._anchor = float(x[0]), float(y[0])
            x, y = (x - self._anchor[0]) * UNITS_OF_PATH, (y - self._anchor[1]) * UNITS_OF_PATH
            is_linked = np.concatenate([links for _, links in found])
            part = np.clip((now - rows[:, 0]) / last_s * len(OPACITIES), 0, len(OPACITIES) - 1).astype(np.intp)
            for index, opacity in enumerate(OPACITIES):
                lines.append(_Line(_path(x, y, is_linked & (part == index)), is_emergency, opacity))
        self.lines = tuple(lines)

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        zoom = view.scale / UNITS_OF_PATH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(*view.screen_of(*self._anchor))
        painter.scale(zoom, zoom)
        for line in self.lines:
            ink = QColor(palette.emergency if line.is_emergency else palette.accent)
            ink.setAlphaF(line.opacity)
            width = (EMERGENCY_PX if line.is_emergency else LINE_PX) * scale / zoom
            cap, join = Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, cap, join))
            painter.drawPath(line.path)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Nothing to click: it only shows."""
        return None


def _path(x: Floats, y: Floats, is_drawn: NDArray[np.bool_]) -> QPainterPath:
    """A line to each point that is drawn, from the point before it."""
    is_needed = is_drawn.copy()
    is_needed[:-1] |= is_drawn[1:]
    rows = np.flatnonzero(is_needed)
    return path_of(x[rows], y[rows], is_drawn[rows])
