"""Item models say exactly what they change."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex


class Mirror:
    """What a view that trusts every announcement, and nothing else, would show of a table."""

    def __init__(self, model: QAbstractItemModel) -> None:
        self.model = model
        self.rows = self._read()
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._removed)
        model.dataChanged.connect(self._changed)
        model.modelReset.connect(self._reset)
        model.layoutChanged.connect(self._reset)

    def _row(self, row: int) -> tuple[str, ...]:
        return tuple(str(self.model.index(row, column).data()) for column in range(self.model.columnCount()))

    def _read(self) -> list[tuple[str, ...]]:
        return [self._row(row) for row in range(self.model.rowCount())]

    def _inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.rows[first:first] = [self._row(row) for row in range(first, last + 1)]

    def _removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        del self.rows[first : last + 1]

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        """Only the columns that were named."""
        for row in range(first.row(), last.row() + 1):
            fresh = self._row(row)
            named = slice(first.column(), last.column() + 1)
            self.rows[row] = (*self.rows[row][: named.start], *fresh[named], *self.rows[row][named.stop :])

    def _reset(self) -> None:
        self.rows = self._read()

    def is_true(self) -> bool:
        return self.rows == self._read()
