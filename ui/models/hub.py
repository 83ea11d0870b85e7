"""The hub's list: one row an incident, and a head a group.

While the officer's hand is on the list no row comes, goes or moves: what is new is counted and waits until it is asked
for. Otherwise the list is put in order again some times a second, if anything came, went or changed its place."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from comms.domain.ids import IncidentId, OrderId
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.models.hub_order import Wanted, arrange, fits
from ui.models.hub_rows import HubRows
from ui.text import Texts
from ui.watch import follow

FLUSH_MS = 400
"""So often at most the list follows what happens."""


class HubModel(HubRows):
    waitingChanged = Signal()
    """Another number of new ones waits."""
    arranged = Signal()
    """The list was put in order, whether or not that changed it."""
    replacing = Signal()
    """Rows are about to come, go or move: whoever looks at the list remembers where it was …"""
    replaced = Signal()
    """… and goes back there."""

    def __init__(self, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(store, text, parent)
        self._store = store
        self.wanted = Wanted()
        self._is_held = False
        self._seen = 0
        """Rows of the columns when the list was put in order last: later ones are new."""
        self._is_behind = False
        self._changed: set[int] = set()
        self.waiting = 0
        self._flush = QTimer(self)
        self._flush.setSingleShot(True)
        self._flush.setInterval(FLUSH_MS)
        self._flush.timeout.connect(self.flush)
        follow(self, store, self._on_notice)
        self._read_all()

    # --- what the officer asks for --------------------------------------------------------------------

    def want(self, **what: Any) -> None:
        """Other fields of Wanted; the list is put in order at once, new ones included."""
        self.wanted = replace(self.wanted, **what)
        self.take_in()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.want(column=column, is_falling=order is Qt.SortOrder.DescendingOrder)

    def fold(self, place: int, is_folded: bool | None = None) -> None:
        """A group's head alone, or all of it; the other of the two when it is not said which."""
        code = -1 - self.known_at(place)
        folded = self.wanted.folded
        hides = code not in folded if is_folded is None else is_folded
        self.want(folded=folded | {code} if hides else folded - {code})

    def hold(self, is_held: bool) -> None:
        """Nothing moves while held; at its end everything takes its place."""
        if is_held != self._is_held:
            self._is_held = is_held
            if not is_held:
                self.take_in()

    def take_in(self) -> None:
        """What is new takes its place, what fits no longer goes, held or not."""
        changed = tuple(self._changed)
        self._catch_up()
        self.columns.tidy()
        after = arrange(self.columns, self.wanted)
        if np.array_equal(after.shown, self._arrangement.shown):
            self._arrangement = after
            self._announce(0, len(after.shown) - 1)
        else:
            self.replacing.emit()
            self._take(after)
            self.replaced.emit()
            self._announce_rows((*changed, *(-1 - code for code in after.groups)))
        self._wait_for(0)
        self.arranged.emit()

    # --- following ------------------------------------------------------------------------------------

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="incident" | "case", id=key):
                self._follow(self.columns.take(IncidentId(key)))
            case Changed(noun="order", id=key):
                row = self.columns.row_of_order(OrderId(key))
                if row is not None:
                    self._follow(self.columns.take(self.columns.ids[row]))
            case Reset():
                self.replacing.emit()
                self.beginResetModel()
                self._read_all()
                self.endResetModel()
                self.replaced.emit()
                self._wait_for(0)
                self.arranged.emit()
            case _:
                pass

    def _follow(self, row: int | None) -> None:
        if row is None:
            return
        if row in self._places:
            self._changed.add(row)
        self._is_behind = True
        if not self._flush.isActive():
            self._flush.start()

    def flush(self) -> None:
        """Follow what happened since the last time."""
        if self._is_held:
            changed, self._changed = self._changed, set()
            self._announce_rows(changed)
            self._count_waiting()
        elif self._is_behind:
            self.take_in()

    def _count_waiting(self) -> None:
        came = np.arange(self._seen, len(self.columns))
        self._wait_for(int(fits(self.columns, self.wanted, came).sum()))

    def _wait_for(self, count: int) -> None:
        if count != self.waiting:
            self.waiting = count
            self.waitingChanged.emit()

    def _read_all(self) -> None:
        """A snapshot replaced the picture."""
        self.columns.clear()
        for incident_id in self._store.picture.incidents.states:
            self.columns.take(incident_id)
        self._catch_up()
        self._list(arrange(self.columns, self.wanted))

    def _catch_up(self) -> None:
        self._seen, self._is_behind = len(self.columns), False
        self._changed.clear()
