"""The ways of the nearest units to a place, numbered in their order."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import world_of
from ui.map.view import View

NEAR_KIND = "near"
_RADIUS_PX = 9.0


@dataclass(frozen=True, slots=True)
class NearWay:
    """`path` from the unit to the place, points (lat, lon). A way that is only a straight line is dashed."""

    unit_id: str
    number: int
    path: tuple[tuple[float, float], ...]
    is_street: bool
    is_chosen: bool = False


class NearOverlay:
    """Empty until ways are shown."""

    order = 60

    def __init__(self) -> None:
        self._ways: tuple[NearWay, ...] = ()
        self._worlds: dict[str, list[tuple[float, float]]] = {}

    def show(self, ways: tuple[NearWay, ...]) -> None:
        self._ways = ways
        self._worlds = {way.unit_id: [world_of(lat=lat, lon=lon) for lat, lon in way.path] for way in ways}

    @property
    def ways(self) -> tuple[NearWay, ...]:
        return self._ways

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        for way in sorted(self._ways, key=_chosen_last):
            points = QPolygonF([QPointF(*view.screen_of(*world)) for world in self._worlds[way.unit_id]])
            self._draw_line(painter, points, way, palette, scale)
        for way in reversed(self._ways):
            self._draw_number(painter, QPointF(*self._spot(view, way)), way, palette, scale)

    def _draw_line(self, painter: QPainter, points: QPolygonF, way: NearWay, palette: MapPalette, scale: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width = (4.0 if way.is_chosen else 2.2) * scale
        style = Qt.PenStyle.SolidLine if way.is_street else Qt.PenStyle.DashLine
        for colour, wide in ((palette.symbol_edge, width + 2 * scale), (palette.accent, width)):
            pen = QPen(QColor(colour), wide, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(points)

    def _draw_number(self, painter: QPainter, spot: QPointF, way: NearWay, palette: MapPalette, scale: float) -> None:
        radius = _RADIUS_PX * scale
        painter.setPen(QPen(QColor(palette.symbol_edge), 1.5 * scale))
        painter.setBrush(QColor(palette.accent))
        painter.drawEllipse(spot, radius, radius)
        font = QFont(painter.font())
        font.setPixelSize(round(12 * scale))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(palette.symbol_edge))
        box = QRectF(spot.x() - radius, spot.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(way.number))

    def _spot(self, view: View, way: NearWay) -> tuple[float, float]:
        """Beside the unit's symbol, which stays in sight."""
        x, y = view.screen_of(*self._worlds[way.unit_id][0])
        return x - 1.7 * _RADIUS_PX, y - 1.7 * _RADIUS_PX

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        for way in self._ways:
            x, y = self._spot(view, way)
            if abs(x - px) <= _RADIUS_PX * scale and abs(y - py) <= _RADIUS_PX * scale:
                return Hit(NEAR_KIND, way.unit_id)
        return None


def _chosen_last(way: NearWay) -> bool:
    return way.is_chosen
