"""The printed page: a map with all that a reader needs who was not there, its words as vectors. Painted on any thread.

Lengths are points (1/72 inch) unless a name says otherwise."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen, QPolygonF

from comms.domain.unit import UnitStatus
from ui.map.layer_symbols import colour_of
from ui.map.lettering import map_font
from ui.map.order_layer import OrderStage, draw_pin
from ui.map.palette import LIGHT
from ui.map.pdf_picture import PLACEHOLDER_PX, placeholder, with_picture
from ui.map.symbols import draw_status

DPI = 300
"""Of the map; at 1 logical pixel = 1/96 inch its lines and letters keep the size they have on a screen."""
LOGICAL_DPI = 96
POINTS = 72
MARGIN = 28.0
TITLE_HEIGHT, CORNER_HEIGHT, FOOT_HEIGHT, ROW_HEIGHT = 40.0, 12.0, 34.0, 13.0
LEGEND_COLUMN = 118.0
LEGEND_ROWS = 4
_INK, _DIM, _LINE = "#18222c", "#4d5a66", "#5b6670"


class Paper(StrEnum):
    A4 = "a4"
    A3 = "a3"

    @property
    def size(self) -> QSizeF:
        """Points, upright."""
        page = QPageSize.PageSizeId.A4 if self is Paper.A4 else QPageSize.PageSizeId.A3
        return QSizeF(QPageSize(page).size(QPageSize.Unit.Point))


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One thing the map shows: a unit's status, an order's stage, or a layer by its colour and symbol."""

    words: str
    status: UnitStatus | None = None
    stage: OrderStage | None = None
    colour: str = ""
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class PageWords:
    """All that is said on a page, in the language of the moment it was asked for."""

    title: str
    place: str
    """Whose jurisdiction, and the officer."""
    moment: str
    datum: str
    credit: str
    scale: str
    """The scale bar's length."""
    north: str
    legend: str
    more: str
    """Follows a legend that has no room for all; `{count}` is filled in."""
    corners: tuple[str, str, str, str] = ("", "", "", "")
    """North-west, north-east, south-west, south-east."""


@dataclass(frozen=True, slots=True)
class Page:
    words: PageWords
    paper: Paper
    is_landscape: bool
    bar_px: float
    """Of the scale bar, logical pixels of the map."""
    items: tuple[LegendItem, ...] = field(default=())

    @property
    def size(self) -> QSizeF:
        upright = self.paper.size
        return QSizeF(upright.height(), upright.width()) if self.is_landscape else upright

    @property
    def map_rect(self) -> QRectF:
        return map_rect(self.paper, is_landscape=self.is_landscape)


def map_rect(paper: Paper, *, is_landscape: bool) -> QRectF:
    """Where the map lies on the page."""
    size = paper.size if not is_landscape else paper.size.transposed()
    top = MARGIN + TITLE_HEIGHT + CORNER_HEIGHT
    bottom = size.height() - MARGIN - FOOT_HEIGHT - LEGEND_ROWS * ROW_HEIGHT - CORNER_HEIGHT
    return QRectF(MARGIN, top, size.width() - 2 * MARGIN, bottom - top)


def view_size(paper: Paper, *, is_landscape: bool) -> tuple[int, int]:
    """Of the map on the page, logical pixels."""
    rect = map_rect(paper, is_landscape=is_landscape)
    return round(rect.width() * LOGICAL_DPI / POINTS), round(rect.height() * LOGICAL_DPI / POINTS)


