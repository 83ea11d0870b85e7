"""Alarms as rows. While the officer's hand is on the list nothing moves: what is new waits at the end."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from comms.domain.alarm import AlarmState
from comms.domain.ids import AlarmId
from console.store.store import Store
from ui.alarm.own_alarms import OwnAlarms
from ui.alarm.view import AlarmRow
from ui.alarm.words import rule_score, sentence
from ui.text import Texts

_AnyIndex = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 40
"""The AlarmRow."""
STATE_ROLE = ROW_ROLE + 1
"""The AlarmState of its first alarm, or None when it is forgotten."""


class AlarmsModel(QAbstractListModel):
    def __init__(self, own: OwnAlarms, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._own = own
        self._store = store
        self._text = text
        self._section = "open"
        self._rows: list[AlarmRow] = []
        self._is_held = False
        self.is_flood = False
        text.changed.connect(self._say_again)
        own.changed.connect(self._on_changed)
        self.refresh()

    @property
    def rows(self) -> list[AlarmRow]:
        return self._rows

    def hold(self, is_held: bool) -> None:
        """Nothing moves while held; at its end everything takes its place."""
        if is_held != self._is_held:
            self._is_held = is_held
            self.refresh()

    def show_section(self, section: str) -> None:
        self.beginResetModel()
        self._section, self._rows = section, []
        self.endResetModel()
        self.refresh()

    def refresh(self) -> None:
        """Also called now and then, because a flood ends with time alone."""
        self.is_flood = self._own.is_flood
        wanted = self._own.rows(self._section)
        if self._is_held:
            now = {row.key: row for row in wanted}
            known = {row.key for row in self._rows}
            wanted = [now.get(row.key, row) for row in self._rows] + [row for row in wanted if row.key not in known]
        self._take(wanted)

    def _take(self, wanted: list[AlarmRow]) -> None:
        keys = {row.key for row in wanted}
        for place in reversed([place for place, row in enumerate(self._rows) if row.key not in keys]):
            self.beginRemoveRows(QModelIndex(), place, place)
            del self._rows[place]
            self.endRemoveRows()
        known = {row.key for row in self._rows}
        self._move([row.key for row in wanted if row.key in known])
        for place, row in enumerate(wanted):
            if row.key not in known:
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, row)
                self.endInsertRows()
            elif self._rows[place] != row:
                self._rows[place] = row
                self.dataChanged.emit(self.index(place), self.index(place))

    def _move(self, keys: list[str]) -> None:
        """Rows that stay, in their new order; whoever points at one goes on pointing at it."""
        before = [row.key for row in self._rows]
        if keys == before:
            return
        self.layoutAboutToBeChanged.emit()
        by_key = {row.key: row for row in self._rows}
        self._rows = [by_key[key] for key in keys]
        places = {key: place for place, key in enumerate(keys)}
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(places[before[index.row()]]))
        self.layoutChanged.emit()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        state = self.state_of(row)
        if role == ROW_ROLE:
            return row
        if role == STATE_ROLE:
            return state
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row_words(row, state, self._store, self._text)
        return None

    def state_of(self, row: AlarmRow) -> AlarmState | None:
        return self._store.picture.alarms.states.get(row.ids[0])

    def _on_changed(self, alarm_ids: frozenset[AlarmId] | None) -> None:
        self.refresh()
        if alarm_ids is None:
            self._say_again()
            return
        for place, row in enumerate(self._rows):
            if not alarm_ids.isdisjoint(row.ids):
                self.dataChanged.emit(self.index(place), self.index(place))

    def _say_again(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))


def row_words(row: AlarmRow, state: AlarmState | None, store: Store, text: Texts) -> str:
    if state is None:
        return text("alarm.forgotten")
    priority = text(f"alarm.priority.{state.alarm.priority.value}")
    phase = text(f"alarm.phase.{state.phase.value}")
    words = text("alarm.row", priority=priority, words=headline(row, state, store, text), phase=phase)
    return text("list.separator").join(part for part in (words, rule_score(state.alarm, store, text)) if part)


def headline(row: AlarmRow, state: AlarmState, store: Store, text: Texts) -> str:
    """One alarm's sentence, or what a group has in common."""
    words = sentence(state.alarm, store, text)
    if len(row.ids) == 1:
        return words
    kind = text(f"alarm.kind.{state.alarm.kind.value}")
    return text("alarm.group", kind=kind, count=len(row.ids), words=words)
