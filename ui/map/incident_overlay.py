"""Open incidents on the map: shape and colour by priority. Their names have the first right to room: labels of units
keep clear of them."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from comms.domain.incident import Incident, IncidentState
from comms.domain.order import OrderPriority
from console.layers.layer import Live
from ui.map.declutter import Cells, Occupancy, Rect
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.plate import Plates
from ui.map.projection import world_of
from ui.map.view import View

INCIDENT_KIND = "incident"
MOST_NAMES = 80
_SIDE_PX = 11.0
_GAP_PX = 3.0
_NAMES_FROM_ZOOM = {OrderPriority.CRITICAL: 11.0, OrderPriority.URGENT: 13.0, OrderPriority.NORMAL: 14.0}
"""The gravest first."""
_SHAPES: dict[OrderPriority, tuple[tuple[float, float], ...]] = {
    OrderPriority.NORMAL: ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    OrderPriority.URGENT: ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    OrderPriority.CRITICAL: ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
}
"""A square, a diamond, a triangle: told apart without colour."""
_Spot = tuple[Incident, float, float]


class IncidentOverlay:
    order = 50
    live = Live.INCIDENTS

    def __init__(self) -> None:
        self._shown: list[_Spot] = []
        self._plates = Plates()
        self._named: list[tuple[Incident, Rect]] = []
        """Names as they were placed last."""

    def show(self, states: list[IncidentState]) -> None:
        """The newest last."""
        self._shown = [
            (state.incident, *world_of(lat=state.incident.place.lat, lon=state.incident.place.lon))
            for state in reversed(states)
        ]

    def _in_view(self, view: View, scale: float) -> list[_Spot]:
        """In pixels, the newest first."""
        x_min, y_min, x_max, y_max = view.bounds(margin_px=_SIDE_PX * scale)
        inside = (one for one in self._shown if x_min < one[1] < x_max and y_min < one[2] < y_max)
        return [(incident, *view.screen_of(x, y)) for incident, x, y in inside]

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for incident, x, y in reversed(self._in_view(view, scale)):
            self._draw_mark(painter, QPointF(x, y), incident.priority, palette, scale)

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for incident, rect in self._named:
            self._plates.draw(painter, rect, incident.kind, _colour(incident.priority, palette), palette, scale)

    def claim(self, view: View, scale: float, room: Occupancy) -> list[Rect]:
        """The gravest first, then the newest; beside the symbol, over nothing else that has a right to its room."""
        spots, side = self._in_view(view, scale), _SIDE_PX * scale
        self._named = []
        for priority, from_zoom in _NAMES_FROM_ZOOM.items():
            alike = [one for one in spots if one[0].priority is priority and view.zoom >= from_zoom]
            for _, x, y in alike:  # less grave ones may be covered
                room.take((x - side, y - side, 2 * side, 2 * side))
            for incident, x, y in alike[: MOST_NAMES - len(self._named)]:
                rect = self._place(view, x, y, incident.kind, scale, room)
                if rect is not None:
                    self._named.append((incident, rect))
        return [rect for _, rect in self._named]

    def _place(self, view: View, x: float, y: float, words: str, scale: float, room: Occupancy) -> Rect | None:
        """Cut by the edge only where there is no better place; None where there is none at all."""
        best: tuple[Rect, Cells] | None = None
        for rect in self._sides(x, y, words, scale):
            cells = room.cells(rect)
            if room.are_free(cells):
                left, top, width, height = rect
                is_whole = left >= 0 and top >= 0 and left + width <= view.width and top + height <= view.height
                best = (rect, cells) if best is None or is_whole else best
                if is_whole:
                    break
        if best is None:
            return None
        room.take_cells(best[1])
        return best[0]

    def _sides(self, x: float, y: float, words: str, scale: float) -> list[Rect]:
        """Right, left, below, above."""
        _, _, width, height = self._plates.rect((x, y), words, scale)
        reach = (_SIDE_PX + _GAP_PX) * scale
        across, down = reach + width / 2, reach + height / 2
        middles = ((x + across, y), (x - across, y), (x, y + down), (x, y - down))
        return [self._plates.rect(middle, words, scale) for middle in middles]

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
        for incident, (x, y, width, height) in self._named:
            if x <= px <= x + width and y <= py <= y + height:
                return Hit(INCIDENT_KIND, incident.id)
        for incident, spot_x, spot_y in self._in_view(view, scale):
            if max(abs(spot_x - px), abs(spot_y - py)) <= _SIDE_PX * scale:
                return Hit(INCIDENT_KIND, incident.id)
        return None


def _colour(priority: OrderPriority, palette: MapPalette) -> str:
    return {
        OrderPriority.NORMAL: palette.accent,
        OrderPriority.URGENT: palette.order_waiting,
        OrderPriority.CRITICAL: palette.emergency,
    }[priority]
