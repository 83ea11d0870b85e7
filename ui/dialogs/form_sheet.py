"""A form over the middle of the window: head, captions beside fields, what cannot work, and buttons at the foot."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of

Rows = dict[str, QWidget | QLayout]
"""Fields by the keys of their captions."""


class FormSheet(Sheet):
    """What cannot work is said beneath the fields, and is not sent. Esc leaves everything as it is.

    `title` is a key; `which` chooses what is shown among those that are known, or a new one."""

    def __init__(self, host: QWidget, *, title: str, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._title_key = title
        self._look = look
        self._text = text
        self._title = label(tone="title", parent=self)
        self._captions: dict[str, QLabel] = {}
        self._fault = label(tone="danger", wraps=True, parent=self)
        self.which = QComboBox(self)
        self._back = QPushButton(self)
        self._back.setProperty("tone", "flat")
        self._back.clicked.connect(self.dismiss)
        text.changed.connect(self._read)

    def _lay_out(self, rows: Rows, beneath: tuple[QWidget, ...], undo: QPushButton, confirm: QPushButton) -> None:
        """`beneath` takes the whole width."""
        confirm.setProperty("tone", "primary")
        column, grid = QVBoxLayout(self), QGridLayout()
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._title)
        column.addLayout(grid)
        grid.setColumnStretch(1, 1)
        for row, (key, field) in enumerate(rows.items()):
            is_high = isinstance(field, QPlainTextEdit)
            self._captions[key] = caption = label(tone="dim", parent=self)
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop if is_high else Qt.AlignmentFlag.AlignVCenter)
            if isinstance(field, QWidget):
                grid.addWidget(field, row, 1)
            else:
                grid.addLayout(field, row, 1)
        for part in (*beneath, self._fault):
            column.addWidget(part)
        column.addLayout(row_of(undo, None, self._back, confirm))

    def wanted_width(self) -> int:
        return self._look.px(540)

    def _say_fault(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self.place()

    def _read(self) -> None:
        self._title.setText(self._text(self._title_key))
        for key, caption in self._captions.items():
            caption.setText(self._text(key))
        self._back.setText(self._text("reason.back"))
