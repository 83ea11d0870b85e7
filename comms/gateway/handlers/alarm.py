"""Alarms: acknowledge, shelve, take back from the shelf, mark as false."""

from collections.abc import Iterable

from comms.domain.alarm import LONGEST_SHELF_S, SHELVED_PHASES, UNSEEN_PHASES, AlarmInput, AlarmState, after
from comms.domain.events import AlarmAcknowledged, AlarmMarked, AlarmShelved, AlarmUnshelved, Event
from comms.domain.ids import AlarmId
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.alarm_commands import AlarmAcknowledge, AlarmMark, AlarmShelve, AlarmUnshelve
from comms.protocol.commands import Command
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done


async def acknowledge(gateway: Gateway, session: Session, command: AlarmAcknowledge) -> Done | Refusal:
    """All that still wait for it. One that somebody else has just acknowledged is no reason to refuse the others."""
    alarm_ids = tuple(dict.fromkeys(command.alarm_ids))
    fault = _fault(gateway, alarm_ids)
    if fault is not None:
        return fault
    states = gateway.picture.alarms.states
    unseen = tuple(alarm_id for alarm_id in alarm_ids if states[alarm_id].phase in UNSEEN_PHASES)
    if not unseen:
        return Refusal(RefusalCode.ALREADY_DONE)
    return await _record(gateway, session, command, AlarmAcknowledged(alarm_ids=unseen))


async def shelve(gateway: Gateway, session: Session, command: AlarmShelve) -> Done | Refusal:
    fault = _fault(gateway, (command.alarm_id,))
    if fault is not None:
        return fault
    now = gateway.clock.now()
    if not command.reason.strip():
        return Refusal(RefusalCode.REASON_MISSING)
    if not now < command.until_at <= now + LONGEST_SHELF_S:
        return Refusal(RefusalCode.SHELF_TIME)
    if after(_state(gateway, command.alarm_id).phase, AlarmInput.SHELVE) is None:
        return Refusal(RefusalCode.WRONG_STATE)
    shelved = AlarmShelved(alarm_id=command.alarm_id, until_at=command.until_at, reason=command.reason.strip())
    return await _record(gateway, session, command, shelved)


async def unshelve(gateway: Gateway, session: Session, command: AlarmUnshelve) -> Done | Refusal:
    fault = _fault(gateway, (command.alarm_id,))
    if fault is not None:
        return fault
    if _state(gateway, command.alarm_id).phase not in SHELVED_PHASES:
        return Refusal(RefusalCode.ALREADY_DONE)
    return await _record(gateway, session, command, AlarmUnshelved(alarm_id=command.alarm_id))


async def mark(gateway: Gateway, session: Session, command: AlarmMark) -> Done | Refusal:
    """Works on what is over, too: whether it was false is often known only then."""
    fault = _fault(gateway, (command.alarm_id,))
    if fault is not None:
        return fault
    reason = command.false_reason.strip()
    if reason == _state(gateway, command.alarm_id).false_reason:
        return Refusal(RefusalCode.ALREADY_DONE)
    return await _record(gateway, session, command, AlarmMarked(alarm_id=command.alarm_id, false_reason=reason))


def _fault(gateway: Gateway, alarm_ids: Iterable[AlarmId]) -> Refusal | None:
    states = gateway.picture.alarms.states
    for alarm_id in alarm_ids:
        if alarm_id not in states:
            return Refusal(RefusalCode.NOT_FOUND)
    return None


def _state(gateway: Gateway, alarm_id: AlarmId) -> AlarmState:
    return gateway.picture.alarms.states[alarm_id]


async def _record(gateway: Gateway, session: Session, command: Command, event: Event) -> Done:
    await gateway.record(session.party, [event], command_id=command.id)
    return Done(id=command.id)
