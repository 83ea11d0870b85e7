"""A table of words and figures: sorted by its heads, one row chosen, worked by arrow keys and Enter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.theme import Look
from ui.widgets.icons import icon

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class GridRow:
    """`tones` and `icons` by column; `order` is what a column is sorted by where its words are not (by column)."""

    key: object
    cells: tuple[str, ...]
    tones: dict[int, str] = field(default_factory=dict)
    icons: dict[int, str] = field(default_factory=dict)
    order: dict[int, float | str] = field(default_factory=dict)


class GridModel(QAbstractTableModel):
    """`numbers` are columns set to the right."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.heads: tuple[str, ...] = ()
        self.rows: list[GridRow] = []
        self._numbers: frozenset[int] = frozenset()
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    def show(self, heads: Sequence[str], rows: Sequence[GridRow], numbers: frozenset[int]) -> None:
        self.beginResetModel()
        self.heads, self.rows, self._numbers = tuple(heads), list(rows), numbers
        self._sort()
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.heads)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = (column, order) if column >= 0 else None
        self._sort()
        self.layoutChanged.emit()

    def _sort(self) -> None:
        if self._sorted_by is None or self._sorted_by[0] >= len(self.heads):
            return
        column, order = self._sorted_by

        def place(row: GridRow) -> tuple[bool, float, str]:
            value = row.order.get(column, row.cells[column])
            return (isinstance(value, str), 0.0, value) if isinstance(value, str) else (False, value, "")

        self.rows.sort(key=place, reverse=order is Qt.SortOrder.DescendingOrder)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and section < len(self.heads):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                return self.heads[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self._side(section)
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._numbers else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: _Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        row, column, theme = self.rows[index.row()], index.column(), self._look.theme
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return row.cells[column]
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.heads[column]} {row.cells[column]}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(column)
            case Qt.ItemDataRole.ForegroundRole if column in row.tones:
                return QColor(getattr(theme, row.tones[column]))
            case Qt.ItemDataRole.DecorationRole if column in row.icons:
                return icon(row.icons[column], getattr(theme, row.tones.get(column, "text")))
            case _:
                return None


class Grid(QTableView):
    """`chosen` and `entered` tell keys of rows: the current one changed, or was double-clicked or Enter was pressed."""

    chosen = Signal(object)
    entered_row = Signal(object)

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.model_ = GridModel(look, self)
        self.empty_words = ""
        """Said in the middle where there is no row."""
        self.setObjectName(name)
        self.setModel(self.model_)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 6px } QHeaderView::section { padding: 3px 7px }")
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look.px(28))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.activated.connect(self._enter)
        self.selectionModel().selectionChanged.connect(self._choose)

    def show_rows(
        self,
        heads: Sequence[str],
        rows: Sequence[GridRow],
        *,
        widths: Sequence[int],
        numbers: Sequence[int] = (),
    ) -> None:
        """`widths` are pixels at scale 1; the first 0 takes what is left. The chosen row stays chosen."""
        before = self.key
        self.model_.show(heads, rows, frozenset(numbers))
        header = self.horizontalHeader()
        for column, width in enumerate(widths):
            is_rest = width == 0
            mode = QHeaderView.ResizeMode.Stretch if is_rest else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            if not is_rest:
                self.setColumnWidth(column, self._look.px(width))
        if not self.choose(before) and rows:
            self.selectRow(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.empty_words and not self.model_.rows:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(self._look.theme.text_dim))
            room = self.viewport().rect().adjusted(12, 12, -12, -12)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.empty_words)
            painter.end()

    @property
    def key(self) -> object:
        """Of the row that is chosen; None where none is."""
        row = self.currentIndex().row()
        return self.model_.rows[row].key if 0 <= row < len(self.model_.rows) else None

    def choose(self, key: object) -> bool:
        for at, row in enumerate(self.model_.rows):
            if row.key == key and key is not None:
                self.selectRow(at)
                self.scrollTo(self.model_.index(at, 0))
                return True
        return False

    def _choose(self, _now: QItemSelection, _before: QItemSelection) -> None:
        if self.key is not None and self.selectionModel().hasSelection():
            self.chosen.emit(self.key)

    def _enter(self, index: QModelIndex) -> None:
        self.entered_row.emit(self.model_.rows[index.row()].key)
