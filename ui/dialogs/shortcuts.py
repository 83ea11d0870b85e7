"""Every key of the desk, from the tables of commands."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from ui.commands import COMMANDS, GROUPS, HOLD_KEYS, conflicts
from ui.text import Texts
from ui.theme import Look
from ui.widgets.command_button import key_words
from ui.widgets.labels import label

_COLUMNS = 3


class ShortcutsDialog(QDialog):
    def __init__(self, *, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(text("shortcuts.title"))
        look.dress(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(3)
        clashes = conflicts()
        rows = [0] * _COLUMNS
        for place, group in enumerate(GROUPS):
            side = place % _COLUMNS
            rows[side] = self._add_group(grid, group, text, side, rows[side], clashes)
        column.addLayout(grid)
        column.addStretch(1)

    def _add_group(
        self, grid: QGridLayout, group: str, text: Texts, side: int, row: int, clashes: dict[str, list[str]]
    ) -> int:
        grid.addWidget(label(text(f"group.{group}"), tone="head", parent=self), row, side * 2, 1, 2)
        row += 1
        named = [
            (command.name(text), command.keys[0]) for command in COMMANDS if command.group == group and command.keys
        ]
        if group == "voice":
            named = [(hold.name(text), hold.key) for hold in HOLD_KEYS] + named
        for name, key in named:
            shown: QLabel = label(key_words(key), tone="danger" if key.casefold() in clashes else "dim", parent=self)
            grid.addWidget(shown, row, side * 2)
            grid.addWidget(label(name, parent=self), row, side * 2 + 1)
            row += 1
        return row + 1
