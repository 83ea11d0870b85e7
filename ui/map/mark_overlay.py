"""The officers' marks on the map: points, lines, areas and texts, each with its label."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from comms.domain.mark import Mark, MarkColour, MarkKind
from console.layers.layer import Live
from console.store.store import Store
from ui.map.gaps import gap_to_line
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.plate import draw_plate
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

    def _marks(self, view: View) -> list[tuple[Mark, list[QPointF]]]:
        """Those of which a corner, or the whole view, lies in the other."""
        found = []
        draft = self.draft
        for state in self._store.picture.marks.states.values():
            mark = draft if draft is not None and draft.id == state.mark.id else state.mark
            points = [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in mark.points]
            bounds = QPolygonF(points).boundingRect().adjusted(-40, -40, 40, 40)
            if bounds.right() > 0 and bounds.left() < view.width and bounds.bottom() > 0 and bounds.top() < view.height:
                found.append((mark, points))
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
            middle = label_place(mark, points, scale)
            draw_plate(painter, middle, mark.label, mark_colour(mark.colour, palette), palette, scale)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        """The newest first."""
        pixel, reach = QPointF(px, py), REACH_PX * scale
        for mark, points in reversed(self._marks(view)):
            outline = [*points, points[0]] if mark.kind is MarkKind.AREA else points
            off = label_place(mark, points, scale) - pixel
            on_label = abs(off.y()) <= 12 * scale and abs(off.x()) <= (len(mark.label) * 6 + 10) * scale
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
