"""Who may order whom, and what follows from a step. Pure: a picture in, a decision out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import assert_never

from comms.domain.case_clock import ClockWork
from comms.domain.events import Event, OrderAdvanced, OrderOverdue, OrderReminded, UnitStatusChanged
from comms.domain.ids import GATEWAY, IncidentId, ItemId, JurisdictionId, OrderId, TalkgroupId, UnitId
from comms.domain.item_list import is_allowed
from comms.domain.jurisdiction import contains
from comms.domain.order import (
    OFFICER_STATES,
    OPEN_STATES,
    REMIND_BEFORE_S,
    TRANSITIONS,
    UNIT_STATES,
    AssignmentState,
    CircleTarget,
    JurisdictionTarget,
    OrderTarget,
    TalkgroupTarget,
    TransitionFault,
    UnitsTarget,
    transition_fault,
)
from comms.domain.picture import OrderState, Picture
from comms.domain.policy import reaches
from comms.domain.unit import UnitStatus
from comms.protocol.commands import OrderAdvance
from comms.protocol.errors import RefusalCode

_S = AssignmentState
UNANSWERED = frozenset({_S.ISSUED, _S.DELIVERED, _S.READ})
ENGAGED_STATUS = {
    _S.ON_SCENE: UnitStatus.ON_SCENE,
    _S.EN_ROUTE: UnitStatus.EN_ROUTE,
    _S.ACCEPTED: UnitStatus.DISPATCHED,
}
"""What a unit shows while an assignment is under way, the most engaged first."""
_BY_ORDERS = frozenset(ENGAGED_STATUS.values())
_FAULT_CODES = {
    TransitionFault.NOT_ALLOWED: RefusalCode.WRONG_STATE,
    TransitionFault.ALREADY_THERE: RefusalCode.ALREADY_DONE,
    TransitionFault.REASON_MISSING: RefusalCode.REASON_MISSING,
}
Within = Callable[[CircleTarget], Iterable[UnitId]]
"""The units in a circle by their last position, nearest first."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What an accepted step records."""

    events: list[Event]


def resolve_target(
    target: OrderTarget, picture: Picture, *, jurisdiction_id: JurisdictionId, within: Within
) -> tuple[UnitId, ...] | RefusalCode:
    """The units a target names now, or why none.

    A circle is a place, not a choice of people: units of a neighbour who stand in it are left out. Every other
    target names its units, and one outside the jurisdiction has refused the whole order before (`policy_table`), rather
    than shrink it unseen."""
    match target:
        case UnitsTarget(unit_ids=unit_ids):
            found = list(dict.fromkeys(unit_ids))
            if any(unit_id not in picture.units for unit_id in found):
                return RefusalCode.NOT_FOUND
        case TalkgroupTarget(talkgroup_id=talkgroup_id):
            if talkgroup_id not in picture.talkgroups:
                return RefusalCode.NOT_FOUND
            found = _in_talkgroup(picture, talkgroup_id)
        case JurisdictionTarget(jurisdiction_id=wanted):
            if wanted not in picture.jurisdictions:
                return RefusalCode.NOT_FOUND
            found = [unit_id for unit_id in picture.units if is_own_unit(picture, unit_id, wanted)]
        case CircleTarget():
            found = [unit_id for unit_id in within(target) if is_own_unit(picture, unit_id, jurisdiction_id)]
        case _:
            assert_never(target)
    return tuple(found) or RefusalCode.NO_UNITS


def incident_fault(incident_id: IncidentId | None, picture: Picture) -> RefusalCode | None:
    """Why an order may not be given for this incident, or None when it may or names none."""
    if incident_id is None:
        return None
    state = picture.incidents.states.get(incident_id)
    if state is None:
        return RefusalCode.NOT_FOUND
    return RefusalCode.INCIDENT_MERGED if state.merge is not None else None


def list_fault(
    item_id: ItemId | None, picture: Picture, unit_ids: Iterable[UnitId], *, now: float
) -> RefusalCode | None:
    """Why this may not be asked of these units, or None: where an item list is in force, it must be on it."""
    if item_id is not None and item_id not in picture.items.states:
        return RefusalCode.NOT_ON_LIST
    where = {picture.units[unit_id].unit.jurisdiction_id for unit_id in unit_ids}
    return None if is_allowed(picture.items, item_id, where, at=now) else RefusalCode.NOT_ON_LIST


def listed_deadline(item_id: ItemId | None, picture: Picture, work: ClockWork, *, now: float) -> float | None:
    """Until when the item list wants it done, in Unix seconds; None without an item in force or a limit."""
    state = picture.items.states.get(item_id) if item_id is not None else None
    version = state.version_at(now) if state is not None else None
    limit = version.item.terms.limit if version is not None else None
    return work.begun(limit, now).due_at if limit is not None else None


def _in_talkgroup(picture: Picture, talkgroup_id: TalkgroupId) -> list[UnitId]:
    return [unit_id for unit_id, state in picture.units.items() if talkgroup_id in state.affiliated]


def is_own_unit(picture: Picture, unit_id: UnitId, jurisdiction_id: JurisdictionId) -> bool:
    return contains(jurisdiction_id, picture.units[unit_id].unit.jurisdiction_id)


