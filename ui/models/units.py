"""The units as rows of a table: which are listed, in what order, what each cell says.

Order and choice change when the officer asks. News about a unit is announced row by row and moves no other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from comms.domain.ids import UnitId
from comms.domain.unit import UnitStatus
from console.store.notices import Changed, Notice, PositionsMoved, Reset
from console.store.store import Store
from ui.models.unit_cells import AGE, BATTERY, DISTANCE, HEADERS, NAME, STATUS, Cell, UnitCells
from ui.text import Texts
from ui.watch import follow

UNIT_ID_ROLE = int(Qt.ItemDataRole.UserRole)
MOST_RUNS = 200
"""More units than this that moved are told as if all had: a view paints what is in sight, once."""
FLUSH_MS = 500
"""Positions are shown at most so often: a list is read, not watched."""
AGEING_MS = 5_000
_AnyIndex = QModelIndex | QPersistentModelIndex


class UnitsModel(QAbstractTableModel):
    """`set_words` and `set_statuses` narrow down; what no longer fits stays until the next `refilter`."""

    def __init__(self, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._text = text
        self._cells = UnitCells(store, text)
        self._known: set[UnitId] = set()
        self._all: list[UnitId] = []
        """In the order the officer asked for last; newer ones at the end."""
        self._shown: list[UnitId] = []
        self._rows: dict[UnitId, int] = {}
        self._words: tuple[str, ...] = ()
        self._statuses: frozenset[UnitStatus] = frozenset()
        self._sorting = (NAME, Qt.SortOrder.AscendingOrder)
        self._moved: list[NDArray[np.intp]] = []
        """Rows of the PositionTable, as they were told."""
        self._flush = QTimer(self)
        self._flush.setSingleShot(True)
        self._flush.setInterval(FLUSH_MS)
        self._flush.timeout.connect(self._announce_moved)
        self._ageing = QTimer(self)
        self._ageing.setInterval(AGEING_MS)
        self._ageing.timeout.connect(self._announce_ages)
        self._ageing.start()
        text.changed.connect(self._announce_all)
        follow(self, store, self._on_notice)
        self._refill()

    # --- reading --------------------------------------------------------------------------------------

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    @property
    def total(self) -> int:
        """Units known, listed or not."""
        return len(self._all)

    def row_of(self, unit_id: UnitId) -> int | None:
        return self._rows.get(unit_id)

    def unit_at(self, row: int) -> UnitId:
        return self._shown[row]

    def cell(self, row: int, column: int) -> Cell:
        return self._cells.cell(self._shown[row], column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(f"units.column.{HEADERS[section]}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text("units.sort_tip")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section in (STATUS, NAME) else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.cell(index.row(), index.column()).words
            case _ if role == UNIT_ID_ROLE:
                return self._shown[index.row()]
            case _:
                return None

    # --- what the officer asks for --------------------------------------------------------------------

    def set_reference(self, lat: float, lon: float) -> None:
        """Measure every unit's distance from here, as they stand now."""
        self._cells.measure(lat, lon)
        self._announce(0, len(self._shown) - 1, DISTANCE, DISTANCE)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Once, by what the units are now."""
        self._sorting = (column, order)
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        units = [self._shown[index.row()] for index in held]
        self._put_in_order()
        self._list(self._chosen())
        moved = [
            self.index(self._rows[unit_id], index.column()) if unit_id in self._rows else QModelIndex()
            for unit_id, index in zip(units, held, strict=True)
        ]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def set_words(self, words: str) -> None:
        """Every word has to be found in the unit's name, id or telephone number."""
        self._words = tuple(words.casefold().split())
        self.refilter()

    def set_statuses(self, statuses: frozenset[UnitStatus]) -> None:
        """Only these; none chosen means all."""
        self._statuses = statuses
        self.refilter()

    def refilter(self) -> None:
        """Begins anew when other units fit by now; else nothing is announced."""
        chosen = self._chosen()
        if chosen != self._shown:
            self.beginResetModel()
            self._list(chosen)
            self.endResetModel()

    # --- following ------------------------------------------------------------------------------------

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="unit", id=unit_id):
                self._follow_unit(UnitId(unit_id))
            case PositionsMoved(rows):
                self._moved.append(rows)
                if not self._flush.isActive():
                    self._flush.start()
            case Reset():
                self.beginResetModel()
                self._refill()
                self.endResetModel()
            case _:
                pass

    def _follow_unit(self, unit_id: UnitId) -> None:
        row = self._rows.get(unit_id)
        if row is not None:
            self._announce(row, row, STATUS, AGE)
        elif unit_id not in self._known:
            self._known.add(unit_id)
            self._all.append(unit_id)
            if self._cells.is_found(unit_id, self._words, self._statuses):
                row = len(self._shown)
                self.beginInsertRows(QModelIndex(), row, row)
                self._shown.append(unit_id)
                self._rows[unit_id] = row
                self.endInsertRows()

    def _refill(self) -> None:
        """A snapshot replaced the picture."""
        self._cells.forget()
        self._all = list(self._store.picture.units)
        self._known = set(self._all)
        self._put_in_order()
        self._list(self._chosen())

    def _put_in_order(self) -> None:
        column, order = self._sorting
        self._all.sort(key=lambda unit_id: self._cells.sort_key(unit_id, NAME))
        if (column, order) != (NAME, Qt.SortOrder.AscendingOrder):
            is_falling = order is Qt.SortOrder.DescendingOrder
            self._all.sort(key=lambda unit_id: self._cells.sort_key(unit_id, column), reverse=is_falling)

    def _chosen(self) -> list[UnitId]:
        if not (self._words or self._statuses):
            return list(self._all)
        return [unit_id for unit_id in self._all if self._cells.is_found(unit_id, self._words, self._statuses)]

    def _list(self, shown: list[UnitId]) -> None:
        self._shown = shown
        self._rows = {unit_id: row for row, unit_id in enumerate(shown)}
        self._moved.clear()

    # --- announcing -----------------------------------------------------------------------------------

    def _announce_moved(self) -> None:
        told, self._moved = self._moved, []
        if sum(map(len, told)) > MOST_RUNS:
            self._announce(0, len(self._shown) - 1, BATTERY, AGE)
            return
        found = (self._rows.get(unit_id) for rows in told for unit_id in self._store.positions.unit_ids(rows))
        moved = np.unique(np.array([row for row in found if row is not None], np.intp))
        for run in np.split(moved, np.flatnonzero(np.diff(moved) != 1) + 1):
            if len(run):
                self._announce(int(run[0]), int(run[-1]), BATTERY, AGE)

    def _announce_ages(self) -> None:
        self._announce(0, len(self._shown) - 1, AGE, AGE)

    def _announce_all(self) -> None:
        self._announce(0, len(self._shown) - 1, STATUS, AGE)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(HEADERS) - 1)

    def _announce(self, first: int, last: int, left: int, right: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, left), self.index(last, right))
