"""The top of a sheet at the map's edge: what it is, where it is about, and the button that closes it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.row import row_of


class SheetHead(QWidget):
    """`title` and `close` are keys. The button's object name is the sheet's with `_close`."""

    def __init__(self, name: str, look: Look, text: Texts, parent: QWidget, *, title: str, close: str) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._keys = (title, close)
        self._title = label(tone="title", parent=self)
        self.where = ElidedLabel(tone="dim", parent=self)
        self.close_button = QPushButton(self)
        self.close_button.setObjectName(f"{name}_close")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.setProperty("tone", "flat")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row_of(self._title, None, self.close_button))
        column.addWidget(self.where)
        for changed in (text.changed, look.changed):
            changed.connect(self._read)
        self._read()

    def _read(self) -> None:
        title, close = (self._text(key) for key in self._keys)
        self._title.setText(title)
        self.close_button.setIcon(icon("close", self._look.theme.text_dim))
        self.close_button.setAccessibleName(close)
        self.close_button.setToolTip(close)