def advance_own(
    command: OrderAdvance, order: OrderState, unit_id: UnitId, *, open_orders: Iterable[OrderState], status: UnitStatus
) -> Advance | RefusalCode:
    """A unit moves its own assignment. `open_orders` are all orders the unit may be engaged in."""
    current = order.assignments.get(unit_id)
    if current is None:
        return RefusalCode.NOT_FOUND
    if command.unit_id not in (None, unit_id) or command.state not in UNIT_STATES:
        return RefusalCode.NOT_ALLOWED
    if current is _S.COMPLETED and command.state is _S.ACCEPTED:
        return RefusalCode.WRONG_STATE  # sending back is the officer's
    fault = transition_fault(current, command.state, reason=command.reason)
    if fault is not None:
        return _FAULT_CODES[fault]
    return Advance([_advanced(command, unit_id), *_status_after(command, unit_id, current, open_orders, status)])


def advance_for(
    command: OrderAdvance,
    order: OrderState,
    picture: Picture,
    *,
    jurisdiction_id: JurisdictionId,
    open_orders: Callable[[UnitId], Iterable[OrderState]],
) -> Advance | RefusalCode:
    """An officer verifies, cancels or sends back; without a unit, every assignment that can be cancelled is."""
    if command.state not in OFFICER_STATES:
        return RefusalCode.NOT_ALLOWED
    chosen = _chosen_assignments(command, order)
    if isinstance(chosen, RefusalCode):
        return chosen
    if not reaches(jurisdiction_id, (picture.units[unit_id].unit.jurisdiction_id for unit_id in chosen)):
        return RefusalCode.OUT_OF_JURISDICTION
    events: list[Event] = []
    for unit_id in chosen:
        current = order.assignments[unit_id]
        fault = transition_fault(current, command.state, reason=command.reason)
        if fault is not None:
            return _FAULT_CODES[fault]
        if command.state is _S.ACCEPTED and current is not _S.COMPLETED:
            return RefusalCode.NOT_ALLOWED  # accepting is the unit's
        status = picture.units[unit_id].status
        events.append(_advanced(command, unit_id))
        events.extend(_status_after(command, unit_id, current, open_orders(unit_id), status))
    return Advance(events)


def _chosen_assignments(command: OrderAdvance, order: OrderState) -> list[UnitId] | RefusalCode:
    if command.unit_id is not None:
        return [command.unit_id] if command.unit_id in order.assignments else RefusalCode.NOT_FOUND
    if command.state is not _S.CANCELLED:
        return RefusalCode.MALFORMED
    open_ones = [unit_id for unit_id, state in order.assignments.items() if _S.CANCELLED in TRANSITIONS[state]]
    return open_ones or RefusalCode.ALREADY_DONE


def _advanced(command: OrderAdvance, unit_id: UnitId) -> OrderAdvanced:
    return OrderAdvanced(
        order_id=command.order_id,
        unit_id=unit_id,
        state=command.state,
        reason=command.reason,
        attachments=command.attachments,
        place=command.place,
        occurred_at=command.occurred_at,
    )


def _status_after(
    command: OrderAdvance,
    unit_id: UnitId,
    before: AssignmentState,
    open_orders: Iterable[OrderState],
    status: UnitStatus,
) -> list[Event]:
    """The unit's status follows its orders, but a status the worker chose himself (out of service) is his."""
    wanted = ENGAGED_STATUS.get(command.state)
    if wanted is None:
        if before not in ENGAGED_STATUS or status not in _BY_ORDERS:
            return []
        others = {
            order.assignments[unit_id]
            for order in open_orders
            if order.order.id != command.order_id and unit_id in order.assignments
        }
        wanted = next((shown for state, shown in ENGAGED_STATUS.items() if state in others), UnitStatus.AVAILABLE)
    return [] if wanted is status else [UnitStatusChanged(unit_id=unit_id, status=wanted)]


def is_open(order: OrderState) -> bool:
    """Some unit still has something to do."""
    return any(state in OPEN_STATES for state in order.assignments.values())


def units_to_remind(order: OrderState) -> tuple[UnitId, ...]:
    """Those that have not answered or not finished."""
    return tuple(unit_id for unit_id, state in order.assignments.items() if state in OPEN_STATES)


def what_is_due(order: OrderState, *, now: float) -> list[Event]:
    """The order clock: a reminder before the deadline to who has not answered, and the deadline itself, once each.

    `now` is Unix seconds. What fell due while the gateway was down is due at its start, except a reminder that the
    deadline has overtaken."""
    deadline_at, issued_at = order.order.deadline_at, order.order.issued_at
    if deadline_at is None or order.is_overdue:
        return []
    order_id: OrderId = order.order.id
    if now >= deadline_at:
        late = units_to_remind(order)
        return [OrderOverdue(order_id=order_id, unit_ids=late)] if late else []
    remind_at = max(deadline_at - REMIND_BEFORE_S, issued_at + (deadline_at - issued_at) / 2)
    if now < remind_at or any(step.what == "reminded" and step.actor == GATEWAY for step in order.timeline):
        return []
    silent = tuple(unit_id for unit_id, state in order.assignments.items() if state in UNANSWERED)
    return [OrderReminded(order_id=order_id, unit_ids=silent)] if silent else []
