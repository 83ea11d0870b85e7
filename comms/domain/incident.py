"""Incidents: what happened, where, how bad, who said so, and what came of it."""

from enum import StrEnum

import msgspec

from comms.domain.ids import BlobId, IncidentId, JurisdictionId, OrderId, PartyId
from comms.domain.order import OrderPriority, Place


class IncidentOutcome(StrEnum):
    HANDLED = "handled"
    PASSED_ON = "passed_on"
    """To a department that has to deal with it."""
    DUPLICATE = "duplicate"
    FALSE_REPORT = "false_report"


class Incident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`kind` and `source` are words of the site (火情, 井盖缺失; 12345 热线 …). `occurred_at` is Unix seconds."""

    id: IncidentId
    kind: str
    place: Place
    jurisdiction_id: JurisdictionId
    """The grid it lies in; where no grid is, the jurisdiction of who reported it."""
    priority: OrderPriority = OrderPriority.NORMAL
    text: str = ""
    source: str = ""
    photos: tuple[BlobId, ...] = ()
    occurred_at: float | None = None


class IncidentState(msgspec.Struct, kw_only=True):
    incident: Incident
    reported_by: PartyId
    reported_at: float
    order_ids: tuple[OrderId, ...] = ()
    closed_at: float | None = None
    closed_by: PartyId | None = None
    outcome: IncidentOutcome | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
