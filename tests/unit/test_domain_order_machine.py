"""Orders to units in any order of steps: no move that is not in the procedure, none out of an end, statuses follow."""

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from comms.domain import events as ev
from comms.domain.ids import GATEWAY, CommandId, JurisdictionId, OrderId, PartyId, UnitId, unit_party
from comms.domain.order import AssignmentState, Order, UnitsTarget
from comms.domain.picture import OrderState, Picture
from comms.domain.unit import Unit, UnitStatus
from comms.gateway.order_rules import Advance, advance_for, advance_own, is_open, what_is_due
from comms.protocol.commands import OrderAdvance
from comms.protocol.errors import RefusalCode

TOWN, OTHER = JurisdictionId("900000/s01"), JurisdictionId("900000/s02")
UNITS = tuple(map(UnitId, ("u1", "u2", "far")))
ORDERS = tuple(map(OrderId, ("o1", "o2", "o3")))
OFFICER = PartyId("officer:duty")
LEGAL = """
issued delivered unit, issued read unit, issued accepted unit, issued refused unit, issued cancelled officer,
delivered read unit, delivered accepted unit, delivered refused unit, delivered cancelled officer,
read accepted unit, read refused unit, read cancelled officer,
accepted en_route unit, accepted on_scene unit, accepted completed unit, accepted refused unit,
accepted cancelled officer,
en_route on_scene unit, en_route completed unit, en_route refused unit, en_route cancelled officer,
on_scene completed unit, on_scene refused unit, on_scene cancelled officer,
completed verified officer, completed accepted officer
"""
"""Written down from the procedure, not from the table: state, state after, whose step it is."""
LEGAL_MOVES = {tuple(move.split()) for move in LEGAL.replace("\n", " ").split(",")}
FINAL = {"refused", "verified", "cancelled"}
WITH_REASON = {("refused", "unit"), ("cancelled", "officer"), ("accepted", "officer")}
LENGTHS_S = (0, 400, 1200, 7200)
STATUSES = tuple(UnitStatus)


class OrderMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.picture, self.at = Picture(), 1_780_000_000.0
        for number, unit_id in enumerate(UNITS):
            place = OTHER if unit_id == "far" else TOWN
            unit = Unit(id=unit_id, no=number, name=unit_id, jurisdiction_id=place, talkgroup_ids=())
            self._fold(ev.UnitDefined(unit=unit), GATEWAY)
        self.states: dict[tuple[OrderId, UnitId], list[str]] = {}
        self.told: dict[OrderId, list[str]] = {}
        self.chosen: dict[UnitId, UnitStatus] = {}
        """A status that the worker chose himself, until an order changes it."""

    def _fold(self, event: ev.Event, actor: PartyId) -> None:
        self.picture.apply(ev.Recorded(seq=self.picture.seq + 1, at=self.at, actor=actor, event=event))

    # --- what happens -----------------------------------------------------------------------------------

    @rule(order_id=st.sampled_from(ORDERS), count=st.integers(1, 3), length_s=st.sampled_from(LENGTHS_S))
    def issue(self, order_id: OrderId, count: int, length_s: int) -> None:
        """Its number again only when the one before it is over: the gateway gives each a new one."""
        known = self.picture.orders.get(order_id)
        if known is not None and not all(state.value in FINAL for state in known.assignments.values()):
            return
        unit_ids = UNITS[:count]
        order = Order(
            id=order_id,
            title="t",
            issued_at=self.at,
            deadline_at=self.at + length_s if length_s else None,
            target=UnitsTarget(unit_ids=unit_ids),
            unit_ids=unit_ids,
        )
        self._fold(ev.OrderIssued(order=order), OFFICER)
        for unit_id in UNITS:
            self.states.pop((order_id, unit_id), None)
        self.states.update({(order_id, unit_id): ["issued"] for unit_id in unit_ids})
        self.told[order_id] = []

    @rule(
        order_id=st.sampled_from(ORDERS),
        unit_id=st.sampled_from(UNITS),
        state=st.sampled_from(AssignmentState),
        reason=st.sampled_from(["", " ", "r"]),
        names=st.sampled_from((None, *UNITS)),
    )
    def a_unit_moves(
        self, order_id: OrderId, unit_id: UnitId, state: AssignmentState, reason: str, names: UnitId | None
    ) -> None:
        order = self.picture.orders.get(order_id)
        if order is None:
            return
        before = order.assignments.get(unit_id)
        decided = advance_own(
            self._command(order_id, state, reason, names),
            order,
            unit_id,
            open_orders=self._open_orders(unit_id),
            status=self.picture.units[unit_id].status,
        )
        may = before is not None and names in (None, unit_id) and self._may(before, state, "unit", reason)
        assert isinstance(decided, Advance) is may, (before, state, decided)
        self._carry_out(decided, unit_party(unit_id), "unit")

    @rule(
        order_id=st.sampled_from(ORDERS),
        unit_id=st.sampled_from((None, *UNITS)),
        state=st.sampled_from(AssignmentState),
        reason=st.sampled_from(["", "r"]),
        is_of_city=st.booleans(),
    )
    def an_officer_moves(
        self, order_id: OrderId, unit_id: UnitId | None, state: AssignmentState, reason: str, is_of_city: bool
    ) -> None:
        order = self.picture.orders.get(order_id)
        if order is None:
            return
        decided = advance_for(
            self._command(order_id, state, reason, unit_id),
            order,
            self.picture,
            jurisdiction_id=JurisdictionId("900000") if is_of_city else TOWN,
            open_orders=self._open_orders,
        )
        if unit_id is not None:
            before = order.assignments.get(unit_id)
            may = before is not None and (is_of_city or unit_id != "far")
            may = may and before is not None and self._may(before, state, "officer", reason)
            assert isinstance(decided, Advance) is may, (before, state, decided)
        self._carry_out(decided, OFFICER, "officer")

    @rule(unit_id=st.sampled_from(UNITS), status=st.sampled_from(STATUSES))
    def a_worker_chooses_his_status(self, unit_id: UnitId, status: UnitStatus) -> None:
        self._fold(ev.UnitStatusChanged(unit_id=unit_id, status=status), unit_party(unit_id))

    @rule(seconds=st.sampled_from([1, 150, 400, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.at += seconds
        for order in list(self.picture.orders.values()):
            for event in what_is_due(order, now=self.at):
                self._notice(order, event)
            assert what_is_due(order, now=self.at) == [], "told twice"

    def _notice(self, order: OrderState, event: ev.Event) -> None:
        deadline_at = order.order.deadline_at
        assert deadline_at is not None
        match event:
            case ev.OrderReminded(unit_ids=unit_ids):
                assert self.at < deadline_at
                assert self.told[order.order.id] == []
                silent = {"issued", "delivered", "read"}
                assert all(self.states[order.order.id, unit_id][-1] in silent for unit_id in unit_ids)
            case ev.OrderOverdue(unit_ids=unit_ids):
                assert self.at >= deadline_at
                assert "overdue" not in self.told[order.order.id]
                assert not {self.states[order.order.id, unit_id][-1] for unit_id in unit_ids} & {*FINAL, "completed"}
            case _:
                raise AssertionError(event)
        self.told[order.order.id].append("overdue" if isinstance(event, ev.OrderOverdue) else "reminded")
        self._fold(event, GATEWAY)

    @rule()
    def a_desk_joins_by_a_snapshot(self) -> None:
        joined = msgspec.json.decode(msgspec.json.encode(self.picture), type=Picture)
        assert joined == self.picture
        self.picture = joined

    def _command(self, order_id: OrderId, state: AssignmentState, reason: str, unit_id: UnitId | None) -> OrderAdvance:
        return OrderAdvance(id=CommandId("c"), order_id=order_id, state=state, reason=reason, unit_id=unit_id)

    def _may(self, before: AssignmentState, wanted: AssignmentState, whose: str, reason: str) -> bool:
        is_legal = (before.value, wanted.value, whose) in LEGAL_MOVES
        return is_legal and bool(reason.strip() or (wanted.value, whose) not in WITH_REASON)

    def _open_orders(self, unit_id: UnitId) -> list[OrderState]:
        return [order for order in self.picture.orders.values() if unit_id in order.assignments and is_open(order)]

    def _carry_out(self, decided: Any, actor: PartyId, whose: str) -> None:
        if isinstance(decided, RefusalCode):
            return
        moved = 0
        for event in decided.events:
            match event:
                case ev.OrderAdvanced(order_id=order_id, unit_id=unit_id, state=state):
                    path = self.states[order_id, unit_id]
                    assert (path[-1], state.value, whose) in LEGAL_MOVES
                    path.append(state.value)
                    moved += 1
                case ev.UnitStatusChanged():
                    assert moved, "a status without a step"
                case _:
                    raise AssertionError(event)
            self._fold(event, actor)
        assert moved

    # --- what always holds --------------------------------------------------------------------------------

    @invariant()
    def the_picture_has_every_step_and_nothing_after_an_end(self) -> None:
        for order in self.picture.orders.values():
            for unit_id, state in order.assignments.items():
                path = self.states[order.order.id, unit_id]
                assert state.value == path[-1]
                assert not FINAL & set(path[:-1])

    @invariant()
    def nobody_is_lost(self) -> None:
        for order in self.picture.orders.values():
            assert set(order.assignments) == set(order.order.unit_ids)

    @invariant()
    def overdue_is_told_once_and_stays(self) -> None:
        for order_id, told in self.told.items():
            assert self.picture.orders[order_id].is_overdue is ("overdue" in told)
            assert len(told) == len(set(told))


OrderMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestOrders = OrderMachine.TestCase
