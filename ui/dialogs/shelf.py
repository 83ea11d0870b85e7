"""Putting an alarm away for a while: a reason and an end, over the middle of the window."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Overlay

SPANS_MIN = (15, 30, 60, 120, 240, 480)


@dataclass(frozen=True, slots=True)
class ShelfQuestion:
    """`answer` gets the seconds and the reason."""

    sentence: str
    answer: Callable[[float, str], None]


class ShelfSheet(Overlay):
    """Enter shelves, Esc leaves everything as it is. An empty reason is not taken."""

    def __init__(self, host: QWidget, *, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE, "sheet")
        self._look = look
        self._text = text
        self._question: ShelfQuestion | None = None
        self._sentence = label(wraps=True, tone="head", parent=self)
        self._field = QLineEdit(self)
        self._field.setObjectName("shelf_reason")
        self._field.setMaxLength(1000)
        self._field.textChanged.connect(self._read)
        self._field.returnPressed.connect(self._give)
        self._spans = QButtonGroup(self)
        self._back, self._confirm = QPushButton(self), QPushButton(self)
        self._back.setProperty("tone", "flat")
        self._back.clicked.connect(self.dismiss)
        self._confirm.setProperty("tone", "primary")
        self._confirm.clicked.connect(self._give)
        self._arrange()
        text.changed.connect(self._read)
        self._read()

    def _arrange(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._sentence)
        spans = QHBoxLayout()
        for minutes in SPANS_MIN:
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("tone", "flat")
            self._spans.addButton(button, minutes)
            spans.addWidget(button)
        self._spans.button(SPANS_MIN[1]).setChecked(True)
        column.addLayout(spans)
        column.addWidget(self._field)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._back)
        row.addWidget(self._confirm)
        column.addLayout(row)

    @property
    def field(self) -> QLineEdit:
        return self._field

    @property
    def spans(self) -> QButtonGroup:
        """By minutes."""
        return self._spans

    def wanted_width(self) -> int:
        return self._look.px(480)

    def wanted_height(self) -> int:
        return max(self.sizeHint().height(), self._column.totalHeightForWidth(self.wanted_width()))

    def ask(self, question: ShelfQuestion) -> None:
        self._question = question
        self._sentence.setText(question.sentence)
        self._field.clear()
        self._read()
        self.appear()
        self._field.setFocus()

    def _read(self) -> None:
        for minutes in SPANS_MIN:
            key = "alarm.shelf_hours" if minutes >= 60 else "alarm.shelf_minutes"
            count = minutes // 60 if minutes >= 60 else minutes
            self._spans.button(minutes).setText(self._text(key, count=count))
        self._field.setPlaceholderText(self._text("alarm.shelf_hint"))
        self._back.setText(self._text("reason.back"))
        self._confirm.setText(self._text("alarm.shelf_confirm"))
        self._confirm.setEnabled(bool(self._field.text().strip()))

    def _give(self) -> None:
        reason = self._field.text().strip()
        if reason and self._question is not None:
            question, self._question = self._question, None
            self.dismiss()
            question.answer(self._spans.checkedId() * 60.0, reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
