"""Every key of the desk, from the tables of commands."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from ui.commands import COMMANDS, GROUPS, HOLD_KEYS, conflicts
from ui.text import Texts
from ui.theme import Look
from ui.widgets.command_button import key_words
from ui.widgets.labels import label

_COLUMNS = 4


class ShortcutsDialog(QDialog):
    def __init__(self, *, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(text("shortcuts.title"))
        look.dress(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        grid = QGridLayout()
        grid.setHorizontalSpacing(7)
        grid.setVerticalSpacing(3)
        clashes = conflicts()
        named = {group: _named(group, text) for group in GROUPS}
        for side, groups in enumerate(_columns({group: len(keys) + 2 for group, keys in named.items()})):
            row = 0
            for group in groups:
                row = self._add_group(grid, text(f"group.{group}"), named[group], side, row, clashes)
        column.addLayout(grid)
        column.addStretch(1)

    def _add_group(
        self,
        grid: QGridLayout,
        head: str,
        named: list[tuple[str, str]],
        side: int,
        row: int,
        clashes: dict[str, list[str]],
    ) -> int:
        grid.addWidget(label(head, tone="head", parent=self), row, side * 2, 1, 2)
        row += 1
        for name, key in named:
            shown: QLabel = label(key_words(key), tone="danger" if key.casefold() in clashes else "dim", parent=self)
            grid.addWidget(shown, row, side * 2)
            grid.addWidget(label(name, parent=self), row, side * 2 + 1)
            row += 1
        return row + 1


def _named(group: str, text: Texts) -> list[tuple[str, str]]:
    """Names and keys."""
    named = [(command.name(text), command.keys[0]) for command in COMMANDS if command.group == group and command.keys]
    return [(hold.name(text), hold.key) for hold in HOLD_KEYS] + named if group == "voice" else named


def _columns(rows: dict[str, int]) -> list[list[str]]:
    """Groups by columns of about the same height: the longest is placed first, and each column keeps their order."""
    columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
    for group in sorted(rows, key=lambda group: -rows[group]):
        min(columns, key=lambda column: sum(rows[one] for one in column)).append(group)
    ordered = [sorted(column, key=list(rows).index) for column in columns]
    return sorted(ordered, key=lambda column: list(rows).index(column[0]))
