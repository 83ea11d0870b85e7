"""What is known of each thing of the picture: its definition and how it stands now."""

import msgspec

from comms.domain.ad_hoc import AdHoc
from comms.domain.call import Call, CallEnd, CallPhase
from comms.domain.ids import (
    BlobId,
    BurstId,
    CallId,
    DepartmentId,
    JurisdictionId,
    OfficerId,
    PartyId,
    TalkgroupId,
    UnitId,
)
from comms.domain.ladder import LadderState
from comms.domain.officer import OfficerRole
from comms.domain.order import AssignmentState, Order
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit, UnitStatus
from comms.domain.video import Video, VideoEnd, VideoPhase


class OfficerState(msgspec.Struct, kw_only=True):
    id: OfficerId
    name: str
    jurisdiction_id: JurisdictionId
    is_on_duty: bool = False
    roles: tuple[OfficerRole, ...] = ()
    """None written down: all those of cases, see `officer.held`."""
    department_id: DepartmentId | None = None


class UnitState(msgspec.Struct, kw_only=True, gc=False):
    unit: Unit
    is_online: bool = False
    status: UnitStatus = UnitStatus.AVAILABLE
    """What the unit says of itself; `shown_status` is what the officer sees."""
    affiliated: tuple[TalkgroupId, ...] = ()

    @property
    def shown_status(self) -> UnitStatus:
        return self.status if self.is_online else UnitStatus.OFFLINE


class TalkgroupState(msgspec.Struct, kw_only=True):
    talkgroup: Talkgroup
    call_id: CallId | None = None
    talker: PartyId | None = None
    burst_id: BurstId | None = None
    ad_hoc: AdHoc | None = None


class CallState(msgspec.Struct, kw_only=True):
    call: Call
    phase: CallPhase
    started_at: float
    answered_at: float | None = None
    ended_at: float | None = None
    end: CallEnd | None = None


class Recording(msgspec.Struct, kw_only=True, frozen=True):
    call_id: CallId
    burst_id: BurstId
    talker: PartyId
    blob_id: BlobId
    started_at: float
    duration_s: float


class VideoState(msgspec.Struct, kw_only=True):
    video: Video
    phase: VideoPhase
    started_at: float
    end: VideoEnd | None = None
    watchers: tuple[OfficerId, ...] = ()


class Step(msgspec.Struct, kw_only=True, frozen=True):
    """One line of an order's timeline: what, who, when; `unit_id` None is the whole order."""

    at: float
    actor: PartyId
    what: str
    """An assignment state, or `issued`, `reminded`, `overdue`, `ladder_…`."""
    unit_id: UnitId | None = None
    reason: str = ""
    attachments: tuple[BlobId, ...] = ()


class OrderState(msgspec.Struct, kw_only=True):
    order: Order
    issued_by: PartyId
    assignments: dict[UnitId, AssignmentState]
    timeline: list[Step]
    is_overdue: bool = False
    ladders: dict[UnitId, LadderState] = {}
    """Of the units that were named at issue, if they were few."""


class Change(msgspec.Struct, frozen=True):
    """What one event changed, exactly: the noun (`unit`, `talkgroup`, `call`, `order`, `video`, `officer`,
    `jurisdiction`, `department`, `incident`, `case`, `recording`, `map`, `fault` …) and its id, so that a model can
    update one row."""

    noun: str
    id: str
    is_new: bool = False
