"""Commands about incidents."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import BlobId, IncidentId, OrderId
from comms.domain.incident import IncidentOutcome
from comms.domain.order import OrderPriority, Place
from comms.protocol.command_shape import AnyCommand, Text


class IncidentReport(AnyCommand, frozen=True, kw_only=True, tag="incident.report"):
    """From a terminal or a desk. Durable. `done.subject` is the incident's id, which is this command's id."""

    incident_kind: Annotated[str, Meta(min_length=1, max_length=60)]
    """A word of the site: 火情, 井盖缺失 …"""
    place: Place
    priority: OrderPriority = OrderPriority.NORMAL
    text: Text = ""
    source: Annotated[str, Meta(max_length=60)] = ""
    photos: Annotated[tuple[BlobId, ...], Meta(max_length=10)] = ()
    occurred_at: float | None = None


class IncidentClose(AnyCommand, frozen=True, kw_only=True, tag="incident.close"):
    """An officer closes it, saying what came of it. Durable."""

    incident_id: IncidentId
    outcome: IncidentOutcome
    note: Annotated[str, Meta(max_length=1000)] = ""


class IncidentLinkOrder(AnyCommand, frozen=True, kw_only=True, tag="incident.link_order"):
    """An order was given because of it. Durable."""

    incident_id: IncidentId
    order_id: OrderId
