"""The bulletin's sheet: choose by keyboard, open figures down to their cases, publish what is read back."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdf
import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from comms.domain import events as ev
from comms.domain.assessment import Dimension, Figure, Period
from comms.domain.bulletin import Span
from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.ids import DepartmentId, IncidentId
from comms.domain.incident import Incident
from comms.domain.officer import Department, DepartmentDefined
from comms.domain.order import Place
from comms.protocol.assessment_commands import AssessmentCases, AssessmentRead
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode
from tests.support.bulletin import case_page, table
from tests.support.drivers import WindowDriver
from tests.support.scene import TOWN
from ui.bulletin.draw import Bar, Drawing, Trend, draw
from ui.bulletin.edition import document_of, workbook_of
from ui.bulletin.periods import compared, moved, of_days
from ui.bulletin.sheet import BulletinSheet
from ui.bulletin.table import COUNTS

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
KNOWN = IncidentId("i1")
GRID = TOWN
DAY_S = 86_400.0
JUNE_10 = 1_781_020_800.0
"""2026-06-10, a Wednesday, midnight in China."""


class Driver:
    def __init__(self, window: WindowDriver) -> None:
        self.window, self.scene = window, window.scene
        answers = self.scene.desk.answers
        answers[AssessmentRead] = table
        answers[AssessmentCases] = lambda command: case_page(command, KNOWN, at=GRID)
        incident = Incident(id=KNOWN, kind="井盖缺失", place=Place(lat=23.0, lon=113.7), jurisdiction_id=GRID)
        roads = Department(id=DepartmentId("roads"), name="市政管理局", jurisdiction_id=GRID)
        self.scene.happen(ev.IncidentReported(incident=incident), DepartmentDefined(department=roads))
        window.key(Qt.Key.Key_B, CTRL_ALT)
        sheet = window.window.shows.work_sheets.sheet("bulletin")
        assert isinstance(sheet, BulletinSheet)
        self.sheet = sheet
        assert sheet.isVisible()

    def column(self, number: int) -> list[str]:
        model = self.sheet.face.model
        return [str(model.index(row, number).data()) for row in range(model.rowCount())]

    def open(self, row: int, figure: Figure) -> None:
        table = self.sheet.face.table
        table.setFocus()
        table.setCurrentIndex(self.sheet.face.model.index(row, 2 + COUNTS.index(figure)))
        self.window.key(Qt.Key.Key_Return)

    def press(self, name: str) -> None:
        self.window.click(self.sheet.face.buttons[name])


@pytest.fixture
def bulletin(driver: WindowDriver) -> Driver:
    return Driver(driver)


def test_figures_are_read_ranked_and_opened_down_to_their_cases(bulletin: Driver, qtbot: QtBot) -> None:
    sheet, asked = bulletin.sheet, bulletin.scene.desk
    assert bulletin.column(1) == ["市政管理局", "market", "water", "（未指定）", "合计"]
    assert bulletin.column(0) == ["1", "2", "3", "4", ""]
    assert bulletin.column(2 + COUNTS.index(Figure.DUE)) == ["5", "8", "3", "1", "17"]
    assert [line.title for line in sheet.face.cases.lines][1] == "market 超期最多"
    qtbot.waitUntil(lambda: not sheet.charts.drawing.is_running, timeout=60_000)
    bars = sheet.face.bars
    assert bars.pixmap().width() > 0
    bulletin.window.click(bars, QPoint(bars.width() // 2, round(0.4 * bars.height())))
    command = asked.last(AssessmentCases)
    assert (command.key, command.figure) == ("market", Figure.ON_TIME), "the second bar from above"
    bulletin.press("findings")
    sheet.face.cases_view.setFocus()
    sheet.face.cases_view.setCurrentIndex(sheet.face.cases.index(1))
    bulletin.window.key(Qt.Key.Key_Return)
    assert asked.last(AssessmentCases).figure is Figure.LATE, "a finding opens the cases it follows from"
    bulletin.open(0, Figure.REWORKED)
    command = asked.last(AssessmentCases)
    assert (command.by, command.key, command.figure) == (Dimension.DEPARTMENT, "roads", Figure.REWORKED)
    assert command.period == sheet.reading.compared.now
    bulletin.press("more")
    assert [line.key for line in sheet.face.cases.lines] == [KNOWN, "forgotten"]
    assert not sheet.face.buttons["more"].isVisible()
    sheet.face.cases_view.setCurrentIndex(sheet.face.cases.index(1))
    sheet.face.cases_view.setFocus()
    bulletin.window.key(Qt.Key.Key_Return)
    assert sheet.isVisible(), "the picture has forgotten it: that is said, and nothing else happens"
    sheet.face.cases_view.setCurrentIndex(sheet.face.cases.index(0))
    assert not sheet.face.buttons["satisfied"].isVisible(), "nobody is asked before it is closed"
    closed = CaseMoved(incident_id=KNOWN, step=CaseStep.CLOSE, stage=CaseStage.CLOSED)
    bulletin.scene.happen(closed)
    sheet.cases.show()
    bulletin.press("dissatisfied")
    told = asked.last(CaseMove)
    assert (told.incident_id, told.step, told.is_satisfied) == (KNOWN, CaseStep.RATE, False)
    sheet.face.cases_view.setFocus()
    bulletin.window.key(Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert bulletin.window.window.controls.selection.incident_ids == (KNOWN,)


def test_periods_and_dimensions_are_chosen_by_keyboard(bulletin: Driver) -> None:
    sheet, asked = bulletin.sheet, bulletin.scene.desk
    week = sheet.reading.compared
    assert week.span is Span.WEEK
    bulletin.press("earlier")
    assert sheet.reading.compared.now.from_at == week.before.from_at
    bulletin.press("later")
    bulletin.press("later")
    assert sheet.reading.compared.now.from_at == week.now.from_at, "there is no figure of tomorrow"
    bulletin.window.click(bulletin.window.button("bulletin_span_month"))
    assert sheet.reading.compared.span is Span.MONTH
    sheet.face.by.setFocus()
    bulletin.window.key(Qt.Key.Key_Down)
    assert sheet.reading.by is Dimension.TOWN
    read = [command for command in asked.asked if isinstance(command, AssessmentRead)][-2]
    assert (read.by, len(read.periods)) == (Dimension.TOWN, 3)
    bulletin.window.click(bulletin.window.button("bulletin_span_any"))
    sheet.face.first.setDate(QDate(2025, 9, 5))
    sheet.face.first.editingFinished.emit()
    assert sheet.reading.compared.name().startswith("2025-09-05")
    bulletin.press("earlier")
    assert sheet.reading.compared.name().startswith("2025-09-04")
    before = len(asked.asked)
    bulletin.press("refresh")
    assert len(asked.asked) == before + 2, "read again: what was closed meanwhile is counted"
    names = bulletin.column(1)
    asked.refuse(AssessmentRead, RefusalCode.OUT_OF_JURISDICTION, "不在您的辖区内。")
    bulletin.press("refresh")
    sheet.reading.choose_by(Dimension.ITEM)
    assert (bulletin.column(1), sheet.reading.by) == (names, Dimension.TOWN), "what was read stays what it was"


def test_a_bulletin_is_published_and_read_back(bulletin: Driver, tmp_path: Path, qtbot: QtBot) -> None:
    sheet = bulletin.sheet
    sheet.face.heading.setText("六月网格工作通报")
    sheet.face.words.setPlainText("请市政管理局一周内整改。")
    for kind in ("xlsx", "pdf"):
        bulletin.press(kind)
        dialog = sheet.findChild(QFileDialog, "bulletin_file_dialog")
        assert dialog is not None
        path = tmp_path / f"通报.{kind}"
        dialog.fileSelected.emit(str(path))
        dialog.close()
        qtbot.waitUntil(lambda: not sheet.publishing.is_running, timeout=60_000)
        assert path.is_file()
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "通报.pdf").pages]
    said = "\n".join(pages)
    for words in ("六月网格工作通报", "市政管理局", "超期最多", "请市政管理局一周内整改。", "签发", "100.00 %", "合计"):
        assert words in said.replace("\t", " "), words
    assert sum(len(page.images) for page in pypdf.PdfReader(tmp_path / "通报.pdf").pages) == 2
    book = openpyxl.load_workbook(tmp_path / "通报.xlsx")
    table = book.worksheets[0]
    assert (table["A1"].value, table.freeze_panes, table["B5"].value) == ("六月网格工作通报", "C5", "市政管理局")
    assert [table.cell(5, column).value for column in (3, 4, 5)] == [15, 10, 5]
    assert table["M5"].value == '=IF(E5=0,"",F5/E5)'
    assert table["C9"].value == "=SUM(C5:C8)"
    assert "请市政管理局一周内整改。" in [cell.value for cell in book.worksheets[1]["A"]]
    sheet.publishing.begin("xlsx", sheet.edition(), str(tmp_path / "nowhere" / "a.xlsx"))
    qtbot.waitUntil(lambda: not sheet.publishing.is_running, timeout=60_000)
    assert not (tmp_path / "nowhere").exists()
    _nothing(sheet)


def _nothing(sheet: BulletinSheet) -> None:
    """A bulletin of a period in which nothing happened."""
    edition = replace(sheet.edition(), rows=(), total=None, findings=(), words="", charts=())
    text = pypdf.PdfReader(BytesIO(document_of(edition, lambda: None))).pages[0].extract_text()
    assert "本期没有下降" in text
    book = openpyxl.load_workbook(BytesIO(workbook_of(edition, lambda: None)))
    assert [cell.value for cell in book.worksheets[1]["A"]] == ["本期没有下降、超期或退回。"]


def test_what_is_compared() -> None:
    noon = JUNE_10 + DAY_S / 2
    day = compared(Span.DAY, JUNE_10, noon)
    assert day.now == Period(from_at=JUNE_10, until_at=noon)
    assert day.before == Period(from_at=JUNE_10 - DAY_S, until_at=noon - DAY_S), "as much of it as of today"
    assert day.long_before.from_at == JUNE_10 - 7 * DAY_S
    assert [part.from_at for part in day.slices] == [JUNE_10 + hours * 3600 for hours in (0, 4, 8)]
    week = compared(Span.WEEK, noon, noon + 30 * DAY_S)
    assert (week.name(), week.name(week.before)) == ("2026-06-08 – 2026-06-14", "2026-06-01 – 2026-06-07")
    month = compared(Span.MONTH, noon, noon + 60 * DAY_S)
    assert [month.name(part) for part in (month.now, month.before, month.long_before)] == [
        "2026-06-01 – 2026-06-30", "2026-05-01 – 2026-05-31", "2025-06-01 – 2025-06-30",
    ]  # fmt: skip
    assert len(month.slices) <= 12
    assert month.slices[-1].until_at == month.now.until_at
    assert (
        compared(Span.MONTH, moved(compared(Span.MONTH, JUNE_10 - 150 * DAY_S, noon), -1), noon).name()[:7] == "2025-12"
    )
    some = of_days(JUNE_10 + DAY_S, JUNE_10, noon + 30 * DAY_S)
    assert (some.name(), some.name(some.before)) == ("2026-06-10 – 2026-06-11", "2026-06-08 – 2026-06-09")


@pytest.mark.parametrize("values", [(1.0, None, 3.0), ()])
def test_charts_are_drawn(values: tuple[float | None, ...]) -> None:
    names = ("很长很长很长很长的一个部门名称", "b", "c")
    wish = Drawing(
        bars=tuple(Bar(name, value or 0.0) for name, value in zip(names, values, strict=False)),
        bars_title="按期结案率",
        bars_unit=" %",
        trends=(Trend("受理", values),) if values else (),
        trends_title="走势",
        ticks=("一", "二", "三")[: len(values)],
        ground="#ffffff",
        ink="#000000",
        dim="#888888",
        colours=("#2266aa",),
        families=("Noto Sans CJK SC", "Noto Sans CJK JP"),
        width=300,
        height=200,
    )
    charts = draw(wish)
    assert charts.bars.startswith(b"\x89PNG")
    assert charts.trends.startswith(b"\x89PNG")
    assert len(charts.bar_boxes) == len(values)
