"""A bulletin (通报) as values, and as a document or a workbook. Made beside the interface's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from comms.domain.assessment import PARTS, Figure
from ui.bulletin.table import COUNTS, RATES, Shown, cells
from ui.report.document import Block, Heading, NewPage, Paragraph, Picture, Report, Signatures, Table
from ui.report.pdf import pdf_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_SHARES = (4.5, 15, *(4.9,) * len(COUNTS), *(8.6,) * len(RATES), 6.5, 6.5)


@dataclass(frozen=True, slots=True)
class Edition:
    """All that a bulletin says, in the language of the moment it was asked for."""

    title: str
    subtitle: str
    """Period, jurisdiction, up to when counted."""
    compared: str
    """Which periods the changes are told against."""
    heads: tuple[str, ...]
    rows: tuple[Shown, ...]
    total: Shown | None
    findings: tuple[str, ...]
    words: str
    """The officer's own."""
    charts: tuple[bytes, ...]
    sections: tuple[str, str, str, str]
    """Heads of the figures, the findings, the officer's words and the charts."""
    nothing: str
    """Said where there is no finding."""
    signatures: tuple[str, ...]
    foot: str


def document_of(edition: Edition, stand_back: Callable[[], None]) -> bytes:
    """The bulletin as a PDF."""
    return pdf_of(_report(edition), stand_back=stand_back)


def _report(edition: Edition) -> Report:
    figures, findings, words, charts = edition.sections
    blocks: list[Block] = [Heading(figures), Paragraph(edition.compared, is_dim=True)]
    rows = tuple(cells(shown) for shown in _all(edition))
    numbers = frozenset(range(len(edition.heads))) - {1}
    blocks += [Table(edition.heads, rows, numbers=numbers, shares=_SHARES), Heading(findings)]
    blocks += [Paragraph(f"{number}. {said}") for number, said in enumerate(edition.findings, 1)]
    if not edition.findings:
        blocks.append(Paragraph(edition.nothing))
    if edition.words:
        blocks += [Heading(words), Paragraph(edition.words)]
    if edition.charts:
        blocks += [NewPage(), Heading(charts)]
        blocks += [Picture(chart, width_pct=58) for chart in edition.charts]
    blocks.append(Signatures(edition.signatures))
    return Report(edition.title, tuple(blocks), edition.subtitle, edition.foot, is_landscape=True)


def _all(edition: Edition) -> tuple[Shown, ...]:
    return edition.rows if edition.total is None else (*edition.rows, edition.total)


def workbook_of(edition: Edition, stand_back: Callable[[], None]) -> bytes:
    """The bulletin as XLSX: counts are numbers, rates and the sum are formulas, the head stays in sight."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = edition.sections[0][:31]
    for row, line in enumerate((edition.title, edition.subtitle, edition.compared), 1):
        sheet.cell(row, 1, line)
    head = 4
    for column, words in enumerate(edition.heads, 1):
        sheet.cell(head, column, words)
    for row, shown in enumerate(edition.rows, head + 1):
        stand_back()
        _fill(sheet, row, shown)
    last = head + len(edition.rows)
    if edition.total is not None:
        _fill_total(sheet, last + 1, edition.total, first=head + 1, last=last)
    _dress(sheet, head, last)
    _say(book.create_sheet(edition.sections[1][:31]), edition)
    stand_back()
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(sheet: "Worksheet", row: int, shown: Shown) -> None:
    sheet.cell(row, 1, shown.rank)
    sheet.cell(row, 2, shown.name)
    for column, figure in enumerate(COUNTS, 3):
        sheet.cell(row, column, shown.row.now.of(figure))
    _fill_rates(sheet, row, shown)


def _fill_total(sheet: "Worksheet", row: int, total: Shown, *, first: int, last: int) -> None:
    """The sum of the rows; said as it was counted where a case stands in more than one row or in none."""
    sheet.cell(row, 2, total.name)
    for column, figure in enumerate(COUNTS, 3):
        letter = sheet.cell(row, column).column_letter
        rows_say = sum(int(sheet.cell(each, column).value or 0) for each in range(first, last + 1))
        counted = total.row.now.of(figure)
        is_sum = last >= first and rows_say == counted
        sheet.cell(row, column, f"=SUM({letter}{first}:{letter}{last})" if is_sum else counted)
    _fill_rates(sheet, row, total)


def _fill_rates(sheet: "Worksheet", row: int, shown: Shown) -> None:
    start = 3 + len(COUNTS)
    for column, rate in enumerate(RATES, start):
        part, whole = (_letter(sheet, figure) for figure in PARTS[rate])
        cell = sheet.cell(row, column, f'=IF({whole}{row}=0,"",{part}{row}/{whole}{row})')
        cell.number_format = "0.00%"
    for column, words in enumerate(cells(shown)[-2:], start + len(RATES)):
        cell = sheet.cell(row, column, None if words == "—" else float(words))
        cell.number_format = "+0.00;-0.00;0.00"


def _letter(sheet: "Worksheet", figure: Figure) -> str:
    letter: str = sheet.cell(1, 3 + COUNTS.index(figure)).column_letter
    return letter


def _dress(sheet: "Worksheet", head: int, last: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.freeze_panes = sheet.cell(head + 1, 3)
    for cell in sheet[head]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="E8EDF2")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for cell in sheet[sheet.max_row] if last < sheet.max_row else ():
        cell.font = Font(bold=True)
    sheet.column_dimensions["B"].width = 26
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"


def _say(sheet: "Worksheet", edition: Edition) -> None:
    lines = [
        *(edition.findings or (edition.nothing,)),
        *([edition.sections[2], edition.words] if edition.words else ()),
    ]
    for row, line in enumerate(lines, 1):
        sheet.cell(row, 1, line)
    sheet.column_dimensions["A"].width = 110
