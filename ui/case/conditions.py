"""An item's conditions, each to be ticked by itself: arrow keys go from one to the next, the space key ticks."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

_TICKED = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class ConditionList(QListWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("case_conditions")
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)

    @property
    def _lines(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    @property
    def ticked(self) -> tuple[str, ...]:
        return tuple(line.text() for line in self._lines if line.checkState() is Qt.CheckState.Checked)

    def show_conditions(self, conditions: tuple[str, ...]) -> None:
        """What was ticked of the same words stays ticked."""
        if conditions == tuple(line.text() for line in self._lines):
            return
        ticked = set(self.ticked)
        self.clear()
        for words in conditions:
            line = QListWidgetItem(words, self)
            line.setFlags(_TICKED)
            line.setCheckState(Qt.CheckState.Checked if words in ticked else Qt.CheckState.Unchecked)
        self.setCurrentRow(0)
