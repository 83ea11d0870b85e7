"""Incidents and orders as they are searched: by kind or title and its initials, by address and words, by number.

Each is made ready once; one that changed is made ready again alone."""

from collections.abc import Iterable, Iterator
from functools import partial

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import IncidentId, OrderId
from comms.domain.incident import Incident
from comms.domain.order import Order
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.background import Background
from ui.search.name_index import searched
from ui.watch import follow

AT_ONCE = 500
"""So many are made ready in some milliseconds, on the spot."""
NUMBER_LENGTH = 8
"""Of what the gateway gives as an id; enough to tell any two apart."""
NUMBER_FROM = 3
"""So much of a number must be typed: fewer signs begin many of them by chance."""
_Lines = dict[str, str]


def number_of(thing_id: str) -> str:
    """As it is said on the phone."""
    return thing_id[:NUMBER_LENGTH].upper()


class HappeningNames(QObject):
    """`ready` when something can be found that could not be found before."""

    ready = Signal()

    def __init__(self, store: Store, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        self._incidents: _Lines = {}
        self._orders: _Lines = {}
        self._changed: dict[str, str] | None = None
        """Nouns by id of what changed while all are read; None while nobody reads."""
        follow(self, store, self._notice)
        self._read()

    @property
    def is_ready(self) -> bool:
        return self._changed is None

    def incidents(self, words: tuple[str, ...]) -> Iterator[tuple[IncidentId, str]]:
        """Ids and what is searched, the newest first."""
        return ((IncidentId(key), line) for key, line in _fitting(self._incidents, words))

    def orders(self, words: tuple[str, ...]) -> Iterator[tuple[OrderId, str]]:
        return ((OrderId(key), line) for key, line in _fitting(self._orders, words))

    def _notice(self, notice: Notice) -> None:
        match notice:
            case Reset():
                self._read()
            case Changed(noun="incident" | "order") if self._changed is not None:
                self._changed[notice.id] = notice.noun
            case Changed(noun="incident" | "order"):
                self._put(notice.noun, notice.id)
            case _:
                pass

    def _put(self, noun: str, key: str) -> None:
        picture = self._store.picture
        if noun == "incident":
            incident = picture.incidents.states.get(IncidentId(key))
            if incident is not None:
                self._incidents[key] = _incident_line(incident.incident)
        else:
            order = picture.orders.get(OrderId(key))
            if order is not None:
                self._orders[key] = _order_line(order.order)

    def _read(self) -> None:
        """All; a reading under way is given up for this one."""
        picture = self._store.picture
        incidents = tuple(state.incident for state in picture.incidents.states.values())
        orders = tuple(state.order for state in picture.orders.values())
        if len(incidents) + len(orders) <= AT_ONCE:
            self._changed = None
            self._take(None, _lines(incidents, orders))
        else:
            changed = self._changed = {}
            work, done = partial(_lines, incidents, orders), partial(self._take, changed)
            self._background.start(work, done, failed=partial(self._give_up, changed))

    def _take(self, changed: dict[str, str] | None, lines: tuple[_Lines, _Lines]) -> None:
        if changed is self._changed:
            self._changed = None
            self._incidents, self._orders = lines
            for key, noun in (changed or {}).items():
                self._put(noun, key)
            self.ready.emit()

    def _give_up(self, changed: dict[str, str]) -> None:
        if changed is self._changed:
            self._changed = None


def _lines(incidents: Iterable[Incident], orders: Iterable[Order]) -> tuple[_Lines, _Lines]:
    return {one.id: _incident_line(one) for one in incidents}, {one.id: _order_line(one) for one in orders}


def _incident_line(incident: Incident) -> str:
    return searched(incident.kind, f"{incident.place.text} {incident.text} {incident.source}")


def _order_line(order: Order) -> str:
    return searched(order.title, f"{order.place.text if order.place is not None else ''} {order.text}")


def _fitting(lines: _Lines, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every word is somewhere in the line, or begins the number."""
    found = list(lines.items())
    for word in words:
        if len(word) < NUMBER_FROM:
            found = [one for one in found if word in one[1]]
        else:
            found = [one for one in found if word in one[1] or one[0].casefold().startswith(word)]
    return reversed(found)
