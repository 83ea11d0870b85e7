"""Incidents merged, taken out again, and acknowledged. What may be is decided in `comms.domain.merge_rules`."""

from comms.domain.events import Event
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.merge_rules import merge_fault, unmerge_fault
from comms.domain.states import OfficerState
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.errors import RefusalCode
from comms.protocol.hub_commands import MERGE_CODES, IncidentAcknowledge, IncidentMerge, IncidentUnmerge
from comms.protocol.pushes import Done


async def merge(gateway: Gateway, session: Session, command: IncidentMerge) -> Done | Refusal:
    states = gateway.picture.incidents.states
    main = states.get(command.incident_id)
    parts = {part.incident_id: part for part in command.parts}
    if main is None or not all(incident_id in states for incident_id in parts):
        return Refusal(RefusalCode.NOT_FOUND)
    officer, events = _officer(gateway, session), list[Event]()
    for incident_id, part in parts.items():
        fault = merge_fault(main, states[incident_id], gateway.picture, officer)
        if fault is not None:
            return Refusal(MERGE_CODES[fault])
        merged = IncidentMerged(
            incident_id=incident_id, into=command.incident_id, reasons=part.reasons, words=command.words
        )
        events.append(merged)
    await gateway.record(session.party, events, command_id=command.id)
    return Done(id=command.id, subject=command.incident_id)


async def unmerge(gateway: Gateway, session: Session, command: IncidentUnmerge) -> Done | Refusal:
    state = gateway.picture.incidents.states.get(command.incident_id)
    if state is None:
        return Refusal(RefusalCode.NOT_FOUND)
    fault = unmerge_fault(state, gateway.picture, _officer(gateway, session))
    if fault is not None:
        return Refusal(MERGE_CODES[fault])
    unmerged = IncidentUnmerged(incident_id=command.incident_id, words=command.words)
    await gateway.record(session.party, [unmerged], command_id=command.id)
    return Done(id=command.id, subject=command.incident_id)


async def acknowledge(gateway: Gateway, session: Session, command: IncidentAcknowledge) -> Done | Refusal:
    state = gateway.picture.incidents.states.get(command.incident_id)
    if state is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if state.acknowledged is None:
        if not state.is_open:
            return Refusal(RefusalCode.INCIDENT_CLOSED)
        noted = IncidentAcknowledged(incident_id=command.incident_id)
        await gateway.record(session.party, [noted], command_id=command.id)
    return Done(id=command.id)


def _officer(gateway: Gateway, session: Session) -> OfficerState:
    assert session.officer_id is not None  # these are commands of desks
    return gateway.picture.officers[session.officer_id]
