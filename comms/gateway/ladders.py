"""Ladders climbed by the gateway's clock: who is reached on each rung, and what is recorded of it."""

from collections.abc import Iterable

from comms.domain.events import CallAnswered, Event, OrderAdvanced, Recorded
from comms.domain.ids import GATEWAY, JurisdictionId, UnitId, party_unit, unit_party
from comms.domain.ladder import LadderClimbed, LadderEnd, LadderEnded, LadderRung, due
from comms.domain.ladder import Ladders as LadderTimes
from comms.domain.order import AssignmentState
from comms.domain.picture import OrderState, Picture
from comms.gateway.calls import PointCalls
from comms.gateway.context import Clock, Refusal, Sessions, Timer
from comms.gateway.orders import Orders
from comms.journal.journal import Journal
from comms.protocol.area import Area
from comms.protocol.pushes import OrderChanged

_SWEEP_S = 1.0


class Ladders:
    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        sessions: Sessions,
        orders: Orders,
        calls: PointCalls,
        ladders: LadderTimes,
    ) -> None:
        self._ladders = ladders
        self._clock = clock
        self._journal = journal
        self._sessions = sessions
        self._orders = orders
        self._calls = calls
        self._heads: dict[JurisdictionId, UnitId] = {}
        self._timer: Timer | None = None

    def set_area(self, area: Area) -> None:
        """The heads of grids who carry a terminal."""
        heads = ((grid.jurisdiction_id, grid.head) for grid in area.grids)
        self._heads = {where: head.unit_id for where, head in heads if head is not None and head.unit_id is not None}

    def start(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + _SWEEP_S, self.start)
        self.look()

    def look(self) -> None:
        """Climb every ladder that is due, by one rung."""
        if not self._journal.is_failing:
            for order in self._orders.open_orders():
                self._look(order)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def tell(self, recorded: Iterable[Recorded]) -> None:
        """Who answers a call has answered."""
        for item in recorded:
            call_id = item.event.call_id if isinstance(item.event, CallAnswered) else None
            state = self._journal.picture.calls.get(call_id) if call_id is not None else None
            unit_id = party_unit(state.call.callee) if state is not None and state.call.callee is not None else None
            if unit_id is not None:
                self._end_all(unit_id)

    def _end_all(self, unit_id: UnitId) -> None:
        for order in self._orders.open_of(unit_id):
            ladder = order.ladders.get(unit_id)
            if ladder is not None and ladder.end is None and ladder.rung is not None:
                ended = LadderEnded(order_id=order.order.id, unit_id=unit_id, end=LadderEnd.ANSWERED)
                self._journal.record_soon(GATEWAY, [ended])

    def _look(self, order: OrderState) -> None:
        now = self._clock.now()
        for unit_id, ladder in order.ladders.items():
            match due(ladder, order.order, now=now, ladders=self._ladders):
                case LadderRung() as rung:
                    self._journal.record_soon(GATEWAY, self._climb(order, unit_id, rung))
                case LadderEnd() as end:
                    ended = LadderEnded(order_id=order.order.id, unit_id=unit_id, end=end)
                    self._journal.record_soon(GATEWAY, [ended])
                case None:
                    pass

    def _climb(self, order: OrderState, unit_id: UnitId, rung: LadderRung) -> list[Event]:
        to: UnitId | None = None
        match rung:
            case LadderRung.TEXT:
                is_reached = self._text(order, unit_id)
            case LadderRung.CALL:
                is_reached = self._call(order, unit_id)
            case LadderRung.DEPUTY | LadderRung.HEAD:
                to = self._other(order, unit_id, rung)
                is_reached = to is not None
        order_id = order.order.id
        climbed = LadderClimbed(order_id=order_id, unit_id=unit_id, rung=rung, to=to, is_reached=is_reached)
        if to is None or to in order.assignments:
            return [climbed]
        return [climbed, OrderAdvanced(order_id=order_id, unit_id=to, state=AssignmentState.ISSUED)]

    def _text(self, order: OrderState, unit_id: UnitId) -> bool:
        session = self._sessions.get(unit_party(unit_id))
        if session is None:
            return False
        state = order.assignments[unit_id]
        session.send(OrderChanged(order_id=order.order.id, state=state, is_reminder=True))
        return True

    def _call(self, order: OrderState, unit_id: UnitId) -> bool:
        """From the desk of who gave the order, if it is there and free."""
        desk = self._sessions.get(order.issued_by)
        return desk is not None and not isinstance(self._calls.place(desk, unit_id), Refusal)

    def _other(self, order: OrderState, unit_id: UnitId, rung: LadderRung) -> UnitId | None:
        picture = self._journal.picture
        where = picture.units[unit_id].unit.jurisdiction_id
        if rung is LadderRung.HEAD:
            head = self._heads.get(where)
            return head if head in picture.units and head != unit_id else None
        return deputy_of(picture, unit_id, besides=order.assignments)


def deputy_of(picture: Picture, unit_id: UnitId, *, besides: Iterable[UnitId]) -> UnitId | None:
    """Who is online on the same ground, else on that of the level above, and has nothing to do with it yet."""
    where = picture.units[unit_id].unit.jurisdiction_id
    taken = {unit_id, *besides}
    for node in (where, where.rpartition("/")[0]):
        for other, state in picture.units.items():
            is_near = state.unit.jurisdiction_id == node or state.unit.jurisdiction_id.startswith(f"{node}/")
            if node and is_near and state.is_online and other not in taken:
                return other
    return None
