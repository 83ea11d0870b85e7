"""A unit's own status."""

from comms.domain.events import UnitStatusChanged
from comms.domain.unit import UnitStatus
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import StatusSet
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done


async def set_status(gateway: Gateway, session: Session, command: StatusSet) -> Done | Refusal:
    """Any but offline, which is what the gateway says of a unit it does not hear."""
    assert session.unit_id is not None
    if command.status is UnitStatus.OFFLINE:
        return Refusal(RefusalCode.NOT_ALLOWED)
    if gateway.picture.units[session.unit_id].status is not command.status:
        change = UnitStatusChanged(unit_id=session.unit_id, status=command.status)
        await gateway.record(session.party, [change], command_id=command.id)
    return Done(id=command.id)
