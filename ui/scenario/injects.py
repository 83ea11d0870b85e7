"""The page of injects: a line of time instead of a list, and what is expected after each."""

from functools import partial
from typing import Any, get_args

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from comms.domain.expectation import Acknowledged, Expectation
from comms.domain.inject import AtTime, InjectWhat
from comms.domain.scenario import Scenario
from console.scenario import edit
from ui.scenario.draft import Draft
from ui.scenario.page import PartsPage, kinds_menu, scrolled
from ui.scenario.sense import Sense
from ui.scenario.time_line import STEP_S, TimeLine
from ui.scenario.words import list_words, type_words
from ui.widgets.labels import label

KINDS: tuple[type[InjectWhat], ...] = get_args(InjectWhat)
NEXT_S = 60.0
"""A new inject comes so long after the one that is chosen."""


class InjectsPage(PartsPage):
    """Alt+Up and Alt+Down move an inject by ten seconds, with Shift by a minute."""

    def __init__(self, draft: Draft, sense: Sense, parent: QWidget) -> None:
        self.line = TimeLine(sense, parent)
        super().__init__("injects", draft, sense, parent)
        self.list.hide()
        self._take_keys(self.line)
        self.line.chosen.connect(self.choose)
        self.line.moved.connect(self.move_by)
        words = [type_words(kind, sense.text) for kind in KINDS]
        self._menu = kinds_menu(KINDS, words, self, self.add_kind)
        self.add_button.setMenu(self._menu)
        self._told: object = None
        self._expected = QWidget(self._holder)
        self._rows = QVBoxLayout(self._expected)
        self._rows.setContentsMargins(0, 8, 0, 0)
        self._column.insertWidget(self._column.count() - 1, self._expected)

    def _chooser(self) -> QWidget:
        return scrolled(self.line, self)

    def refresh(self) -> None:
        self.line.refresh()
        super().refresh()

    def _show(self, at: int) -> None:
        super()._show(at)
        self.line.choose(at)
        if hasattr(self, "_rows"):
            self._show_expected(at)

    def _show_expected(self, at: int) -> None:
        """A button for each, which goes there. Only what is new is made again: one of them may have the keyboard."""
        inject = self.parts[at] if 0 <= at < len(self.parts) else None
        expected = [
            (place, list_words(each, self.sense))
            for place, each in enumerate(self.draft.scenario.expectations)
            if inject is not None and each.since == inject.id
        ]
        told = (inject is None, expected)
        if told == self._told:
            return
        self._told = told
        while self._rows.count():
            gone = self._rows.takeAt(0).widget()
            gone.hide()
            gone.deleteLater()
        if inject is None:
            return
        self._rows.addWidget(label(self.sense.text("scenario.expected_after"), tone="title", parent=self._expected))
        for place, words in expected:
            button = QPushButton(words, self._expected)
            button.clicked.connect(partial(self.wanted.emit, ("expectations", place)))
            self._rows.addWidget(button)
        more = QPushButton(self.sense.text("scenario.expect_more"), self._expected)
        more.setObjectName("scenario_expect")
        more.clicked.connect(self.expect)
        self._rows.addWidget(more)

    # --- what is done -------------------------------------------------------------------------------------------

    def add(self) -> None:
        self.add_button.showMenu()

    def add_kind(self, kind: type[InjectWhat]) -> None:
        at, before = self.at + 1, self.parts[self.at] if self.at >= 0 else None
        second = before.when.s + NEXT_S if before is not None and isinstance(before.when, AtTime) else NEXT_S

        def change(scenario: Scenario) -> Scenario:
            return edit.add(scenario, "injects", edit.new_inject(scenario, kind, second), at)

        self.do(change, at)
        if self._form is not None:
            self._form.focus_at(("title",))

    def move_by(self, at: int, seconds: float) -> None:
        if 0 <= at < len(self.parts):
            self.do(partial(edit.shifted, at=at, seconds=seconds), at)

    def shift(self, places: int) -> None:
        self.move_by(self.at, places * STEP_S)

    def expect(self) -> None:
        """Another expectation of this inject, and go to it."""
        inject, at = self.parts[self.at], len(self.draft.scenario.expectations)

        def change(scenario: Scenario) -> Scenario:
            part: Any = edit.new_part(scenario, Expectation, since=inject.id, what=Acknowledged())
            return edit.add(scenario, "expectations", part, at)

        self.do(change, self.at)
        if len(self.draft.scenario.expectations) > at:
            self.wanted.emit(("expectations", at, "words"))
