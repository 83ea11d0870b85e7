"""Rows of a drill's boards: words in columns, told exactly what changed, in the theme's colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.theme import Look

_Index = QModelIndex | QPersistentModelIndex
_ALIGN = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True, slots=True)
class Row:
    """`tone` names a colour of the theme; `tip` is what does not fit."""

    key: str
    cells: tuple[str, ...]
    tone: str = "text"
    tip: str = ""


class BoardModel(QAbstractTableModel):
    def __init__(self, look: Look, columns: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._columns = columns
        self._rows: list[Row] = []
        self._is_setting = False
        self._heads: tuple[str, ...] = ("",) * columns

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else self._columns

    def row(self, at: int) -> Row | None:
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def at(self, key: str) -> int | None:
        return next((at for at, row in enumerate(self._rows) if row.key == key), None)

    def set_heads(self, heads: tuple[str, ...]) -> None:
        self._heads = heads
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self._columns - 1)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """What stays keeps its place for who looks at it; what comes, goes and moves is told. A view that picks another
        row meanwhile may ask its owner to read again: that is done with what is being set."""
        if self._is_setting:
            return
        self._is_setting = True
        try:
            self._set(rows)
        finally:
            self._is_setting = False

    def _set(self, rows: Sequence[Row]) -> None:
        wanted = {row.key for row in rows}
        for at in reversed(range(len(self._rows))):
            if self._rows[at].key not in wanted:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self._rows[at]
                self.endRemoveRows()
        known = {row.key for row in self._rows}
        new = [row for row in rows if row.key not in known]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows += new
            self.endInsertRows()
        if [row.key for row in self._rows] != [row.key for row in rows]:
            self._reorder(rows)
            return
        for at, row in enumerate(rows):
            if row != self._rows[at]:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at, 0), self.index(at, self._columns - 1))

    def _reorder(self, rows: Sequence[Row]) -> None:
        self.layoutAboutToBeChanged.emit()
        places = {row.key: at for at, row in enumerate(rows)}
        held = self.persistentIndexList()
        moved = [self.index(places[self._rows[index.row()].key], index.column()) for index in held]
        self._rows = list(rows)
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_ALIGN)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.cells[index.column()]
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(getattr(self._look.theme, row.tone))
            case Qt.ItemDataRole.ToolTipRole:
                return row.tip or row.cells[index.column()]
            case _:
                return None


class BoardView(QTableView):
    """`widths` are pixels at scale 1; 0 takes the rest."""

    def __init__(self, name: str, widths: tuple[int, ...], look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._widths = widths
        self.board = BoardModel(look, len(widths), self)
        self.setModel(self.board)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        look.changed.connect(self._restyle)
        self._restyle()

    @property
    def key(self) -> str | None:
        """Of the row that is picked."""
        row = self.board.row(self.currentIndex().row()) if self.currentIndex().isValid() else None
        return row.key if row is not None else None

    def pick(self, key: str) -> None:
        at = self.board.at(key)
        if at is not None:
            self.setCurrentIndex(self.board.index(at, 0))

    def _restyle(self) -> None:
        head, px = self.horizontalHeader(), self._look.px
        head.setHighlightSections(False)
        for column, width in enumerate(self._widths):
            mode = QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch
            head.setSectionResizeMode(column, mode)
            if width:
                self.setColumnWidth(column, px(width))
        self.verticalHeader().setDefaultSectionSize(px(24))
