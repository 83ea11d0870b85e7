"""Geofences on the map: their outline and name; dashed and dim while switched off."""

from math import hypot

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from comms.domain.fence import Fence, FenceCircle, FencePolygon
from console.layers.layer import Live
from console.store.store import Store
from ui.map.lettering import map_font
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import metres_per_pixel
from ui.map.view import View

ORDER = 40
KIND = "fence"
EDGE_REACH_PX = 6.0


class FenceOverlay:
    order = ORDER
    live = Live.FENCES

    def __init__(self, store: Store) -> None:
        self._store = store

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for fence in self._store.picture.fences.values():
            colour = QColor(palette.order_waiting if fence.is_on else palette.text)
            pen = QPen(colour, 2.0 * scale)
            pen.setStyle(Qt.PenStyle.SolidLine if fence.is_on else Qt.PenStyle.DotLine)
            painter.setPen(pen)
            wash = QColor(colour)
            wash.setAlpha(24 if fence.is_on else 0)
            painter.setBrush(wash)
            top = self._draw(painter, view, fence)
            if top is not None:
                painter.setFont(map_font(12 * scale))
                painter.drawText(QPointF(top.x() - 30 * scale, top.y() - 5 * scale), fence.name)

    def _draw(self, painter: QPainter, view: View, fence: Fence) -> QPointF | None:
        """Where the name goes; None for a fence that is everywhere."""
        match fence.shape:
            case FenceCircle() as circle:
                middle, radius = _circle(view, circle)
                painter.drawEllipse(middle, radius, radius)
                return QPointF(middle.x(), middle.y() - radius)
            case FencePolygon(ring=ring):
                points = [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in ring]
                painter.drawPolygon(QPolygonF(points))
                return min(points, key=QPointF.y)
            case _:
                return None

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Only the edge of a circle and the corners of an outline: who is inside must stay within reach."""
        reach = EDGE_REACH_PX * scale
        for fence in reversed(self._store.picture.fences.values()):
            match fence.shape:
                case FenceCircle() as circle:
                    middle, radius = _circle(view, circle)
                    is_hit = abs(hypot(px - middle.x(), py - middle.y()) - radius) <= reach
                case FencePolygon(ring=ring):
                    corners = (view.screen_at(lat=lat, lon=lon) for lat, lon in ring)
                    is_hit = any(hypot(px - x, py - y) <= reach * 1.5 for x, y in corners)
                case _:
                    is_hit = False
            if is_hit:
                return Hit(KIND, fence.id)
        return None


def _circle(view: View, circle: FenceCircle) -> tuple[QPointF, float]:
    middle = QPointF(*view.screen_at(lat=circle.lat, lon=circle.lon))
    return middle, circle.radius_m / metres_per_pixel(lat=circle.lat, zoom=view.zoom)
