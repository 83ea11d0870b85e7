"""A report as a PDF on A4: words stay words, with their fonts in the file. Made on any thread but the interface's."""

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QMarginsF, QPointF, QSizeF
from PySide6.QtGui import QColor, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from ui.report.document import Report
from ui.report.letters import with_its_letters
from ui.report.setting import DIM, FOOT, HEAD_GROUND, LINE, MARGIN, SMALL, Drawn, Ground, Image, Rule, Setting, Words
from ui.report.setting import report_font as _font

POINTS = 72
DPI = 1200
"""Of the writer, on whose grid letters stand."""


def pdf_of(report: Report, *, stand_back: Callable[[], None]) -> bytes:
    """`stand_back` is called between two steps of the setting (`Background.stand_back`); what it raises is passed on,
    and nothing is left behind."""
    upright = QSizeF(QPageSize(QPageSize.PageSizeId.A4).size(QPageSize.Unit.Point))
    size = upright.transposed() if report.is_landscape else upright
    setting = Setting(size.width() - 2 * MARGIN, size.height() - 2 * MARGIN - FOOT, stand_back)
    setting.set_report(report)
    stand_back()
    for number, page in enumerate(setting.pages, 1):
        page.extend(_foot(size, report.foot, f"{number} / {len(setting.pages)}"))
    document = _written(report, setting.pages)
    used = {letter for page in setting.pages for drawn in page if isinstance(drawn, Words) for letter in drawn.words}
    return with_its_letters(document, used, (_font(SMALL), _font(SMALL, is_bold=True)))


def _foot(size: QSizeF, words: str, number: str) -> list[Drawn]:
    top = size.height() - MARGIN - FOOT + 10
    right = size.width() - MARGIN
    left = right - QFontMetricsF(_font(SMALL)).horizontalAdvance(number)
    return [
        Rule(MARGIN, top, right, top),
        Words(MARGIN, top + 13, words, SMALL, colour=DIM),
        Words(left, top + 13, number, SMALL, colour=DIM),
    ]


def _written(report: Report, pages: list[list[Drawn]]) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(report.title)
    writer.setCreator("Wangge Desk")
    writer.setResolution(DPI)
    orientation = QPageLayout.Orientation.Landscape if report.is_landscape else QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), orientation, QMarginsF()))
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    painter.scale(DPI / POINTS, DPI / POINTS)
    for number, page in enumerate(pages):
        if number:
            writer.newPage()
        for drawn in page:
            _draw(painter, drawn)
    painter.end()
    return bytes(buffer.data().data())


def _draw(painter: QPainter, drawn: Drawn) -> None:
    match drawn:
        case Words():
            painter.setFont(_font(drawn.size, is_bold=drawn.is_bold))
            painter.setPen(QColor(drawn.colour))
            painter.drawText(QPointF(drawn.x, drawn.y), drawn.words)
        case Rule():
            painter.setPen(QPen(QColor(LINE), 0.5))
            painter.drawLine(QLineF(drawn.x, drawn.y, drawn.to_x, drawn.to_y))
        case Ground():
            painter.fillRect(drawn.rect, QColor(HEAD_GROUND))
        case Image():
            painter.drawImage(drawn.rect, drawn.image)
