"""Symbols of units and orders: a shape for every status, so that colour is never alone. Other panels draw the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, pi, sin
from typing import assert_never

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from comms.domain.unit import UnitStatus
from ui.map.palette import MapPalette
from ui.map.unit_columns import Freshness

HEADINGS = 32
"""Heading ticks are drawn in this many directions."""
CELL_PX = 34
"""Side of a sprite's cell in logical pixels at scale 1: a tick reaches 15 px from the middle."""
CORE_SHARE = 1.6
"""The farthest corner of a status' outline lies so many radii from its middle."""
_RING_ROW, _TICK_ROW = 3, 4


def status_path(status: UnitStatus, radius: float) -> QPainterPath:
    """The outline of a status around (0, 0), all of about the same weight to the eye."""
    path = QPainterPath()
    match status:
        case UnitStatus.AVAILABLE:
            path.addEllipse(QPointF(0, 0), radius, radius)
        case UnitStatus.DISPATCHED:
            _add_corners(path, 4, radius * 1.28, start=0.0)
        case UnitStatus.EN_ROUTE:
            _add_corners(path, 3, radius * 1.38, start=-pi / 2, shift_y=radius * 0.2)
        case UnitStatus.ON_SCENE:
            path.addRect(QRectF(-radius * 0.92, -radius * 0.92, radius * 1.84, radius * 1.84))
        case UnitStatus.BUSY:
            _add_corners(path, 6, radius * 1.14, start=0.0)
        case UnitStatus.OUT_OF_SERVICE:
            path.addRoundedRect(QRectF(-radius * 1.1, -radius * 0.6, radius * 2.2, radius * 1.2), 2, 2)
        case UnitStatus.OFFLINE:
            arm, half = radius * 0.95, radius * 0.3
            path.addPolygon(_cross(arm, half))
            path.closeSubpath()
        case _:
            assert_never(status)
    return path


def draw_status(
    painter: QPainter,
    centre: QPointF,
    radius: float,
    status: UnitStatus,
    palette: MapPalette,
    freshness: Freshness = Freshness.FRESH,
) -> None:
    """Fresh is filled; stale is hollow; very stale is hollow, faded and dashed."""
    colour = QColor(palette.status(status))
    path = status_path(status, radius if freshness is Freshness.FRESH else radius * 0.9)
    painter.save()
    painter.translate(centre)
    if freshness is Freshness.FRESH:
        painter.setPen(QPen(QColor(palette.symbol_edge), 1.2))
        painter.setBrush(colour)
    else:
        # The dark (or light) rim keeps a hollow shape readable over a street.
        painter.strokePath(path, QPen(QColor(palette.symbol_edge), 3.4))
        pen = QPen(colour, 1.8)
        if freshness is Freshness.VERY_STALE:
            faded = QColor(colour)
            faded.setAlphaF(0.62)
            pen = QPen(faded, 1.5)
            pen.setDashPattern([2.0, 1.4])
        painter.setPen(pen)
        painter.setBrush(QColor(palette.land))
    painter.drawPath(path)
    painter.restore()


def _add_corners(path: QPainterPath, count: int, radius: float, *, start: float, shift_y: float = 0.0) -> None:
    angles = (start + 2 * pi * index / count for index in range(count))
    path.addPolygon(QPolygonF([QPointF(radius * cos(a), radius * sin(a) + shift_y) for a in angles]))
    path.closeSubpath()


def _cross(arm: float, half: float) -> QPolygonF:
    """An upright cross turned by 45 degrees."""
    corners = [(half, half), (half, arm), (-half, arm), (-half, half), (-arm, half), (-arm, -half)]
    corners += [(-half, -half), (-half, -arm), (half, -arm), (half, -half), (arm, -half), (arm, half)]
    turn = pi / 4
    return QPolygonF([QPointF(x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)) for x, y in corners])


@dataclass(frozen=True, slots=True)
class Source:
    """A sprite's corner in the sheet, device pixels."""

    left: int
    top: int


