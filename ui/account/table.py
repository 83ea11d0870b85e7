"""A short table of an account's sheet: rows are chosen whole, and keep their place when it is read again."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

_KEY = Qt.ItemDataRole.UserRole


class Table(QTableWidget):
    """`chosen` fires when other rows are chosen. The first column takes what room there is."""

    chosen = Signal()

    def __init__(self, columns: int, parent: QWidget, *, is_single: bool) -> None:
        super().__init__(0, columns, parent)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.SingleSelection if is_single else mode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.itemSelectionChanged.connect(self.chosen)

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the rows that are chosen, from the top."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return tuple(str(self._at(row, 0).data(_KEY)) for row in rows)

    def words(self, row: int) -> tuple[str, ...]:
        return tuple(self._at(row, column).text() for column in range(self.columnCount()))

    def fill(self, rows: list[tuple[str, tuple[str, ...]]]) -> None:
        """Keys and cells. What was chosen stays chosen, if it is still there."""
        before = set(self.keys)
        self.blockSignals(True)
        self.clearSelection()
        self.setRowCount(len(rows))
        for row, (key, cells) in enumerate(rows):
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setData(_KEY, key)
                item.setToolTip(words)
                self.setItem(row, column, item)
        self.blockSignals(False)
        for row, (key, _) in enumerate(rows):
            if key in before:
                self.selectRow(row)
        self.chosen.emit()

    def _at(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        assert item is not None
        return item
