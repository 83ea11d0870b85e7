"""What a desk tells of itself: what its officer has on the screen."""

from typing import Annotated

from msgspec import Meta

from comms.domain.desk_view import MOST_UNITS, NAME_LENGTH
from comms.domain.ids import IncidentId, OrderId, UnitId
from comms.protocol.command_shape import AnyCommand


class DeskViewTell(AnyCommand, frozen=True, kw_only=True, tag="desk.view"):
    """What is in front, where the map is, and what is picked; told when it changed, at most once in two seconds. It is
    written behind: a crash may lose the last ones."""

    tab: Annotated[str, Meta(max_length=NAME_LENGTH)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    metres_per_px: Annotated[float, Meta(gt=0, le=1_000_000)]
    sheet: Annotated[str, Meta(max_length=NAME_LENGTH)] = ""
    unit_ids: Annotated[tuple[UnitId, ...], Meta(max_length=MOST_UNITS)] = ()
    order_id: OrderId | None = None
    incident_ids: Annotated[tuple[IncidentId, ...], Meta(max_length=MOST_UNITS)] = ()