class SpriteSheet:
    """All sprites of one size in one pixmap, device pixels, for QPainter.drawPixmapFragments.

    Empty until `steps` have run. Rows 0 to 2: statuses by freshness. Row 3: the ring of a selected unit. From row 4:
    heading ticks by status."""

    def __init__(self, palette: MapPalette, *, radius_px: float, pixel_ratio: float, scale: float) -> None:
        self._palette = palette
        self._factor = pixel_ratio * scale
        self.radius_px = radius_px * scale
        """Of a symbol, in logical pixels."""
        self.cell = 2 * ceil(CELL_PX * self._factor / 2)
        self.core = min(self.cell, 2 * ceil((radius_px * CORE_SHARE + 2) * self._factor))
        """Side of the middle of a cell that holds a whole symbol, without ring or tick: less to blend."""
        self.pixmap = QPixmap()
        self._radius = radius_px

    def steps(self) -> Iterator[None]:
        """Draws it, a status at a time: on a fine print each takes some milliseconds."""
        self.pixmap = QPixmap(self.cell * HEADINGS, self.cell * (_TICK_ROW + len(UnitStatus)))
        self.pixmap.fill(Qt.GlobalColor.transparent)
        painter = self._painter()
        painter.setTransform(self._cell_at(0, _RING_ROW))
        self._draw_ring(painter, self._radius)
        painter.end()
        yield
        for column, status in enumerate(UnitStatus):
            painter = self._painter()
            for freshness in Freshness:
                painter.setTransform(self._cell_at(column, int(freshness)))
                draw_status(painter, QPointF(0, 0), self._radius, status, self._palette, freshness)
            self._draw_ticks(painter, _TICK_ROW + column, self._radius, self._palette.status(status))
            painter.end()
            yield

    @property
    def ring(self) -> Source:
        return Source(0, _RING_ROW * self.cell)

    @property
    def tick_top(self) -> int:
        """Top of the first row of ticks; status s is s cells below."""
        return _TICK_ROW * self.cell

    def _painter(self) -> QPainter:
        painter = QPainter(self.pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def _cell_at(self, column: int, row: int) -> QTransform:
        """From a cell's middle, in logical pixels, to the sheet."""
        middle = QTransform.fromTranslate((column + 0.5) * self.cell, (row + 0.5) * self.cell)
        return middle.scale(self._factor, self._factor)

    def _draw_ticks(self, painter: QPainter, row: int, radius: float, colour: str) -> None:
        """One for each heading. Pens are made once: there are hundreds of ticks in a sheet."""
        reach = radius + 0.6
        painter.setPen(QPen(QColor(self._palette.symbol_edge), 1.0))
        painter.setBrush(QColor(colour))
        half = 2.2 + radius * 0.32
        # The foot lies below the symbol, which is drawn over it: the tick grows out of it.
        foot = -reach * 0.7
        tick = QPolygonF([QPointF(0, -reach - half * 1.35), QPointF(-half, foot), QPointF(half, foot)])
        for heading in range(HEADINGS):
            painter.setTransform(self._cell_at(heading, row).rotate(360.0 * heading / HEADINGS))
            painter.drawPolygon(tick)

    def _draw_ring(self, painter: QPainter, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QPointF(0, 0)
        painter.setPen(QPen(QColor(self._palette.symbol_edge), 4.0))
        painter.drawEllipse(ring, radius + 4.2, radius + 4.2)
        painter.setPen(QPen(QColor(self._palette.selection), 2.0))
        painter.drawEllipse(ring, radius + 4.2, radius + 4.2)


def draw_talking(painter: QPainter, centre: QPointF, radius: float, palette: MapPalette) -> None:
    """A ring and a microphone on a badge at the upper right."""
    colour = QColor(palette.talking)
    painter.save()
    painter.translate(centre)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QColor(colour)
    halo.setAlpha(70)
    painter.setPen(QPen(halo, 6.0))
    painter.drawEllipse(QPointF(0, 0), radius + 6.5, radius + 6.5)
    painter.setPen(QPen(colour, 2.2))
    painter.drawEllipse(QPointF(0, 0), radius + 4.5, radius + 4.5)
    painter.translate(radius + 6.0, -radius - 6.0)
    painter.setPen(QPen(QColor(palette.symbol_edge), 1.2))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(0, 0), 7.5, 7.5)
    glyph = QColor(palette.talking_glyph)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glyph)
    painter.drawRoundedRect(QRectF(-1.7, -5.0, 3.4, 6.2), 1.7, 1.7)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(glyph, 1.2))
    painter.drawArc(QRectF(-3.3, -4.2, 6.6, 6.6), 180 * 16, 180 * 16)
    painter.drawLine(QLineF(0, 2.5, 0, 4.6))
    painter.restore()


def draw_emergency(painter: QPainter, centre: QPointF, radius: float, palette: MapPalette, *, is_bright: bool) -> None:
    """Two rings (the outer one beats) and a badge with an exclamation mark at the upper left."""
    colour = QColor(palette.emergency)
    painter.save()
    painter.translate(centre)
    wash = QColor(colour)
    wash.setAlpha(90 if is_bright else 45)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(wash)
    painter.drawEllipse(QPointF(0, 0), radius + 15, radius + 15)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2.6))
    painter.drawEllipse(QPointF(0, 0), radius + 6, radius + 6)
    if is_bright:
        painter.setPen(QPen(colour, 1.8))
        painter.drawEllipse(QPointF(0, 0), radius + 14, radius + 14)
    painter.translate(-radius - 7.0, -radius - 7.0)
    draw_warning_badge(painter, palette.emergency, palette.emergency_glyph, 8.0)
    painter.restore()


def draw_warning_badge(painter: QPainter, ground: str, glyph: str, radius: float) -> None:
    """A disc with an exclamation mark around the painter's origin."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawEllipse(QPointF(0, 0), radius, radius)
    painter.setPen(QPen(QColor(glyph), radius * 0.27, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QLineF(0, -radius * 0.52, 0, radius * 0.1))
    painter.drawPoint(QPointF(0, radius * 0.52))
