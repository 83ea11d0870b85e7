"""Where replayed units are at one moment: symbols by colour and shape, drawn once each and copied from then on."""

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from console.store.tracks import Presence
from ui.map.fragments import Fragments
from ui.map.palette import MapPalette
from ui.map.projection import Floats
from ui.map.track_paths import path_of

DARK_COLOURS = ("#ff9d5c", "#5cd6ff", "#d8a6ff", "#ffe066", "#7ff0a0", "#ff8fb3", "#9db7ff", "#d9d9d9")
LIGHT_COLOURS = ("#b34700", "#00607a", "#6b21a8", "#7a5b00", "#0f6b34", "#a3134f", "#1e429f", "#4a4a4a")
SHAPES = 4
"""Circle, square, triangle, diamond: the colour goes round eight times before a pair is met again."""
KEPT_SHEETS = 4
_REACH, _EDGE_PX = 1.25, 1.2
_CORNERS = {
    0: np.array([(np.cos(turn), np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 25)]),
    1: np.array([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9), (-0.9, -0.9)]),
    2: np.array([(0.0, -1.15), (1.1, 0.85), (-1.1, 0.85), (0.0, -1.15)]),
    3: np.array([(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0), (0.0, -1.25)]),
}


def colours_of(palette: MapPalette) -> tuple[str, ...]:
    return DARK_COLOURS if palette.is_dark else LIGHT_COLOURS


class HeadSheet:
    """A column for each colour, two rows for each shape: hollow where a unit is silent, full where it is heard.

    `radius_px` is in logical pixels, the sheet in device pixels."""

    def __init__(self, palette: MapPalette, *, radius_px: float, pixel_ratio: float) -> None:
        self.cell = 2 * ceil((radius_px * _REACH + _EDGE_PX) * pixel_ratio) + 2
        colours = colours_of(palette)
        self.pixmap = QPixmap(self.cell * len(colours), self.cell * 2 * SHAPES)
        self.pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self.pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape, corners in _CORNERS.items():
            x, y = corners.T * radius_px
            outline = path_of(x, y, np.ones(len(corners), bool))
            for column, colour in enumerate(colours):
                for is_heard in (False, True):
                    painter.resetTransform()
                    painter.translate((column + 0.5) * self.cell, (2 * shape + is_heard + 0.5) * self.cell)
                    painter.scale(pixel_ratio, pixel_ratio)
                    painter.setPen(QPen(QColor(palette.symbol_edge if is_heard else colour), _EDGE_PX))
                    painter.setBrush(QBrush(QColor(colour)) if is_heard else Qt.BrushStyle.NoBrush)
                    painter.drawPath(outline)
        painter.end()


class TrackHeads:
    """Screen and print have other sheets, and may take turns."""

    def __init__(self) -> None:
        self._sheets: dict[tuple[bool, float, float], HeadSheet] = {}
        self._fragments = Fragments()

    def draw(
        self,
        painter: QPainter,
        palette: MapPalette,
        radius_px: float,
        *,
        rows: NDArray[np.intp],
        px: Floats,
        py: Floats,
        presence: NDArray[np.uint8],
    ) -> None:
        """`rows` tell units apart; `px`, `py`, `presence` are theirs, logical pixels. The silent lie beneath."""
        ratio = painter.device().devicePixelRatio()
        sheet = self._sheet(palette, radius_px, ratio)
        is_heard = presence == Presence.HEARD
        order = np.argsort(is_heard, kind="stable")
        colours = len(colours_of(palette))
        column = rows[order] % colours
        row = rows[order] // colours % SHAPES * 2 + is_heard[order]
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        # Whole device pixels: a symbol is then copied, not resampled.
        x, y = np.rint(px[order] * ratio), np.rint(py[order] * ratio)
        self._fragments.draw(painter, sheet.pixmap, sheet.cell, x, y, column * sheet.cell, row * sheet.cell)
        painter.restore()

    def _sheet(self, palette: MapPalette, radius_px: float, ratio: float) -> HeadSheet:
        key = (palette.is_dark, radius_px, ratio)
        found = self._sheets.get(key)
        if found is None:
            if len(self._sheets) >= KEPT_SHEETS:
                self._sheets.clear()
            found = self._sheets[key] = HeadSheet(palette, radius_px=radius_px, pixel_ratio=ratio)
        return found
