"""Dispatch orders: an instruction to units, followed from issue to verification.

Each unit named in an order has an assignment of its own, which walks the transition table below.
"""

from enum import StrEnum

import msgspec

from comms.domain.ids import BlobId, IncidentId, ItemId, JurisdictionId, OrderId, TalkgroupId, UnitId


class OrderPriority(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class AssignmentState(StrEnum):
    ISSUED = "issued"
    DELIVERED = "delivered"
    READ = "read"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    COMPLETED = "completed"
    VERIFIED = "verified"
    CANCELLED = "cancelled"


_S = AssignmentState
TRANSITIONS: dict[AssignmentState, frozenset[AssignmentState]] = {
    _S.ISSUED: frozenset({_S.DELIVERED, _S.READ, _S.ACCEPTED, _S.REFUSED, _S.CANCELLED}),
    _S.DELIVERED: frozenset({_S.READ, _S.ACCEPTED, _S.REFUSED, _S.CANCELLED}),
    _S.READ: frozenset({_S.ACCEPTED, _S.REFUSED, _S.CANCELLED}),
    _S.ACCEPTED: frozenset({_S.EN_ROUTE, _S.ON_SCENE, _S.COMPLETED, _S.REFUSED, _S.CANCELLED}),
    _S.EN_ROUTE: frozenset({_S.ON_SCENE, _S.COMPLETED, _S.REFUSED, _S.CANCELLED}),
    _S.ON_SCENE: frozenset({_S.COMPLETED, _S.REFUSED, _S.CANCELLED}),
    _S.COMPLETED: frozenset({_S.VERIFIED, _S.ACCEPTED}),  # back to accepted: the officer sends it back
    _S.REFUSED: frozenset(),
    _S.VERIFIED: frozenset(),
    _S.CANCELLED: frozenset(),
}
"""A worker may skip steps (accept without opening), never go back; only an officer sends work back."""

UNIT_STATES = frozenset({_S.DELIVERED, _S.READ, _S.ACCEPTED, _S.REFUSED, _S.EN_ROUTE, _S.ON_SCENE, _S.COMPLETED})
"""States a unit may set on its own assignment."""
OFFICER_STATES = frozenset({_S.VERIFIED, _S.CANCELLED, _S.ACCEPTED})
"""States an officer may set; `accepted` only from `completed`, with a reason."""
REASON_NEEDED = frozenset({_S.REFUSED, _S.CANCELLED})
OPEN_STATES = frozenset(_S) - {_S.REFUSED, _S.VERIFIED, _S.CANCELLED, _S.COMPLETED}
"""States in which the deadline still runs."""


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where, in WGS-84, with the words an officer would say."""

    lat: float
    lon: float
    text: str = ""


class UnitsTarget(msgspec.Struct, frozen=True, tag_field="kind", tag="units"):
    unit_ids: tuple[UnitId, ...]


class TalkgroupTarget(msgspec.Struct, frozen=True, tag_field="kind", tag="talkgroup"):
    talkgroup_id: TalkgroupId


class JurisdictionTarget(msgspec.Struct, frozen=True, tag_field="kind", tag="jurisdiction"):
    jurisdiction_id: JurisdictionId


class CircleTarget(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="circle"):
    lat: float
    lon: float
    radius_m: float


OrderTarget = UnitsTarget | TalkgroupTarget | JurisdictionTarget | CircleTarget


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked. `deadline_at` and `issued_at` are Unix seconds; `unit_ids` is the target, resolved."""

    id: OrderId
    title: str
    text: str = ""
    priority: OrderPriority = OrderPriority.NORMAL
    place: Place | None = None
    issued_at: float = 0.0
    deadline_at: float | None = None
    target: OrderTarget | None = None
    unit_ids: tuple[UnitId, ...] = ()
    attachments: tuple[BlobId, ...] = ()
    incident_id: IncidentId | None = None
    """What it was given for."""
    item_id: ItemId | None = None
    """The item of the item list that allows it."""


class TransitionFault(StrEnum):
    NOT_ALLOWED = "not_allowed"
    ALREADY_THERE = "already_there"
    REASON_MISSING = "reason_missing"


def transition_fault(current: AssignmentState, wanted: AssignmentState, *, reason: str) -> TransitionFault | None:
    """Why an assignment may not move, or None when it may."""
    if current is wanted:
        return TransitionFault.ALREADY_THERE
    if wanted not in TRANSITIONS[current]:
        return TransitionFault.NOT_ALLOWED
    sent_back = current is AssignmentState.COMPLETED and wanted is AssignmentState.ACCEPTED
    if (wanted in REASON_NEEDED or sent_back) and not reason.strip():
        return TransitionFault.REASON_MISSING
    return None


REMIND_BEFORE_S = 300.0
"""A unit that has not answered is reminded this long before the deadline, or half-way when that is later."""
