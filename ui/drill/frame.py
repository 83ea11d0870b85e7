"""Frames of the map for a review: streets, what had happened where, and who was where, as a picture of their own. The
live map is the replay's; this one stands on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from comms.protocol.area import Area
from ui.report.setting import report_font

WIDTH, HEIGHT = 1400, 800
_MARGIN_DEG = 0.003
_RANKS = ((0, 6.0, "#bfa25a"), (1, 3.5, "#a9b2bb"), (2, 1.4, "#c3cad1"))
_NAMED_RANKS = (0, 1)
_NEAR_PX = 40_000.0
"""Pixels a degree from which on streets are far enough from each other for their names, and not main roads alone."""
_GROUND, _INCIDENT, _UNIT, _INK = "#fbfaf6", "#b3261e", "#1565c0", "#18222c"
_RADIUS = 15.0

LatLon = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """`incidents` are numbered in their order; `units` are dots, those in `sent` with a ring."""

    incidents: Sequence[LatLon]
    units: Sequence[LatLon] = ()
    sent: Sequence[LatLon] = ()


@dataclass(frozen=True, slots=True)
class _View:
    """Degrees to pixels; a degree of longitude is as wide as it is at this latitude."""

    south: float
    west: float
    scale: float
    narrow: float

    def point(self, place: LatLon) -> QPointF:
        lat, lon = place
        return QPointF((lon - self.west) * self.scale * self.narrow, HEIGHT - (lat - self.south) * self.scale)


def png_of(frame: Frame, area: Area) -> bytes:
    """A PNG of the part of the area where something was. For any thread but the interface's."""
    view = _view([*frame.incidents, *frame.sent] or [*frame.units] or [_middle(area)])
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(_GROUND))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for rank, width, colour in reversed(_RANKS):
        painter.setPen(QPen(QColor(colour), width))
        for street in area.streets:
            if street.rank == rank:
                painter.drawPolyline(QPolygonF([view.point(place) for place in street.line]))
    _names(painter, area, view)
    _people(painter, frame, view)
    _incidents(painter, frame, view)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the form with bytes
    return bytes(buffer.data().data())


def _middle(area: Area) -> LatLon:
    south, west, north, east = area.bounds
    return (south + north) / 2, (west + east) / 2


def _view(places: Sequence[LatLon]) -> _View:
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    narrow = cos(radians(sum(lats) / len(lats)))
    high = max(lats) - min(lats) + 2 * _MARGIN_DEG
    wide = (max(lons) - min(lons) + 2 * _MARGIN_DEG) * narrow
    scale = min(HEIGHT / high, WIDTH / wide)
    south = (max(lats) + min(lats)) / 2 - HEIGHT / scale / 2
    west = (max(lons) + min(lons)) / 2 - WIDTH / scale / narrow / 2
    return _View(south, west, scale, narrow)


def _names(painter: QPainter, area: Area, view: _View) -> None:
    """Of streets that are more than lanes, once each, where they are nearest to the middle."""
    painter.setFont(report_font(17))
    painter.setPen(QColor(_INK))
    middle, told = QPointF(WIDTH / 2, HEIGHT / 2), set[str]()
    ranks = _NAMED_RANKS if view.scale >= _NEAR_PX else _NAMED_RANKS[:1]
    for street in area.streets:
        if street.rank in ranks and street.name not in told:
            points = (view.point(place) for place in street.line)
            near = min(points, key=lambda point: (point - middle).manhattanLength())
            if 20 < near.x() < WIDTH - 110 and 30 < near.y() < HEIGHT - 20:
                told.add(street.name)
                painter.drawText(near + QPointF(6, -6), street.name)


def _people(painter: QPainter, frame: Frame, view: _View) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_UNIT))
    for place in (*frame.units, *frame.sent):
        painter.drawEllipse(view.point(place), 5.0, 5.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(_UNIT), 2.5))
    for place in frame.sent:
        painter.drawEllipse(view.point(place), 11.0, 11.0)


def _incidents(painter: QPainter, frame: Frame, view: _View) -> None:
    painter.setFont(report_font(12, is_bold=True))
    for number, place in enumerate(frame.incidents, start=1):
        middle = view.point(place)
        painter.setPen(QPen(QColor("#ffffff"), 2.0))
        painter.setBrush(QColor(_INCIDENT))
        painter.drawEllipse(middle, _RADIUS, _RADIUS)
        box = QRectF(middle.x() - _RADIUS, middle.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
