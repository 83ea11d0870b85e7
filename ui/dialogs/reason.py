"""Asking for a reason, over the middle of the window and without stopping anything else."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.order.controls import Question
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Sheet


class ReasonSheet(Sheet):
    """Enter gives the reason, Esc leaves everything as it is. An empty reason is not taken."""

    confirm_key, hint_key, wide_px = "reason.confirm", "reason.hint", 420

    def __init__(self, host: QWidget, *, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._look = look
        self._text = text
        self._question: Question | None = None
        self._sentence = label(wraps=True, tone="head", parent=self)
        self._field = QLineEdit(self)
        self._field.setObjectName("reason")
        self._field.setMaxLength(1000)
        self._field.textChanged.connect(self._read)
        self._field.returnPressed.connect(self._give)
        self._back = QPushButton(self)
        self._back.setProperty("tone", "flat")
        self._back.clicked.connect(self.dismiss)
        self._confirm = QPushButton(self)
        self._confirm.setProperty("tone", "primary")
        self._confirm.clicked.connect(self._give)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._sentence)
        column.addWidget(self._field)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._back)
        row.addWidget(self._confirm)
        column.addLayout(row)
        text.changed.connect(self._read)
        self._read()

    @property
    def field(self) -> QLineEdit:
        return self._field

    def wanted_width(self) -> int:
        return self._look.px(self.wide_px)

    def insert(self, more: QLayout) -> None:
        """Something else to choose, between the sentence and the reason."""
        self._column.insertLayout(1, more)

    def wanted_height(self) -> int:
        return max(self.sizeHint().height(), self._column.totalHeightForWidth(self.wanted_width()))

    def ask(self, question: Question) -> None:
        self._question = question
        self._sentence.setText(question.sentence)
        self._field.clear()
        self._field.setMaxLength(question.most)
        self._read()
        self.appear()
        self._field.setFocus()

    def _read(self) -> None:
        hint = self._question.hint if self._question is not None else ""
        self._field.setPlaceholderText(hint or self._text(self.hint_key))
        self._back.setText(self._text("reason.back"))
        self._confirm.setText(self._text(self.confirm_key))
        self._confirm.setEnabled(bool(self._field.text().strip()))

    def _give(self) -> None:
        reason = self._field.text().strip()
        if reason and self._question is not None:
            question, self._question = self._question, None
            self.dismiss()
            question.answer(reason)