def pdf_of(page: Page, picture: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(page.words.title)
    writer.setCreator("Wangge Desk")
    writer.setResolution(DPI)
    orientation = QPageLayout.Orientation.Landscape if page.is_landscape else QPageLayout.Orientation.Portrait
    page_size = QPageSize(QPageSize.PageSizeId.A4 if page.paper is Paper.A4 else QPageSize.PageSizeId.A3)
    writer.setPageLayout(QPageLayout(page_size, orientation, QMarginsF()))
    painter = QPainter(writer)
    painter.scale(DPI / POINTS, DPI / POINTS)
    PagePainter(painter, page).draw()
    painter.end()
    return with_picture(bytes(buffer.data().data()), picture)


def png_of(page: Page, picture: QImage, *, scale: float) -> bytes:
    """The map with one line below it that says what it is."""
    ratio = picture.devicePixelRatio()
    strip = ceil(26 * scale)
    whole = QImage(picture.width(), picture.height() + round(strip * ratio), QImage.Format.Format_RGB32)
    whole.setDevicePixelRatio(ratio)
    whole.fill(QColor("#ffffff"))
    painter = QPainter(whole)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.drawImage(QPointF(0, 0), picture)
    _draw_strip(painter, QRectF(0, picture.height() / ratio, picture.width() / ratio, strip), page, scale)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    whole.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the form with bytes
    return bytes(buffer.data().data())


class PagePainter:
    """Draws one page with a painter in points."""

    def __init__(self, painter: QPainter, page: Page) -> None:
        self._painter = painter
        self._page = page

    def draw(self) -> None:
        """All but the map, for which a placeholder keeps the room."""
        page, words, rect = self._page, self._page.words, self._page.map_rect
        hints = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.LosslessImageRendering
        self._painter.setRenderHints(hints)
        self._painter.drawImage(rect, placeholder(), QRectF(0, 0, *PLACEHOLDER_PX))
        self._painter.setPen(QPen(QColor(_LINE), 0.8))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(rect)
        top = QRectF(MARGIN, MARGIN, rect.width(), TITLE_HEIGHT)
        self._say(top, words.title, 17, is_bold=True, beside=self._width(words.moment, 10))
        self._say(top, words.moment, 10, right=True)
        self._say(QRectF(MARGIN, MARGIN + 23, rect.width(), 16), words.place, 10, colour=_DIM)
        above = QRectF(MARGIN, rect.top() - CORNER_HEIGHT, rect.width(), CORNER_HEIGHT - 2)
        below = QRectF(MARGIN, rect.bottom() + 2, rect.width(), CORNER_HEIGHT - 2)
        for place, left, right in ((above, *words.corners[:2]), (below, *words.corners[2:])):
            self._say(place, left, 7, colour=_DIM)
            self._say(place, right, 7, colour=_DIM, right=True)
        self._draw_legend(QRectF(MARGIN, rect.bottom() + CORNER_HEIGHT + 4, rect.width(), LEGEND_ROWS * ROW_HEIGHT))
        self._draw_foot(QRectF(MARGIN, page.size.height() - MARGIN - FOOT_HEIGHT + 6, rect.width(), FOOT_HEIGHT - 6))

    def _width(self, words: str, size: int) -> float:
        return QFontMetricsF(map_font(size), self._painter.device()).horizontalAdvance(words) if words else 0.0

    def _say(
        self,
        rect: QRectF,
        words: str,
        size: int,
        *,
        colour: str = _INK,
        is_bold: bool = False,
        right: bool = False,
        beside: float = 0.0,
    ) -> None:
        """In one line; `beside` is room at the right that must stay free."""
        font = map_font(size, is_bold=is_bold)
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        room = rect.adjusted(0, 0, -(beside + 12 if beside else 0), 0)
        fitting = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self._painter.drawText(room, int(side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextSingleLine), fitting)

    def _draw_legend(self, room: QRectF) -> None:
        head = 46.0
        self._say(QRectF(room.left(), room.top(), head, ROW_HEIGHT), self._page.words.legend, 9, is_bold=True)
        columns = max(1, int((room.width() - head) // LEGEND_COLUMN))
        fits, items = columns * LEGEND_ROWS, self._page.items
        shown = items if len(items) <= fits else items[: fits - 1]
        step = (room.width() - head) / columns
        for index, item in enumerate(shown):
            column, row = divmod(index, LEGEND_ROWS)
            self._draw_item(item, QRectF(room.left() + head + column * step, room.top() + row * ROW_HEIGHT, step, 12))
        if len(shown) < len(items):
            column, row = divmod(len(shown), LEGEND_ROWS)
            place = QRectF(room.left() + head + column * step, room.top() + row * ROW_HEIGHT, step, 12)
            self._say(place, self._page.words.more.format(count=len(items) - len(shown)), 8, colour=_DIM)

    def _draw_item(self, item: LegendItem, place: QRectF) -> None:
        painter, middle = self._painter, QPointF(place.left() + 6, place.top() + 5.5)
        if item.status is not None:
            draw_status(painter, middle, 3.8, item.status, LIGHT)
        elif item.stage is not None:
            painter.save()
            painter.translate(middle - QPointF(0, 1.5))
            painter.scale(0.42, 0.42)
            draw_pin(painter, item.stage, LIGHT, is_critical=False)
            painter.restore()
        else:
            self._draw_plate(item, middle)
        self._say(QRectF(place.left() + 15, place.top(), place.width() - 18, place.height()), item.words, 8)

    def _draw_plate(self, item: LegendItem, middle: QPointF) -> None:
        """A layer's colour, with the character its symbols have on the map."""
        painter = self._painter
        colour = QColor(colour_of(item.colour, LIGHT))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        plate = QRectF(middle.x() - 4.5, middle.y() - 4.5, 9, 9)
        painter.drawRoundedRect(plate, 2, 2)
        if len(item.symbol) == 1:
            painter.setFont(map_font(7))
            painter.setPen(QColor(LIGHT.place_glyph))
            painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), item.symbol)

    def _draw_foot(self, room: QRectF) -> None:
        words = self._page.words
        painter = self._painter
        painter.setPen(QPen(QColor(_LINE), 0.5))
        painter.drawLine(QLineF(room.topLeft(), room.topRight()))
        left = self._draw_north(QPointF(room.left() + 8, room.top() + 16)) + 12
        length = self._page.bar_px * POINTS / LOGICAL_DPI
        draw_bar(painter, left, room.top() + 18, length, 4.0, 1.0)
        self._say(QRectF(left, room.top() + 4, max(length, 60), 11), words.scale, 8)
        after = left + max(length, self._width(words.scale, 8)) + 24
        rest = QRectF(after, room.top() + 5, room.right() - after, 11)
        self._say(rest, words.credit, 8, colour=_DIM)
        self._say(rest.translated(0, 12), words.datum, 8, colour=_DIM)

    def _draw_north(self, middle: QPointF) -> float:
        """Returns where it ends."""
        painter = self._painter
        painter.setPen(Qt.PenStyle.NoPen)
        for side, colour in ((-1, _INK), (1, _DIM)):
            painter.setBrush(QColor(colour))
            painter.drawPolygon(
                QPolygonF([middle - QPointF(0, 9), middle + QPointF(5.0 * side, 7), middle + QPointF(0, 3.5)])
            )
        self._say(QRectF(middle.x() + 8, middle.y() - 7, 14, 12), self._page.words.north, 9, is_bold=True)
        return middle.x() + 8 + 14


def draw_bar(painter: QPainter, left: float, base: float, length: float, tick: float, width: float) -> None:
    """A scale bar: a line with its ends turned up."""
    painter.setPen(QPen(QColor(_INK), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    right = left + length
    painter.drawPolyline(
        [QPointF(left, base - tick), QPointF(left, base), QPointF(right, base), QPointF(right, base - tick)]
    )


def _draw_strip(painter: QPainter, room: QRectF, page: Page, scale: float) -> None:
    words = page.words
    font = map_font(12 * scale)
    metrics = QFontMetricsF(font)
    painter.fillRect(room, QColor("#ffffff"))
    painter.setPen(QPen(QColor(_LINE), 1.0))
    painter.drawLine(QLineF(room.left(), room.top() + 0.5, room.right(), room.top() + 0.5))
    left = room.left() + 12 * scale
    draw_bar(painter, left, room.center().y() + 4 * scale, page.bar_px, 5 * scale, 1.5 * scale)
    painter.setFont(font)
    cell = room.adjusted(12 * scale + page.bar_px + 8 * scale, 0, -12 * scale, 0)
    facts = "   ".join(filter(None, (words.scale, words.moment, words.place, words.datum)))
    painter.setPen(QColor(_INK))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    credit = metrics.horizontalAdvance(words.credit)
    room_left = cell.width() - credit - 16 * scale
    facts = metrics.elidedText(facts, Qt.TextElideMode.ElideRight, room_left)
    painter.drawText(cell, int(flags | Qt.AlignmentFlag.AlignLeft), facts)
    painter.setPen(QColor(_DIM))
    painter.drawText(cell, int(flags | Qt.AlignmentFlag.AlignRight), words.credit)
