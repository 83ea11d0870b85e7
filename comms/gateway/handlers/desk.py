"""What officers have on the screen, for whoever replays it."""

from comms.domain.desk_view import DeskView, DeskViewed
from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.protocol.desk_commands import DeskViewTell
from comms.protocol.pushes import Done


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
