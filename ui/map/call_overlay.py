"""Where area calls were made: the circle or outline stays with its call, named, for as long as the call is up."""

from collections.abc import Iterator
from math import hypot

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from comms.domain.ad_hoc import AdHoc, PolygonTarget
from comms.domain.ids import TalkgroupId
from comms.domain.order import CircleTarget
from comms.domain.picture import TalkgroupState
from console.layers.layer import Live
from console.store.store import Store
from ui.map.declutter import Occupancy, Rect
from ui.map.gaps import gap_to_line
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.plate import Plates
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
        self._plates = Plates()

    def _calls(self) -> list[tuple[TalkgroupId, TalkgroupState, AdHoc]]:
        groups = self._store.picture.talkgroups.items()
        return [(key, group, group.ad_hoc) for key, group in groups if group.ad_hoc is not None]

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for key, _, ad_hoc in self._calls():
            is_heard = self._store.floor(key).talker is not None
            pen = QPen(QColor(palette.talking), (3.0 if is_heard else 1.8) * scale)
            if not ad_hoc.is_following_area:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            wash = QColor(palette.talking)
            wash.setAlpha(28)
            painter.setBrush(wash)
            match ad_hoc.area:
                case CircleTarget() as circle:
                    middle, radius = _circle(view, circle)
                    painter.drawEllipse(middle, radius, radius)
                case PolygonTarget() as polygon:
                    painter.drawPolygon(QPolygonF(_corners(view, polygon)))
                case _:
                    pass  # of named units: it has no place

    def claim(self, view: View, scale: float, room: Occupancy) -> list[Rect]:
        """They hang on their area's edge whatever is there; units' names keep clear of them."""
        claimed = [self._plates.rect((top.x(), top.y()), words, scale) for top, words in self._named(view)]
        for rect in claimed:
            room.take(rect)
        return claimed

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for top, words in self._named(view):
            rect = self._plates.rect((top.x(), top.y()), words, scale)
            self._plates.draw(painter, rect, words, palette.talking, palette, scale)

    def _named(self, view: View) -> Iterator[tuple[QPointF, str]]:
        for _, group, ad_hoc in self._calls():
            top = _top(view, ad_hoc)
            if top is not None:
                yield top, self._text("area_call.tag", name=group.talkgroup.name, count=len(ad_hoc.unit_ids))

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """Only the edge is a target: who is inside must stay within reach."""
        reach = EDGE_REACH_PX * scale
        for key, _, ad_hoc in reversed(self._calls()):
            if _is_on_edge(view, ad_hoc, px, py, reach):
                return Hit(KIND, key)
        return None


def _top(view: View, ad_hoc: AdHoc) -> QPointF | None:
    match ad_hoc.area:
        case CircleTarget() as circle:
            middle, radius = _circle(view, circle)
            return QPointF(middle.x(), middle.y() - radius)
        case PolygonTarget() as polygon:
            return min(_corners(view, polygon), key=QPointF.y)
        case _:
            return None


def _is_on_edge(view: View, ad_hoc: AdHoc, px: float, py: float, reach: float) -> bool:
    match ad_hoc.area:
        case CircleTarget() as circle:
            middle, radius = _circle(view, circle)
            return abs(hypot(px - middle.x(), py - middle.y()) - radius) <= reach
        case PolygonTarget() as polygon:
            points = _corners(view, polygon)
            return gap_to_line(QPointF(px, py), (*points, points[0])) <= reach
        case _:
            return False


def _circle(view: View, circle: CircleTarget) -> tuple[QPointF, float]:
    middle = QPointF(*view.screen_at(lat=circle.lat, lon=circle.lon))
    return middle, circle.radius_m / metres_per_pixel(lat=circle.lat, zoom=view.zoom)


def _corners(view: View, polygon: PolygonTarget) -> list[QPointF]:
    return [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in polygon.corners]
