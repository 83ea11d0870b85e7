"""What an officer does with work orders that could not be taken: correct and release, or discard with a reason."""

from math import isfinite

import msgspec

from comms.domain.datum import Datum
from comms.domain.events import Event, IncidentReported
from comms.domain.ids import IncidentId
from comms.domain.jurisdiction import contains
from comms.domain.work_order import (
    Fault,
    FaultCode,
    IncidentAmended,
    WorkOrder,
    WorkOrderDiscarded,
    WorkOrderReleased,
)
from comms.domain.work_order_book import Quarantined
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.locating import locate
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease

_PLACE = frozenset(
    {
        FaultCode.NO_PLACE,
        FaultCode.HALF_A_PLACE,
        FaultCode.PLACE_UNREAL,
        FaultCode.PLACE_OUTSIDE,
        FaultCode.UNKNOWN_GRID,
        FaultCode.UNKNOWN_ADDRESS,
        FaultCode.BAD_NUMBER,
    }
)
"""Healed by a place."""
_KIND = frozenset({FaultCode.NO_KIND, FaultCode.UNKNOWN_KIND})
_SEEN = frozenset({FaultCode.NO_SOURCE_ID, FaultCode.BAD_TIME})
"""Healed by an officer who has looked at it: without its number or time it still is what it is."""


async def release(gateway: Gateway, session: Session, command: WorkOrderRelease) -> Done | Refusal:
    async with gateway.hub.turns.of(command.incident_id):
        return await _release(gateway, session, command)


async def _release(gateway: Gateway, session: Session, command: WorkOrderRelease) -> Done | Refusal:
    held = _held(gateway, session, command.incident_id)
    if isinstance(held, Refusal):
        return held
    source = gateway.picture.work_orders.sources[held.order.origin.source]
    order = _corrected(held.order, command)
    found = await locate(order, source, gateway.ground)
    if not order.kind or isinstance(found, Fault) or not all(_is_healed(fault, command) for fault in held.faults):
        return Refusal(RefusalCode.STILL_FAULTY)
    if not contains(session.jurisdiction_id, found.jurisdiction_id):
        return Refusal(RefusalCode.OUT_OF_JURISDICTION)
    before = gateway.picture.incidents.states.get(command.incident_id)
    if before is None and await gateway.journal.was_accepted(order.origin):
        return Refusal(RefusalCode.ALREADY_DONE)
    if before is not None and not before.is_open:
        return Refusal(RefusalCode.ALREADY_DONE)
    incident = gateway.hub.incident_of(source, order, found, before)
    became: Event = (
        IncidentReported(incident=incident, digest=held.digest)
        if before is None
        else IncidentAmended(incident=incident, digest=held.digest)
    )
    events = [WorkOrderReleased(incident_id=command.incident_id), became]
    await gateway.record(session.party, events, command_id=command.id)
    return Done(id=command.id, subject=command.incident_id)


async def discard(gateway: Gateway, session: Session, command: WorkOrderDiscard) -> Done | Refusal:
    if not command.reason.strip():
        return Refusal(RefusalCode.REASON_MISSING)
    async with gateway.hub.turns.of(command.incident_id):
        held = _held(gateway, session, command.incident_id)
        if isinstance(held, Refusal):
            return held
        event = WorkOrderDiscarded(incident_id=command.incident_id, reason=command.reason.strip())
        await gateway.record(session.party, [event], command_id=command.id)
    return Done(id=command.id)


def _held(gateway: Gateway, session: Session, incident_id: IncidentId) -> Quarantined | Refusal:
    """Where it belongs is not known yet: whose ground is the source's, or holds it, may look after it."""
    held = gateway.picture.work_orders.quarantine.get(incident_id)
    if held is None:
        return Refusal(RefusalCode.NOT_FOUND)
    home = gateway.picture.work_orders.sources[held.order.origin.source].jurisdiction_id
    if not (contains(session.jurisdiction_id, home) or contains(home, session.jurisdiction_id)):
        return Refusal(RefusalCode.OUT_OF_JURISDICTION)
    return held


def _corrected(order: WorkOrder, command: WorkOrderRelease) -> WorkOrder:
    order = msgspec.structs.replace(
        order,
        kind=command.incident_kind if command.incident_kind is not None else order.kind,
        priority=command.priority if command.priority is not None else order.priority,
        text=command.text if command.text is not None else order.text,
    )
    place = command.place
    if place is None:
        return order
    is_real = isfinite(place.lat) and isfinite(place.lon)
    address = place.text or order.address
    return msgspec.structs.replace(
        order,
        lat=place.lat if is_real else None,
        lon=place.lon if is_real else None,
        datum=Datum.WGS84,
        address=address,
        grid_code="",
    )


def _is_healed(fault: Fault, command: WorkOrderRelease) -> bool:
    has_kind, has_place = command.incident_kind is not None, command.place is not None
    if fault.code in _SEEN:
        return True
    if fault.code in _PLACE:
        return has_place
    if fault.code in _KIND:
        return has_kind
    match fault.code:
        case FaultCode.UNKNOWN_PRIORITY:
            return command.priority is not None
        case FaultCode.TOO_LONG:
            corrected = {"kind": has_kind, "address": has_place, "text": command.text is not None}
            return corrected.get(fault.detail, True)
        case _:  # unreadable: all there is comes from the officer
            return has_kind and has_place
