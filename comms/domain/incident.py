"""Incidents: what happened, where, how bad, who said so, and what came of it."""

import hashlib
from enum import StrEnum

import msgspec

from comms.domain.ids import BlobId, IncidentId, ItemId, JurisdictionId, OrderId, PartyId, SourceId, VisitId
from comms.domain.merge import Acknowledgement, Merge
from comms.domain.order import OrderPriority, Place


class IncidentOutcome(StrEnum):
    HANDLED = "handled"
    PASSED_ON = "passed_on"
    """To a department that has to deal with it."""
    DUPLICATE = "duplicate"
    FALSE_REPORT = "false_report"


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Which work order of which outside system it came from. The same pair is the same work order for ever."""

    source: SourceId
    source_id: str
    """The number the source itself has given it."""

    @property
    def incident_id(self) -> IncidentId:
        """What a work order is called here, from the moment it arrives: also when it was sent twice, lies in
        quarantine, or was closed and forgotten years ago."""
        digest = hashlib.sha256(f"{len(self.source)}:{self.source}{self.source_id}".encode()).hexdigest()
        return IncidentId(f"w{digest[:24]}")


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
    origin: Origin | None = None
    """The work order it was, when an outside system sent it in."""
    is_place_approximate: bool = False
    """Found by the code of its grid or by a name in its address, not told by coordinates."""
    item_id: ItemId | None = None
    """The item its case is registered under, where whoever found it knows."""
    visit_id: VisitId | None = None
    """The patrol visit on which it was found."""


class IncidentState(msgspec.Struct, kw_only=True, omit_defaults=True):
    incident: Incident
    reported_by: PartyId
    reported_at: float
    order_ids: tuple[OrderId, ...] = ()
    closed_at: float | None = None
    closed_by: PartyId | None = None
    outcome: IncidentOutcome | None = None
    note: str = ""
    digest: str = ""
    """Of what its source sent last, so that the same sent again is known."""
    amended_at: float | None = None
    """When its source last changed it."""
    acknowledged: Acknowledgement | None = None
    merge: Merge | None = None
    """Into which one, while it is carried by another, and after it was closed with that."""
    merged_ids: tuple[IncidentId, ...] = ()
    """Those it carries, in the order they were merged."""

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def stands(self) -> bool:
        """Open, and not carried by another: something has to be done about it."""
        return self.closed_at is None and self.merge is None
