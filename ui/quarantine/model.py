"""The list of what waits. Nothing in it moves: what comes stands at its end, what was dealt with stays and says so."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from comms.domain.ids import IncidentId
from comms.domain.work_order_book import Quarantined
from console.store.store import Store
from ui.quarantine.words import line_of, reasons
from ui.text import Texts
from ui.widgets.lines import LINE_ROLE

_Index = QModelIndex | QPersistentModelIndex


class WaitingModel(QAbstractListModel):
    def __init__(self, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._text = text
        self._words: tuple[str, ...] = ()
        self._ids: list[IncidentId] = []
        self._rows: dict[IncidentId, int] = {}
        self._known: dict[IncidentId, Quarantined] = {}
        """As it was last while it waited, so that it can still be said what was dealt with."""
        self.came = 0
        """How many have come since the list was begun."""

    def begin(self, words: tuple[str, ...] = ()) -> None:
        """All that wait, the longest waiting first; narrowed down to those that have all the words."""
        self.beginResetModel()
        self._words, self.came = words, 0
        waiting = self._store.picture.work_orders.quarantine
        self._known = {key: held for key, held in waiting.items() if self._is_meant(held)}
        self._ids = list(self._known)
        self._rows = {key: row for row, key in enumerate(self._ids)}
        self.endResetModel()

    def follow(self, incident_id: IncidentId) -> None:
        """It came, changed, or was dealt with."""
        held = self._store.picture.work_orders.quarantine.get(incident_id)
        row = self._rows.get(incident_id)
        if held is not None and (row is not None or self._is_meant(held)):
            self._known[incident_id] = held
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))
        elif incident_id in self._known:
            end = len(self._ids)
            self.beginInsertRows(QModelIndex(), end, end)
            self._ids.append(incident_id)
            self._rows[incident_id] = end
            self.came += 1
            self.endInsertRows()

    def retell(self) -> None:
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def held(self, incident_id: IncidentId) -> Quarantined | None:
        return self._known.get(incident_id)

    def is_waiting(self, incident_id: IncidentId) -> bool:
        return incident_id in self._store.picture.work_orders.quarantine

    def id_at(self, row: int) -> IncidentId | None:
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, incident_id: IncidentId) -> int | None:
        return self._rows.get(incident_id)

    def next_waiting(self, row: int) -> int | None:
        """The next after a row that still waits, else the first that does."""
        waiting = self._store.picture.work_orders.quarantine
        places = (*range(row + 1, len(self._ids)), *range(min(row + 1, len(self._ids))))
        return next((place for place in places if self._ids[place] in waiting), None)

    def _is_meant(self, held: Quarantined) -> bool:
        if not self._words:
            return True
        origin = held.order.origin
        source = self._store.picture.work_orders.sources.get(origin.source)
        said = (origin.source_id, held.order.kind, source.name if source is not None else "", held.order.address)
        whole = " ".join((*said, reasons(held.faults, self._text))).casefold()
        return all(word in whole for word in self._words)

    # --- Qt -------------------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        if role not in (LINE_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        key = self._ids[index.row()]
        line = line_of(self._known[key], self.is_waiting(key), self._store, self._text)
        if role == LINE_ROLE:
            return line
        return line.title if role == Qt.ItemDataRole.DisplayRole else "  ".join((line.title, line.figure, line.detail))
