"""Due and overdue places on the map, as the sheet of patrols lists them."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from comms.protocol.patrol_commands import DueShown
from comms.protocol.patrol_pushes import DueRow
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import world_of
from ui.map.view import View

PATROL_KIND = "patrol"
_SIDE_PX = 5.0
_NEAR_PX = 8.0


class PatrolOverlay:
    """Empty until places are shown; a diamond each, the overdue filled."""

    order = 45

    def __init__(self) -> None:
        self._rows: tuple[DueRow, ...] = ()
        self._worlds = np.zeros((0, 2))

    def show(self, rows: Sequence[DueRow]) -> None:
        self._rows = tuple({row.place.id: row for row in rows}.values())
        spots = [world_of(lat=row.place.lat, lon=row.place.lon) for row in self._rows]
        self._worlds = np.array(spots, np.float64).reshape(-1, 2)

    @property
    def rows(self) -> tuple[DueRow, ...]:
        return self._rows

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        side = _SIDE_PX * scale
        diamond = QPolygonF([QPointF(0, -side), QPointF(side, 0), QPointF(0, side), QPointF(-side, 0)])
        for row, world in zip(self._rows, self._worlds, strict=True):
            is_late = row.state in (DueShown.OVERDUE, DueShown.MISSED)
            colour = QColor(palette.emergency if is_late else palette.accent)
            painter.setPen(QPen(QColor(palette.symbol_edge), 1.4 * scale))
            painter.setBrush(colour)
            painter.drawPolygon(diamond.translated(QPointF(*view.screen_of(*world))))

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        for row, world in zip(self._rows, self._worlds, strict=True):
            x, y = view.screen_of(*world)
            if abs(x - px) + abs(y - py) <= _NEAR_PX * scale:
                return Hit(PATROL_KIND, row.place.id)
        return None
