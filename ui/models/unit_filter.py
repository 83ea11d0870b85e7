"""Which units are listed, and in what order. Order changes when the officer asks, not when a unit moves."""

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from comms.domain.unit import UnitStatus
from ui.models.units import FIND_ROLE, NAME, SORT_ROLE, STATUS_ROLE, UnitsModel


class UnitFilter(QSortFilterProxyModel):
    def __init__(self, units: UnitsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._statuses: frozenset[UnitStatus] = frozenset()
        self.setSourceModel(units)
        self.setSortRole(SORT_ROLE)
        # Not dynamic: news about a unit repaints its row, and never moves another under the officer's hand.
        self.setDynamicSortFilter(False)
        self.sort(NAME, Qt.SortOrder.AscendingOrder)

    def set_words(self, words: str) -> None:
        """Every word has to be found in the unit's name, id or telephone number."""
        self._words = tuple(words.casefold().split())
        self._apply()

    def set_statuses(self, statuses: frozenset[UnitStatus]) -> None:
        """Only these; none chosen means all."""
        self._statuses = statuses
        self._apply()

    def _apply(self) -> None:
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        index = self.sourceModel().index(row, NAME, parent)
        if self._statuses and index.data(STATUS_ROLE) not in self._statuses:
            return False
        found: Any = index.data(FIND_ROLE)
        return all(word in found for word in self._words)

    def lessThan(self, left: QModelIndex | QPersistentModelIndex, right: QModelIndex | QPersistentModelIndex) -> bool:
        first, second = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if first == second:
            return left.row() < right.row()
        return bool(first < second)
