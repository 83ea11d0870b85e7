"""Putting an alarm away for a while: a reason and an end, over the middle of the window."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from ui.dialogs.reason import ReasonSheet
from ui.order.controls import Question
from ui.text import Texts
from ui.theme import Look

SPANS_MIN = (15, 30, 60, 120, 240, 480)


@dataclass(frozen=True, slots=True)
class ShelfQuestion:
    """`answer` gets the seconds and the reason."""

    sentence: str
    answer: Callable[[float, str], None]


class ShelfSheet(ReasonSheet):
    """A reason, and until when."""

    confirm_key, hint_key, wide_px = "alarm.shelf_confirm", "alarm.shelf_hint", 480

    def __init__(self, host: QWidget, *, look: Look, text: Texts) -> None:
        super().__init__(host, look=look, text=text)
        self._spans = QButtonGroup(self)
        row = QHBoxLayout()
        for minutes in SPANS_MIN:
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("tone", "flat")
            self._spans.addButton(button, minutes)
            row.addWidget(button)
        self._spans.button(SPANS_MIN[1]).setChecked(True)
        self.insert(row)
        text.changed.connect(self._read_spans)
        self._read_spans()

    @property
    def spans(self) -> QButtonGroup:
        """By minutes."""
        return self._spans

    def ask_shelf(self, question: ShelfQuestion) -> None:
        self.ask(Question(question.sentence, partial(self._answer, question)))

    def _answer(self, question: ShelfQuestion, reason: str) -> None:
        question.answer(self._spans.checkedId() * 60.0, reason)

    def _read_spans(self) -> None:
        for minutes in SPANS_MIN:
            key = "alarm.shelf_hours" if minutes >= 60 else "alarm.shelf_minutes"
            count = minutes // 60 if minutes >= 60 else minutes
            self._spans.button(minutes).setText(self._text(key, count=count))
