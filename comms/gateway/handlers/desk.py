"""What officers have on the screen, for whoever replays it; what they write into files; how the gateway is."""

from comms.domain.audit_events import DataExported
from comms.domain.desk_view import DeskView, DeskViewed
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.desk_commands import DeskViewTell, ExportTell, HealthRead
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, HealthReading


async def view(gateway: Gateway, session: Session, command: DeskViewTell) -> Done:
    told = DeskView(
        tab=command.tab,
        sheet=command.sheet,
        lat=command.lat,
        lon=command.lon,
        metres_per_px=command.metres_per_px,
        unit_ids=command.unit_ids,
        order_id=command.order_id,
        incident_ids=command.incident_ids,
    )
    gateway.record_soon(session.party, [DeskViewed(view=told)])
    return Done(id=command.id)


async def exported(gateway: Gateway, session: Session, command: ExportTell) -> Done | Refusal:
    """Names and numbers leave the house only for a reason."""
    reason = command.reason.strip()
    if not command.is_masked and not reason:
        return Refusal(RefusalCode.NOT_ALLOWED)
    event = DataExported(what=command.what, is_masked=command.is_masked, rows=command.rows, reason=reason)
    await gateway.record(session.party, [event], command_id=command.id)
    return Done(id=command.id)


async def health(gateway: Gateway, session: Session, command: HealthRead) -> HealthReading | Refusal:
    """A drill has none of its own: what it runs on is the desk's machine."""
    if gateway.upkeep is None or gateway.upkeep.health is None:
        return Refusal(RefusalCode.WRONG_STATE)
    desks = len(gateway.sessions.desks())
    reading = gateway.upkeep.health.reading(desks=desks, terminals=len(gateway.sessions) - desks)
    return HealthReading(id=command.id, health=reading)
