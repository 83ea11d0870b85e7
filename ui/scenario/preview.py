"""What the scenario comes to: its run as a table, and its file as text."""

from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from comms.domain.expectation import Expectation
from comms.domain.inject import AtTime, actors_of
from comms.domain.scenario import Scenario
from comms.scenario.scenario_file import write_scenario
from console.scenario.run_rows import RunRow, run_rows
from ui.background import Background
from ui.scenario.draft import Draft
from ui.scenario.inputs import FIXED_LETTERS
from ui.scenario.page import Page
from ui.scenario.sense import Sense
from ui.scenario.time_line import NEVER
from ui.scenario.words import part_words, type_words, when_words
from ui.words import duration

COLUMNS = ("second", "happens", "kind", "who", "due")


class RunPage(Page):
    """Second by second. Enter or a double click goes to the inject, by `wanted`."""

    wanted = Signal(object)

    def __init__(self, draft: Draft, sense: Sense, parent: QWidget) -> None:
        super().__init__(draft, sense, parent)
        self._places: list[int] = []
        self.table = QTableWidget(0, len(COLUMNS), self)
        self.table.setObjectName("scenario_run")
        self.table.setHorizontalHeaderLabels([sense.text(f"scenario.run.{name}") for name in COLUMNS])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(True)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate((84, 300, 104, 150)):
            header.resizeSection(column, sense.look.px(width))
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(self._go)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(10, 10, 10, 10)
        whole.addWidget(self.table)

    def refresh(self) -> None:
        scenario = self.draft.scenario
        places = {inject.id: at for at, inject in enumerate(scenario.injects)}
        rows = run_rows(scenario)
        self._places = [places[row.inject.id] for row in rows]
        self.table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            cells = self._cells(row)
            for column, words in enumerate(cells):
                self.table.setItem(at, column, QTableWidgetItem(words))
            lines = max(words.count("\n") + 1 for words in cells)
            self.table.setRowHeight(at, lines * (self.table.fontMetrics().lineSpacing() + 1) + self.sense.look.px(14))

    def _cells(self, row: RunRow) -> tuple[str, ...]:
        inject, scenario = row.inject, self.draft.scenario
        when = "" if isinstance(inject.when, AtTime) else f"\n{when_words(inject, self.sense)}"
        actors = (scenario.actor(name) for name in actors_of(inject.what))
        names = [part_words(actor, self.sense) for actor in actors if actor is not None]
        return (
            NEVER if row.at_s is None else duration(row.at_s),
            f"{part_words(inject, self.sense)}{when}",
            type_words(type(inject.what), self.sense.text),
            self.sense.text("scenario.and").join(names),
            "\n".join(self._due(until, each, scenario) for until, each in row.due),
        )

    def _due(self, until: float | None, expectation: Expectation, scenario: Scenario) -> str:
        role = scenario.role(expectation.role) if expectation.role is not None else None
        who = part_words(role, self.sense) if role is not None else self.sense.text("scenario.team")
        second = NEVER if until is None else duration(until)
        return self.sense.text("scenario.run_due", until=second, who=who, what=part_words(expectation, self.sense))

    def _go(self, index: QModelIndex) -> None:
        self.wanted.emit(("injects", self._places[index.row()]))


class TextPage(Page):
    """As the file will be; written beside the interface, which takes some 50 ms of a long one."""

    def __init__(self, draft: Draft, sense: Sense, background: Background, parent: QWidget) -> None:
        super().__init__(draft, sense, parent)
        self._background = background
        self._shown: Scenario | None = None
        self.edit = QPlainTextEdit(self)
        self.edit.setObjectName("scenario_text")
        self.edit.setAccessibleName(sense.text("scenario.section.file"))
        self.edit.setStyleSheet(FIXED_LETTERS)
        self.edit.setReadOnly(True)
        self.edit.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.addWidget(self.edit)

    def refresh(self) -> None:
        scenario = self.draft.scenario
        if scenario is not self._shown:
            self._shown = scenario
            self._background.start(partial(write_scenario, scenario), partial(self._take, scenario))

    def _take(self, scenario: Scenario, data: bytes) -> None:
        if isValid(self) and scenario is self._shown:
            self.edit.setPlainText(data.decode())
