"""A report set in type: blocks become pages of things to draw. Nothing is painted here, and no step is long.

Lengths are points (1/72 inch), from a page's upper left corner."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QTextLayout, QTextOption

from ui.report.document import Block, Heading, NewPage, Paragraph, Picture, Report, Signatures, Table
from ui.stylesheet import FONT_FAMILIES

INK, DIM, LINE, HEAD_GROUND = "#18222c", "#4d5a66", "#8b96a1", "#e8edf2"
MARGIN, FOOT = 48.0, 26.0
BODY, CELL, SMALL = 10, 9, 8
_HEADINGS = {1: 15, 2: 12, 3: 11}
_PADDING, _LEADING = 3.5, 1.35
_LEAST_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class Words:
    """`y` is the base line."""

    x: float
    y: float
    words: str
    size: int
    is_bold: bool = False
    colour: str = INK


@dataclass(frozen=True, slots=True)
class Rule:
    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True, slots=True)
class Ground:
    rect: QRectF


@dataclass(frozen=True, slots=True)
class Image:
    rect: QRectF
    image: QImage


Drawn = Words | Rule | Ground | Image


@dataclass(slots=True)
class Setting:
    """Sets one report; `pages` is the outcome."""

    width: float
    """Between the margins."""
    height: float
    stand_back: Callable[[], None]
    pages: list[list[Drawn]] = field(default_factory=lambda: [[]])
    y: float = 0.0
    """Where the next thing goes, from the upper margin."""

    def set_report(self, report: Report) -> None:
        self._say(report.title, 19, is_bold=True, middle=True)
        if report.subtitle:
            self._say(report.subtitle, BODY, colour=DIM, middle=True)
        self.y += 8
        for block in report.blocks:
            self.stand_back()
            self._set(block)

    def _set(self, block: Block) -> None:
        match block:
            case Heading(words=words, level=level):
                self.y += 8
                self._room(60)  # a heading is not left alone at the foot of a page
                self._say(words, _HEADINGS[level], is_bold=True)
                self.y += 2
            case Paragraph(words=words, is_dim=is_dim):
                self._say(words, BODY, colour=DIM if is_dim else INK)
                self.y += 3
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)
            case Signatures(captions=captions):
                self._signatures(captions)
            case NewPage():
                self._new_page()
            case _ as never:
                assert_never(never)

    # --- places -------------------------------------------------------------------------------------------

    def _room(self, height: float) -> None:
        if self.y + height > self.height and self.pages[-1]:
            self._new_page()

    def _new_page(self) -> None:
        self.pages.append([])
        self.y = 0.0

    def _draw(self, drawn: Drawn) -> None:
        self.pages[-1].append(drawn)

    def _say(self, words: str, size: int, *, is_bold: bool = False, colour: str = INK, middle: bool = False) -> None:
        metrics = QFontMetricsF(report_font(size, is_bold=is_bold))
        for line in wrapped(words, size, self.width, is_bold=is_bold):
            self._room(size * _LEADING)
            left = (self.width - metrics.horizontalAdvance(line)) / 2 if middle else 0.0
            self._draw(Words(MARGIN + left, self._base(size), line, size, is_bold, colour))
            self.y += size * _LEADING

    def _base(self, size: int) -> float:
        return MARGIN + self.y + size * 1.08

    # --- tables -------------------------------------------------------------------------------------------

    def _table(self, table: Table) -> None:
        self.y += 3
        widths = self._widths(table)
        head = self._cells(table.head, widths, is_bold=True)
        self._room(_row_height(head) * 3)
        self._row(head, widths, table.numbers, is_head=True)
        for row in table.rows:
            self.stand_back()
            lines = self._cells(row, widths)
            while any(lines):
                fits = int((self.height - self.y - 2 * _PADDING) / (CELL * _LEADING))
                longest = max(map(len, lines))
                if fits < longest and (fits < 1 or longest * CELL * _LEADING < self.height / 2):
                    self._new_page()
                    self._row(head, widths, table.numbers, is_head=True)
                    continue
                self._row([cell[:fits] for cell in lines], widths, table.numbers)
                lines = [cell[fits:] for cell in lines]
        self.y += 5

    def _widths(self, table: Table) -> list[float]:
        if table.shares:
            return [self.width * share / sum(table.shares) for share in table.shares]
        metrics = QFontMetricsF(report_font(CELL, is_bold=True))
        longest = [
            max(metrics.horizontalAdvance(row[column]) for row in (table.head, *table.rows[:200])) + 2 * _PADDING
            for column in range(len(table.head))
        ]
        whole = sum(longest)
        least = self.width * _LEAST_SHARE
        shares = [max(least, min(each, whole / 2)) for each in longest]
        return [self.width * share / sum(shares) for share in shares]

    def _cells(self, row: tuple[str, ...], widths: list[float], *, is_bold: bool = False) -> list[list[str]]:
        pairs = zip(row, widths, strict=True)
        return [wrapped(words, CELL, width - 2 * _PADDING, is_bold=is_bold) for words, width in pairs]

    def _row(
        self, cells: list[list[str]], widths: list[float], numbers: frozenset[int], *, is_head: bool = False
    ) -> None:
        height, left, top = _row_height(cells), MARGIN, MARGIN + self.y
        if is_head:
            self._draw(Ground(QRectF(left, top, self.width, height)))
        metrics = QFontMetricsF(report_font(CELL, is_bold=is_head))
        for column, (lines, width) in enumerate(zip(cells, widths, strict=True)):
            self._draw(Rule(left, top, left, top + height))
            for number, line in enumerate(lines):
                spare = width - 2 * _PADDING - metrics.horizontalAdvance(line) if column in numbers else 0.0
                base = self._base(CELL) + _PADDING + number * CELL * _LEADING
                self._draw(Words(left + _PADDING + spare, base, line, CELL, is_head))
            left += width
        self._draw(Rule(left, top, left, top + height))
        for y in (top, top + height):
            self._draw(Rule(MARGIN, y, left, y))
        self.y += height

    # --- pictures and signatures --------------------------------------------------------------------------

    def _picture(self, picture: Picture) -> None:
        image = QImage.fromData(picture.data)
        width = self.width * picture.width_pct / 100
        height = width * image.height() / max(1, image.width())
        if height > self.height - 30:
            width, height = width * (self.height - 30) / height, self.height - 30
        self._room(height + 20)
        self._draw(Image(QRectF(MARGIN + (self.width - width) / 2, MARGIN + self.y + 3, width, height), image))
        self.y += height + 6
        if picture.caption:
            self._say(picture.caption, SMALL, colour=DIM, middle=True)
            self.y += 4

    def _signatures(self, captions: tuple[str, ...]) -> None:
        self._room(56)
        self.y += 34
        width = self.width / max(1, len(captions))
        metrics = QFontMetricsF(report_font(BODY))
        for number, words in enumerate(captions):
            left, base = MARGIN + number * width, self._base(BODY)
            self._draw(Words(left, base, words, BODY))
            self._draw(Rule(left + metrics.horizontalAdvance(words) + 6, base + 2, left + width - 18, base + 2))
        self.y += 22


def _row_height(cells: list[list[str]]) -> float:
    return max(1, *map(len, cells)) * CELL * _LEADING + 2 * _PADDING


def report_font(size: int, *, is_bold: bool = False) -> QFont:
    """In pixels of a device whose pixel is a point."""
    font = QFont(list(FONT_FAMILIES))
    font.setPixelSize(size)
    font.setBold(is_bold)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)  # a shape that is no letter's own has no name
    return font


def wrapped(words: str, size: int, width: float, *, is_bold: bool = False) -> list[str]:
    """The lines it takes; line breaks are kept."""
    return [line for part in words.split("\n") for line in _lines(part, size, width, is_bold=is_bold)]


def _lines(words: str, size: int, width: float, *, is_bold: bool) -> list[str]:
    font = report_font(size, is_bold=is_bold)
    if QFontMetricsF(font).horizontalAdvance(words) <= width:
        return [words]
    layout = QTextLayout(words, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    found = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        found.append(words[line.textStart() : line.textStart() + line.textLength()].rstrip())
    layout.endLayout()
    return found
