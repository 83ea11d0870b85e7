"""The duty log as rows, newest last. Older rows come in at the front, the oldest go when there are too many.

A line comes as it happens; of a flood of events those beyond what anybody reads come together, some times a second."""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from comms.domain.events import Recorded
from console.store.log import KEPT_EVENTS
from console.store.notices import LogFilled, LogGrew, Notice, Reset
from console.store.store import Store
from ui.models.entries import ACTION_ROLE, ICON_ROLE, THING_ROLE, TIME_ROLE, TONE_ROLE, WORDS_ROLE
from ui.sentence import Sentence
from ui.sentences import tell
from ui.text import Texts
from ui.watch import follow
from ui.words import clock_time

_AnyIndex = QModelIndex | QPersistentModelIndex
GATHER_MS = 250
AT_ONCE = 10
"""So many lines come as they happen in a span of `GATHER_MS`; those after them come at its end, and then all that
follow span by span until one passes without any."""


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    at: float
    sentence: Sentence


class LogModel(QAbstractListModel):
    def __init__(self, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._text = text
        self._entries: deque[Entry] = deque()
        self._waiting: list[Entry] = []
        self._came = 0
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(GATHER_MS)
        self._gathering.timeout.connect(self._take_waiting)
        text.changed.connect(self._read_again)
        follow(self, store, self._on_notice)
        self._entries.extend(self._tell(store.log.events))

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def entry(self, row: int) -> Entry:
        return self._entries[row]

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{clock_time(entry.at)} {entry.sentence.read(self._text)}"
            case _ if role == WORDS_ROLE:
                return entry.sentence.read(self._text)
            case _ if role == TIME_ROLE:
                return clock_time(entry.at)
            case _ if role == ICON_ROLE:
                return entry.sentence.icon
            case _ if role == TONE_ROLE:
                return entry.sentence.tone
            case _ if role == ACTION_ROLE:
                return "play" if entry.sentence.play is not None else ""
            case _ if role == THING_ROLE:
                return entry.sentence
            case _:
                return None

    # --- following ------------------------------------------------------------------------------------

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case LogGrew(recorded):
                self._append(recorded)
            case LogFilled():
                self._flush()
                self._put_in_front()
            case Reset():
                self._flush()
                self._drop_forgotten()
            case _:
                pass

    def _tell(self, events: Any) -> list[Entry]:
        told = ((recorded, tell(recorded, self._store, self._text)) for recorded in events)
        return [Entry(one.seq, one.at, sentence) for one, sentence in told if sentence is not None]

    def _append(self, recorded: Recorded) -> None:
        told = self._tell((recorded,))
        self._waiting += told
        self._came += len(told)
        if self._came <= AT_ONCE:
            self._flush()
        if not self._gathering.isActive():
            self._gathering.start()

    def _take_waiting(self) -> None:
        if self._waiting:
            self._gathering.start()
        else:
            self._came = 0
        self._flush()

    def _flush(self) -> None:
        told, self._waiting = self._waiting, []
        if told:
            row = len(self._entries)
            self.beginInsertRows(QModelIndex(), row, row + len(told) - 1)
            self._entries.extend(told)
            self.endInsertRows()
            self._trim()

    def _trim(self) -> None:
        surplus = len(self._entries) - KEPT_EVENTS
        if surplus > 0:
            self.beginRemoveRows(QModelIndex(), 0, surplus - 1)
            for _ in range(surplus):
                self._entries.popleft()
            self.endRemoveRows()

    def _put_in_front(self) -> None:
        first = self._entries[0].seq if self._entries else None
        older = self._tell(one for one in self._store.log.events if first is None or one.seq < first)
        room = KEPT_EVENTS - len(self._entries)
        older = older[max(0, len(older) - room) :]
        if older:
            self.beginInsertRows(QModelIndex(), 0, len(older) - 1)
            self._entries.extendleft(reversed(older))
            self.endInsertRows()

    def _drop_forgotten(self) -> None:
        """After a snapshot the Store may have begun its log anew."""
        kept = {recorded.seq for recorded in islice(self._store.log.events, 1)}
        if self._entries and not kept:
            self.beginRemoveRows(QModelIndex(), 0, len(self._entries) - 1)
            self._entries.clear()
            self.endRemoveRows()

    def _read_again(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))
