"""What lies on top of the map: the officer's own drawings, the north mark, hints at the edge, the hover card."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, ceil, cos, pi, sin

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from ui.map.battery_sign import SIGN, draw_battery_sign
from ui.map.declutter import Rect
from ui.map.lettering import map_font
from ui.map.palette import MapPalette
from ui.map.strokes import Box, Path, Span
from ui.map.symbols import draw_warning_badge
from ui.map.view import View

EDGE_PX = 30.0
CARD_WIDTH_PX = 280.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card: `colour` empty is the palette's own."""

    text: str
    is_strong: bool = False
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Says what is under the pointer, beside the point it is about (logical pixels)."""

    x: float
    y: float
    lines: tuple[Line, ...]


def north_rect(view: View, scale: float) -> Rect:
    """Where the north mark lies: no label goes there."""
    side = 30.0 * scale
    return view.width - side - 10, 10.0, side, side * 1.35


class Furniture:
    """Draws in logical pixels with one palette."""

    def __init__(self, palette: MapPalette, scale: float) -> None:
        self._palette = palette
        self._scale = scale
        self._font = map_font(12 * scale)
        self._strong = map_font(13 * scale, is_bold=True)
        self._metrics = QFontMetricsF(self._font)
        self._north: tuple[tuple[str, float], QPixmap] | None = None
        self._strong_metrics = QFontMetricsF(self._strong)

    def draw_box(self, painter: QPainter, box: Box) -> None:
        rect = QRectF(QPointF(*box.first), QPointF(*box.second)).normalized()
        painter.setPen(self._tool_pen())
        painter.setBrush(QColor(self._palette.accent_wash))
        painter.drawRect(rect)

    def draw_box_tag(self, painter: QPainter, box: Box, label: str) -> None:
        middle = (box.first[0] + box.second[0]) / 2
        self.draw_tag(painter, middle, min(box.first[1], box.second[1]) - 14 * self._scale, label)

    def draw_span(self, painter: QPainter, view: View, span: Span) -> None:
        start, end = _ends(view, span)
        radius = QLineF(start, end).length()
        painter.setPen(self._tool_pen())
        painter.setBrush(QColor(self._palette.accent_wash))
        if span.is_circle:
            painter.drawEllipse(start, radius, radius)
        painter.drawLine(start, end)
        painter.setBrush(QColor(self._palette.accent))
        for point in (start, end):
            painter.drawEllipse(point, 3.0 * self._scale, 3.0 * self._scale)

    def draw_span_tag(self, painter: QPainter, view: View, span: Span, label: str) -> None:
        start, end = _ends(view, span)
        radius = QLineF(start, end).length()
        top = start.y() - radius if span.is_circle else min(start.y(), end.y())
        middle = start.x() if span.is_circle else (start.x() + end.x()) / 2
        self.draw_tag(painter, middle, max(16.0 * self._scale, top - 14 * self._scale), label)

    def draw_path(self, painter: QPainter, view: View, path: Path) -> None:
        points = [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in path.shown]
        painter.setPen(self._tool_pen())
        if path.is_ring:
            painter.setBrush(QColor(self._palette.accent_wash))
            painter.drawPolygon(QPolygonF(points))
        else:
            painter.drawPolyline(QPolygonF(points))
        painter.setBrush(QColor(self._palette.accent))
        for point in points:
            painter.drawEllipse(point, 3.0 * self._scale, 3.0 * self._scale)

    def draw_path_tag(self, painter: QPainter, view: View, path: Path, label: str) -> None:
        points = [QPointF(*view.screen_at(lat=lat, lon=lon)) for lat, lon in path.shown]
        if points:
            top = min(points, key=QPointF.y)
            half = self._metrics.horizontalAdvance(label) / 2 + 10 * self._scale
            x = min(max(half, top.x()), max(half, view.width - half))
            self.draw_tag(painter, x, max(16.0 * self._scale, top.y() - 16 * self._scale), label)

    def draw_crosshair(self, painter: QPainter, view: View) -> None:
        """Where keys draw."""
        x, y, reach = round(view.width / 2), round(view.height / 2), 16.0 * self._scale
        for colour, width in ((self._palette.ground, 4.0), (self._palette.accent, 1.8)):
            painter.setPen(QPen(QColor(colour), width * self._scale))
            painter.drawLine(QLineF(x - reach, y, x + reach, y))
            painter.drawLine(QLineF(x, y - reach, x, y + reach))

    def draw_tag(self, painter: QPainter, x: float, y: float, text: str) -> None:
        """A text on a plate with its middle at (x, y)."""
        if not text:
            return
        width, height = self._metrics.horizontalAdvance(text) + 14 * self._scale, self._metrics.height() + 6
        plate = QRectF(round(x - width / 2), round(y - height / 2), width, height)
        self._draw_plate(painter, plate)
        painter.setFont(self._font)
        painter.setPen(QColor(self._palette.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    def draw_north(self, painter: QPainter, view: View, letter: str) -> None:
        """North is always up; the mark says so."""
        left, top, width, height = north_rect(view, self._scale)
        ratio = painter.device().devicePixelRatioF()
        key = (letter, ratio)
        if self._north is None or self._north[0] != key:
            pixmap = QPixmap(ceil((width + 2) * ratio), ceil((height + 2) * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            inner = QPainter(pixmap)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_north(inner, QRectF(1, 1, width, height), letter)
            inner.end()
            self._north = (key, pixmap)
        painter.drawPixmap(QPointF(left - 1, top - 1), self._north[1])

    def _draw_north(self, painter: QPainter, plate: QRectF, letter: str) -> None:
        self._draw_plate(painter, plate)
        painter.save()
        painter.translate(plate.center().x(), plate.top() + 13 * self._scale)
        painter.scale(self._scale, self._scale)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.emergency))
        painter.drawPolygon(QPolygonF([QPointF(0, -8), QPointF(-4.5, 5), QPointF(0, 2.5)]))
        painter.setBrush(QColor(self._palette.text_dim))
        painter.drawPolygon(QPolygonF([QPointF(0, -8), QPointF(4.5, 5), QPointF(0, 2.5)]))
        painter.restore()
        painter.setFont(self._font)
        painter.setPen(QColor(self._palette.text))
        painter.drawText(plate.adjusted(0, plate.height() * 0.5, 0, 0), Qt.AlignmentFlag.AlignCenter, letter)

    def draw_edge_hints(self, painter: QPainter, view: View, points: Sequence[tuple[float, float]]) -> None:
        """For emergencies outside the view: a badge at the edge that points there."""
        middle = QPointF(view.width / 2, view.height / 2)
        inner = QRectF(EDGE_PX, EDGE_PX, view.width - 2 * EDGE_PX, view.height - 2 * EDGE_PX)
        for x, y in points:
            if 0 <= x <= view.width and 0 <= y <= view.height:
                continue
            dx, dy = x - middle.x(), y - middle.y()
            reach = min(
                inner.width() / 2 / abs(dx) if dx else 1.0,
                inner.height() / 2 / abs(dy) if dy else 1.0,
            )
            painter.save()
            painter.translate(middle.x() + dx * reach, middle.y() + dy * reach)
            painter.scale(self._scale, self._scale)
            angle = atan2(dy, dx)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._palette.emergency))
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(20 * cos(angle), 20 * sin(angle))]
                    + [QPointF(11 * cos(angle + turn), 11 * sin(angle + turn)) for turn in (-pi / 3, pi / 3)]
                )
            )
            draw_warning_badge(painter, self._palette.emergency, self._palette.emergency_glyph, 11.0)
            painter.restore()

    def draw_card(self, painter: QPainter, view: View, card: Card) -> None:
        pad, row = 9.0 * self._scale, self._metrics.height() + 3.0
        most = CARD_WIDTH_PX * self._scale
        widths = [
            (self._strong_metrics if line.is_strong else self._metrics).horizontalAdvance(line.text)
            for line in card.lines
        ]
        width = min(most, max(widths, default=0.0)) + 2 * pad
        height = row * len(card.lines) + 2 * pad - 4
        gap = 16.0 * self._scale
        left = card.x + gap if card.x + gap + width < view.width else card.x - gap - width
        top = min(max(4.0, card.y - height / 2), max(4.0, view.height - height - 4))
        plate = QRectF(round(left), round(top), width, height)
        self._draw_plate(painter, plate)
        for index, line in enumerate(card.lines):
            metrics = self._strong_metrics if line.is_strong else self._metrics
            painter.setFont(self._strong if line.is_strong else self._font)
            own = self._palette.text if line.is_strong or index == 0 else self._palette.text_dim
            painter.setPen(QColor(line.colour or own))
            cell = QRectF(plate.left() + pad, plate.top() + pad - 2 + index * row, width - 2 * pad, row)
            shown = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, cell.width() + 1)
            painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            baseline = cell.center().y() + (metrics.ascent() - metrics.descent()) / 2
            if shown.startswith(SIGN):
                draw_battery_sign(painter, shown, QPointF(cell.left(), baseline))

    def _tool_pen(self) -> QPen:
        return QPen(QColor(self._palette.accent), 1.8 * self._scale)

    def _draw_plate(self, painter: QPainter, plate: QRectF) -> None:
        painter.setPen(QPen(QColor(self._palette.panel_line), 1.0))
        painter.setBrush(QColor(self._palette.panel))
        painter.drawRoundedRect(plate.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)


def _ends(view: View, span: Span) -> tuple[QPointF, QPointF]:
    start = QPointF(*view.screen_at(lat=span.lat, lon=span.lon))
    return start, QPointF(*view.screen_at(lat=span.end_lat, lon=span.end_lon))
