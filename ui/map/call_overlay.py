"""Where area calls were made: the circle or outline stays with its call, named, for as long as the call is up."""

from math import hypot

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from comms.domain.ad_hoc import AdHoc, PolygonTarget
from comms.domain.ids import TalkgroupId
from comms.domain.order import CircleTarget
from comms.domain.picture import TalkgroupState
from console.layers.layer import Live
from console.store.store import Store
from ui.map.lettering import map_font
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import metres_per_pixel
from ui.map.view import View
from ui.text import Texts

ORDER = 60
KIND = "area_call"
EDGE_REACH_PX = 6.0


class CallOverlay:
    """Dashed while only who was inside is called, solid where newcomers are called in; heavier while somebody talks."""

    order = ORDER
    live = Live.CALL_AREAS

    def __init__(self, store: Store, text: Texts) -> None:
        self._store = store
        self._text = text

    def _calls(self) -> list[tuple[TalkgroupId, TalkgroupState, AdHoc]]:
        groups = self._store.picture.talkgroups.items()
        return [(key, group, group.ad_hoc) for key, group in groups if group.ad_hoc is not None]

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for key, group, ad_hoc in self._calls():
            is_heard = self._store.floor(key).talker is not None
            pen = QPen(QColor(palette.talking), (3.0 if is_heard else 1.8) * scale)
            if not ad_hoc.is_following_area:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            wash = QColor(palette.talking)
            wash.setAlpha(28)
            painter.setBrush(wash)
            top = self._draw(painter, view, ad_hoc)
            if top is not None:
                words = self._text("area_call.tag", name=group.talkgroup.name, count=len(ad_hoc.unit_ids))
                _draw_tag(painter, top, words, palette, scale)

    def _draw(self, painter: QPainter, view: View, ad_hoc: AdHoc) -> QPointF | None:
        """Where the name goes; None for a call of named units, which has no place."""
        match ad_hoc.area:
            case CircleTarget() as circle:
                middle, radius = _circle(view, circle)
                painter.drawEllipse(middle, radius, radius)
                return QPointF(middle.x(), middle.y() - radius)
            case PolygonTarget() as polygon:
                points = _corners(view, polygon)
                painter.drawPolygon(QPolygonF(points))
                return min(points, key=QPointF.y)
            case _:
                return None

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Only the edge is a target: who is inside must stay within reach."""
        reach = EDGE_REACH_PX * scale
        for key, _, ad_hoc in reversed(self._calls()):
            if _is_on_edge(view, ad_hoc, px, py, reach):
                return Hit(KIND, key)
        return None


def _is_on_edge(view: View, ad_hoc: AdHoc, px: float, py: float, reach: float) -> bool:
    match ad_hoc.area:
        case CircleTarget() as circle:
            middle, radius = _circle(view, circle)
            return abs(hypot(px - middle.x(), py - middle.y()) - radius) <= reach
        case PolygonTarget() as polygon:
            points = _corners(view, polygon)
            ends = (*points[1:], points[0])
            return any(_gap(QPointF(px, py), a, b) <= reach for a, b in zip(points, ends, strict=True))
        case _:
            return False


def _gap(point: QPointF, a: QPointF, b: QPointF) -> float:
    """From a point to a straight piece of line, in pixels."""
    along, off = b - a, point - a
    length = QPointF.dotProduct(along, along)
    share = min(1.0, max(0.0, QPointF.dotProduct(off, along) / length)) if length else 0.0
    foot = a + along * share
    return hypot(point.x() - foot.x(), point.y() - foot.y())


def _circle(view: View, circle: CircleTarget) -> tuple[QPointF, float]:
    middle = QPointF(*view.screen_at(lat=circle.lat, lon=circle.lon))
    return middle, circle.radius_m / metres_per_pixel(lat=circle.lat, zoom=view.zoom)


def _corners(view: View, polygon: PolygonTarget) -> list[QPointF]:
    return [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in polygon.corners]


def _draw_tag(painter: QPainter, top: QPointF, words: str, palette: MapPalette, scale: float) -> None:
    font = map_font(12 * scale)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(words) + 14 * scale, metrics.height() + 6
    plate = QRectF(round(top.x() - width / 2), round(top.y() - height / 2), width, height)
    painter.setPen(QPen(QColor(palette.talking), 1.2 * scale))
    painter.setBrush(QColor(palette.panel))
    painter.drawRoundedRect(plate, 5, 5)
    painter.setFont(font)
    painter.setPen(QColor(palette.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)
