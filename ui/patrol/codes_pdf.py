"""Sheets of sign-in codes for the doors of places, A4, twelve to a page: cut along the lines. Made on any thread but
the interface's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QPageSize, QPainter, QPdfWriter, QPen

from comms.protocol.patrol_pushes import DoorCode
from ui.report.setting import report_font

COLUMNS, ROWS = 3, 4
_POINTS, _DPI = 72, 600
_WIDE, _HIGH, _MARGIN = 595.0, 842.0, 20.0
_QR_SIDE = 112.0


@dataclass(frozen=True, slots=True)
class CodeWords:
    """What stands on every code."""

    title: str
    typed: str
    """Before the short code."""


def codes_pdf(codes: Sequence[DoorCode], words: CodeWords, *, stand_back: Callable[[], None]) -> bytes:
    """`stand_back` comes between two pages. A page with twelve codes takes some 60 ms."""
    import segno

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(words.title)
    writer.setCreator("Wangge Desk")
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF())
    painter = QPainter(writer)
    painter.scale(_DPI / _POINTS, _DPI / _POINTS)
    try:
        for at, code in enumerate(codes):
            place = at % (COLUMNS * ROWS)
            if at and not place:
                writer.newPage()
                stand_back()
            _draw(painter, code, words, segno.make(code.scanned, error="m").matrix, _cell(place))
    finally:
        painter.end()
    return bytes(buffer.data().data())


def _cell(place: int) -> QRectF:
    row, column = divmod(place, COLUMNS)
    wide, high = (_WIDE - 2 * _MARGIN) / COLUMNS, (_HIGH - 2 * _MARGIN) / ROWS
    return QRectF(_MARGIN + column * wide, _MARGIN + row * high, wide, high)


def _draw(painter: QPainter, code: DoorCode, words: CodeWords, matrix: Sequence[Sequence[int]], cell: QRectF) -> None:
    painter.setPen(QPen(QColor("#9aa3ad"), 0.4, Qt.PenStyle.DashLine))
    painter.drawRect(cell)
    _write(painter, words.title, QRectF(cell.left(), cell.top() + 8, cell.width(), 14), 8, is_bold=False)
    side = _QR_SIDE / len(matrix)
    left, top = cell.center().x() - _QR_SIDE / 2, cell.top() + 26
    for row, modules in enumerate(matrix):
        for column, is_dark in enumerate(modules):
            if is_dark:
                spot = QRectF(left + column * side, top + row * side, side, side)
                painter.fillRect(spot, Qt.GlobalColor.black)
    below = top + _QR_SIDE + 6
    room = QRectF(cell.left() + 8, below, cell.width() - 16, 15)
    _write(painter, code.place.name, room, 10, is_bold=True)
    _write(painter, code.place.address, room.translated(0, 14), 7, is_bold=False)
    short = f"{code.typed[:5]} {code.typed[5:]}"
    _write(painter, f"{words.typed} {short}", room.translated(0, 28), 9, is_bold=False)


def _write(painter: QPainter, words: str, room: QRectF, points: float, *, is_bold: bool) -> None:
    painter.setFont(report_font(round(points), is_bold=is_bold))
    painter.setPen(QPen(Qt.GlobalColor.black))
    cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(room.width()))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), cut)
