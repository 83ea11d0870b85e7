"""Work orders (工单): what outside systems send in. One that can be taken is an incident at once, others wait."""

from enum import StrEnum

import msgspec

from comms.domain.datum import Datum
from comms.domain.ids import BlobId, IncidentId
from comms.domain.incident import Incident, Origin
from comms.domain.order import OrderPriority
from comms.domain.source import SourceDefined

MOST_KIND, MOST_TEXT, MOST_ADDRESS, MOST_SOURCE_ID = 60, 4000, 200, 100
"""Characters. What is longer is not cut but put in quarantine."""


class WorkOrder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a source said, read from its own format. `lat` and `lon` are in `datum`; whether they lie where they should
    only the gateway knows. `occurred_at` is Unix seconds."""

    origin: Origin
    kind: str = ""
    text: str = ""
    priority: OrderPriority = OrderPriority.NORMAL
    lat: float | None = None
    lon: float | None = None
    datum: Datum = Datum.WGS84
    grid_code: str = ""
    address: str = ""
    occurred_at: float | None = None


class FaultCode(StrEnum):
    UNREADABLE = "unreadable"
    """The format itself; the detail says where."""
    NO_SOURCE_ID = "no_source_id"
    TOO_LONG = "too_long"
    """The detail names the field."""
    NO_KIND = "no_kind"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_PRIORITY = "unknown_priority"
    BAD_NUMBER = "bad_number"
    BAD_TIME = "bad_time"
    NO_PLACE = "no_place"
    HALF_A_PLACE = "half_a_place"
    """A latitude without a longitude, or the other way about."""
    PLACE_UNREAL = "place_unreal"
    PLACE_OUTSIDE = "place_outside"
    """Not in the source's jurisdiction."""
    UNKNOWN_GRID = "unknown_grid"
    UNKNOWN_ADDRESS = "unknown_address"


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a work order cannot be taken as it is. `detail` is what was found there, as it was written."""

    code: FaultCode
    detail: str = ""


class SetAside(StrEnum):
    """Why a message is kept and is no incident."""

    EXERCISE = "exercise"
    TEST = "test"
    DRAFT = "draft"
    SYSTEM = "system"
    NOTICE = "notice"
    """An acknowledgement, an error report, the end of what was never known here."""


class IncidentAmended(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="incident.amended"):
    """The whole incident as its source tells it now. `digest` is of what was sent."""

    incident: Incident
    digest: str


class WorkOrderQuarantined(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="work_order.quarantined"
):
    """It could not be taken. `order` is as much as could be read, `blob_id` the record as it came."""

    order: WorkOrder
    faults: tuple[Fault, ...]
    digest: str
    blob_id: BlobId


class WorkOrderReleased(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="work_order.released"
):
    """An officer, or a corrected record of its source, got it out of quarantine; what it became follows."""

    incident_id: IncidentId


class WorkOrderDiscarded(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="work_order.discarded"):
    incident_id: IncidentId
    reason: str


class WorkOrderSetAside(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="work_order.set_aside"
):
    """An exercise, a test, a draft: kept and shown as what it is, and never an incident or an alert."""

    order: WorkOrder
    why: SetAside
    blob_id: BlobId


class AnswerState(StrEnum):
    """What a source is told of its work order."""

    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    CLOSED = "closed"


class WorkOrderAnswered(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="work_order.answered"):
    """The source has confirmed that it was told."""

    incident_id: IncidentId
    state: AnswerState


class WorkOrderAtSource(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="work_order.at_source"
):
    """Its source has closed it there, or opened it again: noted, and nothing follows from it by itself. `at` is the
    source's own time."""

    incident_id: IncidentId
    is_closed: bool
    note: str = ""
    at: float | None = None


WorkOrderEvent = (
    SourceDefined
    | IncidentAmended
    | WorkOrderQuarantined
    | WorkOrderReleased
    | WorkOrderDiscarded
    | WorkOrderSetAside
    | WorkOrderAnswered
    | WorkOrderAtSource
)
