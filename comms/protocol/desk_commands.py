"""What a desk tells of itself: what its officer sees, and what he writes into files; and what its support page asks."""

from typing import Annotated

from msgspec import Meta

from comms.domain.audit_events import ExportKind
from comms.domain.desk_view import MOST_UNITS, NAME_LENGTH
from comms.domain.ids import IncidentId, OrderId, UnitId
from comms.protocol.command_shape import AnyCommand, Text


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


class ExportTell(AnyCommand, frozen=True, kw_only=True, tag="desk.exported"):
    """A file is to be written of what the journal knows. *Durable*, and answered before it is written: nothing leaves
    that nobody knows of. Unmasked ones need a reason."""

    what: ExportKind
    is_masked: bool
    rows: Annotated[int, Meta(ge=0)] = 0
    reason: Text = ""


class HealthRead(AnyCommand, frozen=True, kw_only=True, tag="health.read"):
    """How the gateway is. Answered by `health.reading`."""


DeskCommand = DeskViewTell | ExportTell | HealthRead
