"""What an officer does with work orders that could not be taken: correct and release, or discard with a reason."""

from comms.domain.events import Event, IncidentReported
from comms.domain.ids import IncidentId
from comms.domain.position import FUTURE_TOLERANCE_S
from comms.domain.quarantine import Correction, Part, corrected, faults_left, is_about_place, part_of
from comms.domain.work_order import Fault, FaultCode, IncidentAmended, WorkOrderDiscarded, WorkOrderReleased
from comms.domain.work_order_book import Quarantined
from comms.gateway.authority import within
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.locating import locate
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease


async def release(gateway: Gateway, session: Session, command: WorkOrderRelease) -> Done | Refusal:
    async with gateway.hub.turns.of(command.incident_id):
        return await _release(gateway, session, command)


async def _release(gateway: Gateway, session: Session, command: WorkOrderRelease) -> Done | Refusal:
    held = _held(gateway, command.incident_id)
    if isinstance(held, Refusal):
        return held
    source = gateway.picture.work_orders.sources[held.order.origin.source]
    correction = _correction(command)
    order = corrected(held.order, held.faults, correction)
    found = await locate(order, source, gateway.ground)
    left = faults_left(held.faults, correction)
    if isinstance(found, Fault) and not any(map(is_about_place, left)):
        left = (*left, found)
    if command.occurred_at is not None and command.occurred_at > gateway.clock.now() + FUTURE_TOLERANCE_S:
        left = (*left, Fault(FaultCode.BAD_TIME))
    if not order.kind and not any(part_of(fault) in (Part.KIND, Part.FORMAT) for fault in left):
        left = (*left, Fault(FaultCode.NO_KIND))
    if left or isinstance(found, Fault):
        return Refusal(RefusalCode.STILL_FAULTY, faults=left)
    if within(session, [found.jurisdiction_id]) is not None:
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
        held = _held(gateway, command.incident_id)
        if isinstance(held, Refusal):
            return held
        event = WorkOrderDiscarded(incident_id=command.incident_id, reason=command.reason.strip())
        await gateway.record(session.party, [event], command_id=command.id)
    return Done(id=command.id)


def _held(gateway: Gateway, incident_id: IncidentId) -> Quarantined | Refusal:
    held = gateway.picture.work_orders.quarantine.get(incident_id)
    if held is None:
        return Refusal(RefusalCode.NOT_FOUND)
    return held


def _correction(command: WorkOrderRelease) -> Correction:
    return Correction(
        kind=command.incident_kind,
        place=command.place,
        grid_code=command.grid_code,
        address=command.address,
        priority=command.priority,
        text=command.text,
        occurred_at=command.occurred_at,
    )
