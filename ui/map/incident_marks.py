"""Symbols of incidents: a square, a diamond, a triangle, told apart without colour. Many are copies from one sheet."""

from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from comms.domain.order import OrderPriority
from ui.map.fragments import Fragments
from ui.map.palette import MapPalette
from ui.map.projection import Floats

SIDE_PX = 11.0
PRIORITIES = tuple(OrderPriority)
"""The least grave first."""
_SHAPES: dict[OrderPriority, tuple[tuple[float, float], ...]] = {
    OrderPriority.NORMAL: ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    OrderPriority.URGENT: ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    OrderPriority.CRITICAL: ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
}
_REACH = 1.4
KEPT_SHEETS = 4


def draw_incident(painter: QPainter, spot: QPointF, priority: OrderPriority, palette: MapPalette, side: float) -> None:
    """The symbol around a spot; `side` is half of a square's, and a bit more."""
    shape = QPolygonF([QPointF(spot.x() + dx * side, spot.y() + dy * side) for dx, dy in _SHAPES[priority]])
    line_px = 2.0 * side / SIDE_PX
    painter.setPen(QPen(QColor(palette.symbol_edge), line_px))
    painter.setBrush(QColor(incident_colour(priority, palette)))
    painter.drawPolygon(shape)
    painter.setPen(QPen(QColor(palette.order_glyph), line_px, c=Qt.PenCapStyle.RoundCap))
    low = 0.1 * side if priority is OrderPriority.CRITICAL else 0.0
    x, y = spot.x(), spot.y() + low
    painter.drawLine(QPointF(x, y - 0.45 * side), QPointF(x, y + 0.1 * side))
    painter.drawPoint(QPointF(x, y + 0.5 * side))


def incident_colour(priority: OrderPriority, palette: MapPalette) -> str:
    return {
        OrderPriority.NORMAL: palette.accent,
        OrderPriority.URGENT: palette.order_waiting,
        OrderPriority.CRITICAL: palette.emergency,
    }[priority]


class IncidentMarks:
    """Screen and print have other sheets, and may take turns."""

    def __init__(self) -> None:
        self._sheets: dict[tuple[bool, float, float], tuple[QPixmap, int]] = {}
        self._fragments = Fragments()

    def draw(
        self, painter: QPainter, palette: MapPalette, scale: float, *, px: Floats, py: Floats, priority: Floats
    ) -> None:
        """Logical pixels; `priority` is an index into PRIORITIES. The last lie on top."""
        ratio = painter.device().devicePixelRatio()
        sheet, cell = self._sheet(palette, scale, ratio)
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        self._fragments.draw(painter, sheet, cell, np.rint(px * ratio), np.rint(py * ratio), priority * cell, 0.0)
        painter.restore()

    def _sheet(self, palette: MapPalette, scale: float, ratio: float) -> tuple[QPixmap, int]:
        key = (palette.is_dark, scale, ratio)
        found = self._sheets.get(key)
        if found is None:
            if len(self._sheets) >= KEPT_SHEETS:
                self._sheets.clear()
            cell = 2 * ceil(SIDE_PX * _REACH * scale * ratio)
            sheet = QPixmap(cell * len(PRIORITIES), cell)
            sheet.fill(Qt.GlobalColor.transparent)
            painter = QPainter(sheet)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, priority in enumerate(PRIORITIES):
                middle = QPointF((place + 0.5) * cell, cell / 2)
                draw_incident(painter, middle, priority, palette, SIDE_PX * scale * ratio)
            painter.end()
            found = self._sheets[key] = (sheet, cell)
        return found
