"""The rows of the hub's list as they are listed: what each says, and exact news of what comes, goes and moves."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from comms.domain.ids import IncidentId
from console.store.store import Store
from ui.models.hub_cells import Cell, HubCells
from ui.models.hub_columns import HubColumns
from ui.models.hub_order import CLOCK, COLUMNS, PRIORITY, Arrangement, Steps, steps
from ui.text import Texts

MOST_RUNS = 60
"""More pieces than this that come or go are told as a list that begins anew."""
_AnyIndex = QModelIndex | QPersistentModelIndex
_NOBODY = QModelIndex()


class HubRows(QAbstractTableModel):
    def __init__(self, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.columns = HubColumns(store)
        self.cells = HubCells(store, self.columns, text)
        self._arrangement = Arrangement(np.zeros(0, np.intp), {}, 0)
        self._places: dict[int, int] = {}
        text.changed.connect(self._say_again)

    # --- reading --------------------------------------------------------------------------------------

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._arrangement.shown)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @property
    def arrangement(self) -> Arrangement:
        return self._arrangement

    def known_at(self, place: int) -> int:
        """The row in `columns`, or `-1 - code` at the head of a group."""
        return int(self._arrangement.shown[place])

    def incident_at(self, place: int) -> IncidentId | None:
        row = self.known_at(place)
        return self.columns.ids[row] if row >= 0 else None

    def place_of(self, incident_id: IncidentId) -> int | None:
        row = self.columns.row_of(incident_id)
        return self._places.get(row) if row is not None else None

    def cell(self, place: int, column: int) -> Cell:
        return self.cells.cell(self.known_at(place), column)

    def group_words(self, place: int) -> str:
        return self.cells.group(-1 - self.known_at(place), self._arrangement)

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        if index.isValid() and self.known_at(index.row()) < 0:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if section == PRIORITY else self._text(f"hub.column.{COLUMNS[section]}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text("hub.sort_tip", column=self._text(f"hub.column.{COLUMNS[section]}"))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        row = self.known_at(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.group_words(index.row()) if row < 0 else self.cell(index.row(), index.column()).words
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.group_words(index.row()) if row < 0 else self.cells.row_words(row)
            case _:
                return None

    # --- announcing -----------------------------------------------------------------------------------

    def _take(self, after: Arrangement) -> None:
        found = steps(self._arrangement.shown, after.shown)
        pieces = len(found.removed) + len(found.inserted)
        if pieces == 0:
            self._move(after)
        elif found.is_moved or pieces > MOST_RUNS or after.grouping != self._arrangement.grouping:
            self.beginResetModel()
            self._list(after)
            self.endResetModel()
        else:
            self._step(found, after)

    def _step(self, found: Steps, after: Arrangement) -> None:
        now = replace(self._arrangement, groups=after.groups | self._arrangement.groups)
        for first, last in reversed(found.removed):
            self.beginRemoveRows(_NOBODY, first, last)
            now = replace(now, shown=np.delete(now.shown, slice(first, last + 1)))
            self._arrangement = now
            self.endRemoveRows()
        for first, last in found.inserted:
            self.beginInsertRows(_NOBODY, first, last)
            now = replace(now, shown=np.insert(now.shown, first, after.shown[first : last + 1]))
            self._arrangement = now
            self.endInsertRows()
        self._list(after)

    def _move(self, after: Arrangement) -> None:
        """The same rows in another order; whoever points at one goes on pointing at it."""
        self.layoutAboutToBeChanged.emit()
        before = self._arrangement.shown
        self._list(after)
        for index in self.persistentIndexList():
            place = self._places[int(before[index.row()])]
            self.changePersistentIndex(index, self.index(place, index.column()))
        self.layoutChanged.emit()

    def _list(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._places = dict(zip(arrangement.shown.tolist(), range(len(arrangement.shown)), strict=True))

    def _say_again(self) -> None:
        self._announce(0, self.rowCount() - 1)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _announce(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, PRIORITY), self.index(last, CLOCK))

    def _announce_rows(self, changed: Iterable[int]) -> None:
        """Of the columns, or heads of groups; those that are not listed are left out."""
        places = [self._places[row] for row in changed if row in self._places]
        if len(places) > MOST_RUNS:
            self._announce(min(places), max(places))
            return
        for place in places:
            self._announce(place, place)
