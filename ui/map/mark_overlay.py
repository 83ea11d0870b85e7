"""The officers' marks on the map: points, lines, areas and texts, each with its label."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from comms.domain.mark import Mark, MarkColour, MarkKind
from console.layers.layer import Live
from console.store.store import Store
from ui.map.declutter import Occupancy, Rect
from ui.map.gaps import gap_to_line
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.plate import Plates
from ui.map.view import View

ORDER = 50
KIND = "mark"
REACH_PX = 8.0
COLOURS: dict[MarkColour, tuple[str, str]] = {
    MarkColour.RED: ("#ff6b6b", "#c81e1e"),
    MarkColour.AMBER: ("#ffb454", "#a15c00"),
    MarkColour.GREEN: ("#4ade80", "#157f3c"),
    MarkColour.BLUE: ("#7cb7ff", "#1d5fd1"),
    MarkColour.PURPLE: ("#c9a2ff", "#7a3fc7"),
    MarkColour.GREY: ("#b8c2cc", "#55606b"),
}
"""On a dark ground, on a light one."""


def mark_colour(colour: MarkColour, palette: MapPalette) -> QColor:
    dark, light = COLOURS[colour]
    return QColor(dark if palette.is_dark else light)


class MarkOverlay:
    order = ORDER
    live = Live.MARKS

    def __init__(self, store: Store) -> None:
        self._store = store
        self.draft: Mark | None = None
        """One that is being changed: shown as it is to be."""
        self._plates = Plates()
        self._seen: tuple[tuple[object, ...], list[tuple[Mark, list[QPointF]]]] | None = None
        """What lies in the view asked about last."""

    def _marks(self, view: View) -> list[tuple[Mark, list[QPointF]]]:
        """Those of which a corner, or the whole view, lies in the other."""
        draft, seq = self.draft, self._store.picture.seq
        if self._seen is not None and self._seen[0] == (view, seq, draft):
            return self._seen[1]
        found = []
        for state in self._store.picture.marks.states.values():
            mark = draft if draft is not None and draft.id == state.mark.id else state.mark
            points = [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in mark.points]
            bounds = QPolygonF(points).boundingRect().adjusted(-40, -40, 40, 40)
            if bounds.right() > 0 and bounds.left() < view.width and bounds.bottom() > 0 and bounds.top() < view.height:
                found.append((mark, points))
        self._seen = ((view, seq, draft), found)
        return found

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for mark, points in self._marks(view):
            colour = mark_colour(mark.colour, palette)
            painter.setPen(QPen(colour, 2.4 * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            match mark.kind:
                case MarkKind.LINE:
                    painter.drawPolyline(QPolygonF(points))
                case MarkKind.AREA:
                    wash = QColor(colour)
                    wash.setAlpha(40)
                    painter.setBrush(wash)
                    painter.drawPolygon(QPolygonF(points))
                case MarkKind.POINT:
                    painter.setBrush(colour)
                    side = 6.0 * scale
                    painter.drawPolygon(QPolygonF([points[0] + QPointF(*at) * side for at in _DIAMOND]))
                case MarkKind.TEXT:
                    pass  # it is its label

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for mark, points in self._marks(view):
            colour = mark_colour(mark.colour, palette).name()
            self._plates.draw(painter, self._plate(mark, points, scale), mark.label, colour, palette, scale)

    def claim(self, view: View, scale: float, room: Occupancy) -> list[Rect]:
        """A mark's name has its place whatever lies there."""
        rects = [self._plate(mark, points, scale) for mark, points in self._marks(view)]
        for rect in rects:
            room.take(rect)
        return rects

    def _plate(self, mark: Mark, points: list[QPointF], scale: float) -> Rect:
        middle = label_place(mark, points, scale)
        return self._plates.rect((middle.x(), middle.y()), mark.label, scale)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """The newest first."""
        pixel, reach = QPointF(px, py), REACH_PX * scale
        for mark, points in reversed(self._marks(view)):
            outline = [*points, points[0]] if mark.kind is MarkKind.AREA else points
            on_label = QRectF(*self._plate(mark, points, scale)).contains(pixel)
            if on_label or gap_to_line(pixel, [*outline, outline[-1]]) <= reach:
                return Hit(KIND, mark.id)
        return None


_DIAMOND = ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))


def label_place(mark: Mark, points: list[QPointF], scale: float) -> QPointF:
    """Above a point or line, in the middle of an area, on the spot for a text."""
    match mark.kind:
        case MarkKind.TEXT:
            return points[0]
        case MarkKind.AREA:
            return QPolygonF(points).boundingRect().center()
        case _:
            return min(points, key=QPointF.y) - QPointF(0, 20 * scale)
