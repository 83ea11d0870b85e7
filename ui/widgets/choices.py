"""One of a few, side by side: no list to open, nothing hidden."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from ui.text import Texts


class Choices(QWidget):
    """`keys` are the values; the text of each is `prefix.value`. The first is chosen at the beginning."""

    changed = Signal(str)

    def __init__(self, keys: tuple[str, ...], prefix: str, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prefix = prefix
        self._text = text
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key in keys:
            button = QPushButton(self)
            button.setObjectName(f"{prefix}_{key}")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button, 1)
        self._buttons[keys[0]].setChecked(True)
        self._group.buttonClicked.connect(self._say)
        self.retranslate()

    @property
    def chosen(self) -> str:
        return next(key for key, button in self._buttons.items() if button.isChecked())

    @property
    def first(self) -> QPushButton:
        return next(iter(self._buttons.values()))

    def choose(self, key: str) -> None:
        self._buttons[key].setChecked(True)

    def enable(self, key: str, is_enabled: bool) -> None:
        self._buttons[key].setEnabled(is_enabled)

    def say(self, key: str, words: str) -> None:
        """Other words on one of them, until the language changes."""
        self._buttons[key].setText(words)

    def step(self, places: int) -> None:
        """Choose the one so many places on, of those that may be chosen; at the ends it stays."""
        keys = [key for key, button in self._buttons.items() if button.isEnabled()]
        at = min(len(keys) - 1, max(0, keys.index(self.chosen) + places))
        if keys[at] != self.chosen:
            self.choose(keys[at])
            self._say()

    def retranslate(self) -> None:
        for key, button in self._buttons.items():
            button.setText(self._text(f"{self._prefix}.{key}"))

    def _say(self) -> None:
        self.changed.emit(self.chosen)
