"""Orders on their way: pushed to units once durable, pushed again until delivered, watched until the deadline."""

from collections.abc import Iterable

from comms.domain.events import (
    Event,
    OrderAdvanced,
    OrderIssued,
    OrderOverdue,
    OrderReminded,
    Recorded,
)
from comms.domain.ids import GATEWAY, OrderId, PartyId, UnitId, party_officer, unit_party
from comms.domain.order import OPEN_STATES, AssignmentState
from comms.domain.picture import OrderState, Picture
from comms.gateway.context import Clock, Fanout, Session, Sessions, Timer
from comms.gateway.order_rules import is_open, what_is_due
from comms.journal.journal import Journal
from comms.protocol.pushes import OrderChanged, OrderPush

_SWEEP_S = 1.0
"""How often the order clock looks. Deadlines are wall-clock times, which a timer would miss when the clock is set."""


class Orders:
    """Keeps at hand which orders are open; the picture stays the truth."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        sessions: Sessions,
        fanout: Fanout,
        push_again_s: float,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._sessions = sessions
        self._fanout = fanout
        self._push_again_s = push_again_s
        self._open: dict[OrderId, None] = {}
        self._of_unit: dict[UnitId, dict[OrderId, None]] = {}
        """Orders in which a unit has an open assignment, oldest first."""
        self._push_again_at: dict[tuple[OrderId, UnitId], float] = {}
        self._timer: Timer | None = None

    def start(self) -> None:
        for order_id in self._journal.picture.orders:
            self._index(order_id)
        self._sweep()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def open_of(self, unit_id: UnitId) -> list[OrderState]:
        orders = self._journal.picture.orders
        return [orders[order_id] for order_id in self._of_unit.get(unit_id, ())]

    def open_orders(self) -> list[OrderState]:
        orders = self._journal.picture.orders
        return [orders[order_id] for order_id in self._open]

    def oldest_work(self) -> dict[UnitId, OrderState]:
        """Of every unit with something to do, its oldest open order."""
        orders = self._journal.picture.orders
        return {unit_id: orders[next(iter(held))] for unit_id, held in self._of_unit.items() if held}

    # --- what the journal tells -------------------------------------------------------------------------

    def tell(self, recorded: Iterable[Recorded]) -> None:
        for item in recorded:
            self._follow(item.event)

    def _follow(self, event: Event) -> None:
        match event:
            case OrderIssued(order=order):
                self._index(order.id)
                self._push_to_all(order.id)
            case OrderAdvanced():
                self._index_unit(event.order_id, event.unit_id)
                if event.state is AssignmentState.ISSUED:
                    self._push(event.order_id, event.unit_id)  # one who came to an order that others have
                    return
                self._push_again_at.pop((event.order_id, event.unit_id), None)
                self._send_change(
                    event.unit_id, OrderChanged(order_id=event.order_id, state=event.state, reason=event.reason)
                )
            case OrderReminded() | OrderOverdue():
                assignments = self._journal.picture.orders[event.order_id].assignments
                for unit_id in event.unit_ids:
                    change = OrderChanged(order_id=event.order_id, state=assignments[unit_id], is_reminder=True)
                    self._send_change(unit_id, change)
            case _:
                pass

    def _index(self, order_id: OrderId) -> None:
        for unit_id in self._journal.picture.orders[order_id].assignments:
            self._index_unit(order_id, unit_id)

    def _index_unit(self, order_id: OrderId, unit_id: UnitId) -> None:
        order = self._journal.picture.orders[order_id]
        held = self._of_unit.setdefault(unit_id, {})
        if order.assignments[unit_id] in OPEN_STATES:
            held[order_id] = None
            self._open[order_id] = None
        else:
            held.pop(order_id, None)
            if not is_open(order):
                self._open.pop(order_id, None)

    # --- pushing ------------------------------------------------------------------------------------------

    def on_session_started(self, session: Session) -> None:
        """Every open order, again: the terminal may have lost what it had."""
        if session.unit_id is not None:
            for order in self.open_of(session.unit_id):
                self._push(order.order.id, session.unit_id)

    def on_session_ended(self, session: Session) -> None:
        if session.unit_id is not None:
            for order in self.open_of(session.unit_id):
                self._push_again_at.pop((order.order.id, session.unit_id), None)

    def _push_to_all(self, order_id: OrderId) -> None:
        """At issue every unit is told the same, so a town-wide order is encoded once."""
        units = self._journal.picture.orders[order_id].assignments
        here = {unit_id: session for unit_id in units if (session := self._sessions.get(unit_party(unit_id)))}
        self._fanout.send(here.values(), self._push_of(order_id, AssignmentState.ISSUED))
        again_at = self._clock.monotonic() + self._push_again_s
        self._push_again_at.update({(order_id, unit_id): again_at for unit_id in here})

    def _push(self, order_id: OrderId, unit_id: UnitId) -> None:
        session = self._sessions.get(unit_party(unit_id))
        if session is None:
            return
        state = self._journal.picture.orders[order_id].assignments[unit_id]
        session.send(self._push_of(order_id, state))
        if state is AssignmentState.ISSUED:
            self._push_again_at[order_id, unit_id] = self._clock.monotonic() + self._push_again_s

    def _push_of(self, order_id: OrderId, state: AssignmentState) -> OrderPush:
        picture = self._journal.picture
        order = picture.orders[order_id]
        item = picture.items.as_of(order.order.item_id, at=order.order.issued_at)
        return OrderPush(order=order.order, state=state, issued_by_name=party_name(picture, order.issued_by), item=item)

    def _send_change(self, unit_id: UnitId, change: OrderChanged) -> None:
        session = self._sessions.get(unit_party(unit_id))
        if session is not None:
            session.send(change)

    # --- the order clock ------------------------------------------------------------------------------------

    def _sweep(self) -> None:
        monotonic_s = self._clock.monotonic()
        self._timer = self._clock.call_at(monotonic_s + _SWEEP_S, self._sweep)
        for key in [key for key, due_s in self._push_again_at.items() if due_s <= monotonic_s]:
            del self._push_again_at[key]
            if self._journal.picture.orders[key[0]].assignments[key[1]] is AssignmentState.ISSUED:
                self._push(*key)
        if self._journal.is_failing:
            return  # it is due until it can be recorded
        now = self._clock.now()
        orders = self._journal.picture.orders
        for order_id in list(self._open):
            due = what_is_due(orders[order_id], now=now)
            if due:
                self._journal.record_soon(GATEWAY, due)


def party_name(picture: Picture, party: PartyId) -> str:
    officer_id = party_officer(party)
    officer = picture.officers.get(officer_id) if officer_id is not None else None
    return officer.name if officer is not None else party
