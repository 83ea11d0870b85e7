"""Open incidents on the map: shape and colour by priority, named when there is room."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from comms.domain.incident import Incident, IncidentState
from comms.domain.order import OrderPriority
from console.layers.layer import Live
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import world_of
from ui.map.view import View

INCIDENT_KIND = "incident"
_SIDE_PX = 11.0
_NAMES_FROM_ZOOM = 14.0
_SHAPES: dict[OrderPriority, tuple[tuple[float, float], ...]] = {
    OrderPriority.NORMAL: ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    OrderPriority.URGENT: ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    OrderPriority.CRITICAL: ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
}
"""A square, a diamond, a triangle: told apart without colour."""


class IncidentOverlay:
    order = 50
    live = Live.INCIDENTS

    def __init__(self) -> None:
        self._shown: list[tuple[Incident, float, float]] = []

    def show(self, states: list[IncidentState]) -> None:
        self._shown = [
            (state.incident, *world_of(lat=state.incident.place.lat, lon=state.incident.place.lon)) for state in states
        ]

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        x_min, y_min, x_max, y_max = view.bounds(margin_px=30 * scale)
        for incident, x, y in self._shown:
            if x_min < x < x_max and y_min < y < y_max:
                spot = QPointF(*view.screen_of(x, y))
                self._draw_mark(painter, spot, incident.priority, palette, scale)
                if view.zoom >= _NAMES_FROM_ZOOM:
                    _draw_name(painter, spot, incident.kind, palette, scale)

    def _draw_mark(
        self, painter: QPainter, spot: QPointF, priority: OrderPriority, palette: MapPalette, scale: float
    ) -> None:
        side = _SIDE_PX * scale
        shape = QPolygonF([QPointF(spot.x() + dx * side, spot.y() + dy * side) for dx, dy in _SHAPES[priority]])
        painter.setPen(QPen(QColor(palette.symbol_edge), 2.0 * scale))
        painter.setBrush(QColor(_colour(priority, palette)))
        painter.drawPolygon(shape)
        painter.setPen(QPen(QColor(palette.order_glyph), 2.0 * scale, c=Qt.PenCapStyle.RoundCap))
        low = 0.1 * side if priority is OrderPriority.CRITICAL else 0.0
        x, y = spot.x(), spot.y() + low
        painter.drawLine(QPointF(x, y - 0.45 * side), QPointF(x, y + 0.1 * side))
        painter.drawPoint(QPointF(x, y + 0.5 * side))

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        for incident, x, y in reversed(self._shown):
            spot_x, spot_y = view.screen_of(x, y)
            if max(abs(spot_x - px), abs(spot_y - py)) <= _SIDE_PX * scale:
                return Hit(INCIDENT_KIND, incident.id)
        return None


def _colour(priority: OrderPriority, palette: MapPalette) -> str:
    return {
        OrderPriority.NORMAL: palette.accent,
        OrderPriority.URGENT: palette.order_waiting,
        OrderPriority.CRITICAL: palette.emergency,
    }[priority]


def _draw_name(painter: QPainter, spot: QPointF, words: str, palette: MapPalette, scale: float) -> None:
    font = QFont(painter.font())
    font.setPixelSize(round(12 * scale))
    painter.setFont(font)
    width = QFontMetricsF(font).horizontalAdvance(words) + 8 * scale
    box = QRectF(spot.x() + 14 * scale, spot.y() - 9 * scale, width, 18 * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.label_ground))
    painter.drawRoundedRect(box, 3 * scale, 3 * scale)
    painter.setPen(QColor(palette.label_text))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
