"""What of the picture ought to be an alarm now. Pure: a picture in, alarms out."""

from collections.abc import Iterable, Mapping

from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.ids import (
    AlarmId,
    JurisdictionId,
    PartyId,
    TalkgroupId,
    UnitId,
    party_address,
    party_officer,
    party_unit,
)
from comms.domain.incident import IncidentState
from comms.domain.order import OPEN_STATES, OrderPriority
from comms.domain.picture import OrderState, Picture

SILENT_AFTER_S = 60.0
"""Out of contact for so long with work in hand is an alarm: longer than a lift or an underpass."""
SILENT_HIGH_AFTER_S = 900.0
OVERDUE_HIGH_AFTER_S = 1800.0
STATE_KINDS = frozenset(
    {
        AlarmKind.ORDER_OVERDUE,
        AlarmKind.UNIT_SILENT,
        AlarmKind.GATEWAY_FAULT,
        AlarmKind.EMERGENCY_CALL,
        AlarmKind.DUTY_MISSING,
        AlarmKind.HANDOVER_UNSIGNED,
        AlarmKind.CASE_PRESSED,
        AlarmKind.HELP_CALLED,
        AlarmKind.PLAN_OVERDUE,
    }
)
"""Kinds that hold exactly as long as the picture says so."""


def overdue(picture: Picture, orders: Iterable[OrderState], *, now: float) -> list[Alarm]:
    """Orders past their deadline with somebody still at work, or not even at it."""
    alarms = []
    for state in orders:
        late = [unit_id for unit_id, step in state.assignments.items() if step in OPEN_STATES]
        if not state.is_overdue or not late:
            continue
        order = state.order
        over_s = now - (order.deadline_at or now)
        is_high = order.priority is not OrderPriority.NORMAL or over_s >= OVERDUE_HIGH_AFTER_S
        alarms.append(
            Alarm(
                kind=AlarmKind.ORDER_OVERDUE,
                source=f"order:{order.id}",
                priority=AlarmPriority.HIGH if is_high else AlarmPriority.MEDIUM,
                jurisdiction_id=_asked_by(picture, state.issued_by, late[0]),
                place=order.place,
                unit_id=late[0],
                order_id=order.id,
                name=order.title,
            )
        )
    return alarms


def silent_id(unit_id: UnitId) -> AlarmId:
    return AlarmId(f"{AlarmKind.UNIT_SILENT.value}/unit:{unit_id}")


def silent(
    picture: Picture, since: Mapping[UnitId, float], work: Mapping[UnitId, OrderState], *, now: float
) -> list[Alarm]:
    """Units out of contact `since` then, with the oldest of their open orders."""
    alarms = []
    for unit_id, began in since.items():
        if now - began < SILENT_AFTER_S:
            continue
        state = picture.units[unit_id]
        alarms.append(
            Alarm(
                kind=AlarmKind.UNIT_SILENT,
                source=f"unit:{unit_id}",
                priority=AlarmPriority.HIGH if now - began >= SILENT_HIGH_AFTER_S else AlarmPriority.MEDIUM,
                jurisdiction_id=state.unit.jurisdiction_id,
                unit_id=unit_id,
                order_id=work[unit_id].order.id,
                name=work[unit_id].order.title,
            )
        )
    return alarms


def faulty(picture: Picture) -> list[Alarm]:
    """Faults the gateway has noted and not yet called over. They concern everybody."""
    return [fault(code, detail) for code, detail in picture.faults.items()]


def fault(code: str, detail: str) -> Alarm:
    return Alarm(kind=AlarmKind.GATEWAY_FAULT, source=f"fault:{code}", priority=AlarmPriority.HIGH, name=detail)


def emergency(picture: Picture, caller: PartyId, talkgroup_id: TalkgroupId | None) -> Alarm:
    unit_id = party_unit(caller)
    state = picture.units.get(unit_id) if unit_id is not None else None
    return Alarm(
        kind=AlarmKind.EMERGENCY_CALL,
        source=caller,
        priority=AlarmPriority.HIGH,
        jurisdiction_id=state.unit.jurisdiction_id if state is not None else None,
        unit_id=unit_id,
        talkgroup_id=talkgroup_id,
    )


def helpless(picture: Picture) -> list[Alarm]:
    """Calls for help by who had not signed in that no officer has taken note of; one for each address, its newest."""
    waiting = {
        state.reported_by: help_alarm(state)
        for state in picture.incidents.states.values()
        if state.is_open and state.acknowledged is None and party_address(state.reported_by) is not None
    }
    return list(waiting.values())


def help_alarm(state: IncidentState) -> Alarm:
    incident = state.incident
    return Alarm(
        kind=AlarmKind.HELP_CALLED,
        source=state.reported_by,
        priority=AlarmPriority.HIGH,
        jurisdiction_id=incident.jurisdiction_id,
        place=incident.place,
        name=incident.text,
    )


def _asked_by(picture: Picture, issuer: PartyId, unit_id: UnitId) -> JurisdictionId | None:
    """Where the officer sits who gave the order, because he is to be told; else the unit's own."""
    officer_id = party_officer(issuer)
    officer = picture.officers.get(officer_id) if officer_id is not None else None
    return officer.jurisdiction_id if officer is not None else picture.units[unit_id].unit.jurisdiction_id
