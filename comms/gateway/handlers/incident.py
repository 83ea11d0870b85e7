"""Incidents: reported by anybody, closed and linked to orders by officers of the jurisdiction."""

from math import isfinite

from comms.domain.events import Event, IncidentClosed, IncidentLinked, IncidentReported
from comms.domain.ids import IncidentId
from comms.domain.incident import Incident, IncidentState
from comms.domain.position import FUTURE_TOLERANCE_S
from comms.domain.realm import marked
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.merging import and_merged
from comms.protocol.errors import RefusalCode
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder, IncidentReport
from comms.protocol.pushes import Done


async def report(gateway: Gateway, session: Session, command: IncidentReport) -> Done | Refusal:
    incident_id = IncidentId(command.id)
    if incident_id in gateway.picture.incidents.states:
        return Refusal(RefusalCode.NOT_ALLOWED)  # another party's id: one's own would have been answered again
    lat, lon = command.place.lat, command.place.lon
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return Refusal(RefusalCode.POSITION_OUT_OF_RANGE)
    if not all(gateway.blobs.has(blob_id) for blob_id in command.photos):
        return Refusal(RefusalCode.NOT_FOUND)
    at = command.occurred_at
    incident = Incident(
        id=incident_id,
        kind=command.incident_kind,
        place=command.place,
        jurisdiction_id=await gateway.ground.grid_at(lat=lat, lon=lon) or session.jurisdiction_id,
        priority=command.priority,
        text=marked(command.text, gateway.footing.realm),
        source=command.source,
        photos=command.photos,
        occurred_at=at if at is not None and at <= gateway.clock.now() + FUTURE_TOLERANCE_S else None,
    )
    if incident_id in gateway.picture.incidents.states:
        return Refusal(RefusalCode.NOT_ALLOWED)  # reported while the ground was read
    await gateway.record(session.party, [IncidentReported(incident=incident)], command_id=command.id)
    return Done(id=command.id, subject=incident_id)


async def close(gateway: Gateway, session: Session, command: IncidentClose) -> Done | Refusal:
    state = _incident(gateway, command.incident_id)
    if isinstance(state, Refusal):
        return state
    if not state.is_open:
        return Refusal(RefusalCode.ALREADY_DONE)
    code = _closing_fault(gateway, state)
    if code is not None:
        return Refusal(code)
    event: Event = IncidentClosed(incident_id=command.incident_id, outcome=command.outcome, note=command.note)
    events = and_merged([event], gateway.picture, work=gateway.cases.work, locale=session.locale)
    await gateway.record(session.party, events, command_id=command.id)
    return Done(id=command.id)


def _closing_fault(gateway: Gateway, state: IncidentState) -> RefusalCode | None:
    """Without a procedure only what is no registered case is closed, and what is merged with its main incident."""
    if state.merge is not None:
        return RefusalCode.INCIDENT_MERGED
    if gateway.picture.cases.of(state).is_registered:
        return RefusalCode.CASE_REGISTERED
    return None


async def link_order(gateway: Gateway, session: Session, command: IncidentLinkOrder) -> Done | Refusal:
    state = _incident(gateway, command.incident_id)
    if isinstance(state, Refusal):
        return state
    if state.merge is not None:
        return Refusal(RefusalCode.INCIDENT_MERGED)
    if command.order_id not in gateway.picture.orders:
        return Refusal(RefusalCode.NOT_FOUND)
    if command.order_id in state.order_ids:
        return Refusal(RefusalCode.ALREADY_DONE)
    linked = IncidentLinked(incident_id=command.incident_id, order_id=command.order_id)
    await gateway.record(session.party, [linked], command_id=command.id)
    return Done(id=command.id)


def _incident(gateway: Gateway, incident_id: IncidentId) -> IncidentState | Refusal:
    state = gateway.picture.incidents.states.get(incident_id)
    if state is None:
        return Refusal(RefusalCode.NOT_FOUND)
    return state
