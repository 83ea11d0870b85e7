"""Commands of desks about work orders in quarantine."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import IncidentId
from comms.domain.order import OrderPriority, Place
from comms.protocol.command_shape import AnyCommand, Text


class WorkOrderRelease(AnyCommand, frozen=True, kw_only=True, tag="work_order.release"):
    """Take it out of quarantine as it is now or as corrected here: it becomes an incident, or changes the one it is.
    What is None stays as the source said it. Durable. `done.subject` is the incident's id; refused as `still_faulty`
    while something is wrong that this does not correct."""

    incident_id: IncidentId
    incident_kind: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    place: Place | None = None
    """In WGS-84; within the jurisdiction of the source."""
    priority: OrderPriority | None = None
    text: Text | None = None
    grid_code: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    """In place of coordinates; counts where `place` is None."""
    address: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """Says where it is when what was wrong is the place and neither `place` nor `grid_code` is given."""
    occurred_at: Annotated[float, Meta(gt=0, lt=4e9)] | None = None
    """Unix seconds."""


class WorkOrderDiscard(AnyCommand, frozen=True, kw_only=True, tag="work_order.discard"):
    """It is nothing to deal with. The reason is needed, and the record is kept. Durable."""

    incident_id: IncidentId
    reason: Annotated[str, Meta(max_length=1000)]
