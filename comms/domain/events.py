"""Events: what happened, past tense. The picture is a pure fold of these, and of nothing else."""

import msgspec

from comms.domain.account_events import AccountEvent
from comms.domain.ad_hoc import AdHocEnd, AreaTarget
from comms.domain.alarm_event import AlarmAcknowledged as AlarmAcknowledged
from comms.domain.alarm_event import AlarmCleared as AlarmCleared
from comms.domain.alarm_event import AlarmEvent as AlarmEvent
from comms.domain.alarm_event import AlarmMarked as AlarmMarked
from comms.domain.alarm_event import AlarmRaised as AlarmRaised
from comms.domain.alarm_event import AlarmShelved as AlarmShelved
from comms.domain.alarm_event import AlarmUnshelved as AlarmUnshelved
from comms.domain.alarm_event import AlarmUpdated as AlarmUpdated
from comms.domain.audit_events import AuditEvent
from comms.domain.call import Call, CallEnd, TalkEnd
from comms.domain.case import CaseMoved
from comms.domain.desk_view import DeskViewed
from comms.domain.drill_events import DrillEvent
from comms.domain.duty_events import DutyEvent
from comms.domain.fence import Fence
from comms.domain.hub_events import HubEvent
from comms.domain.ids import (
    BlobId,
    BurstId,
    CallId,
    CommandId,
    DepartmentId,
    FenceId,
    IncidentId,
    JurisdictionId,
    MarkId,
    OfficerId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    VideoId,
)
from comms.domain.incident import Incident, IncidentOutcome
from comms.domain.item_events import ItemEvent
from comms.domain.jurisdiction import Jurisdiction
from comms.domain.ladder import LadderEvent
from comms.domain.mark import Mark
from comms.domain.officer import DepartmentDefined, OfficerRole
from comms.domain.order import AssignmentState, Order, Place
from comms.domain.patrol_events import PatrolEvent
from comms.domain.plan_events import PlanEvent
from comms.domain.recording_gap import RecordingGap
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit, UnitStatus
from comms.domain.video import Video, VideoEnd
from comms.domain.weather import WeatherEvent
from comms.domain.work_order import WorkOrderEvent


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of all events."""


class JurisdictionDefined(_Event, frozen=True, kw_only=True, tag="jurisdiction.defined"):
    jurisdiction: Jurisdiction


class UnitDefined(_Event, frozen=True, kw_only=True, tag="unit.defined"):
    unit: Unit


class TalkgroupDefined(_Event, frozen=True, kw_only=True, tag="talkgroup.defined"):
    talkgroup: Talkgroup


class TalkgroupFormed(_Event, frozen=True, kw_only=True, tag="talkgroup.formed"):
    """An ad-hoc talkgroup of these units, who are affiliated to it from now on, before what they had."""

    talkgroup: Talkgroup
    area: AreaTarget
    unit_ids: tuple[UnitId, ...]
    is_following_area: bool = False


class TalkgroupJoined(_Event, frozen=True, kw_only=True, tag="talkgroup.joined"):
    """Units that came into the area of an ad-hoc talkgroup and are in it now."""

    talkgroup_id: TalkgroupId
    unit_ids: tuple[UnitId, ...]


class TalkgroupFollowSet(_Event, frozen=True, kw_only=True, tag="talkgroup.follow_set"):
    """Whether who comes into the area of an ad-hoc talkgroup is called in."""

    talkgroup_id: TalkgroupId
    is_following_area: bool


class TalkgroupDissolved(_Event, frozen=True, kw_only=True, tag="talkgroup.dissolved"):
    """An ad-hoc talkgroup is gone; its units are back in what they had."""

    talkgroup_id: TalkgroupId
    end: AdHocEnd


class OfficerDefined(_Event, frozen=True, kw_only=True, tag="officer.defined"):
    officer_id: OfficerId
    name: str
    jurisdiction_id: JurisdictionId
    roles: tuple[OfficerRole, ...] = ()
    """None written down: all those of cases, see `officer.held`."""
    department_id: DepartmentId | None = None


class MapPublished(_Event, frozen=True, kw_only=True, tag="map.published"):
    """The area's static map (grids, streets, cameras, places), a blob of `comms.protocol.area`."""

    blob_id: BlobId


class OfficerSignedOn(_Event, frozen=True, kw_only=True, tag="officer.signed_on"):
    officer_id: OfficerId


class OfficerSignedOff(_Event, frozen=True, kw_only=True, tag="officer.signed_off"):
    officer_id: OfficerId


class TerminalConnected(_Event, frozen=True, kw_only=True, tag="terminal.connected"):
    unit_id: UnitId


class TerminalDisconnected(_Event, frozen=True, kw_only=True, tag="terminal.disconnected"):
    unit_id: UnitId


class TerminalEnrolled(_Event, frozen=True, kw_only=True, tag="terminal.enrolled"):
    unit_id: UnitId
    device_name: str


class UnitStatusChanged(_Event, frozen=True, kw_only=True, tag="unit.status_changed"):
    unit_id: UnitId
    status: UnitStatus


class AffiliationChanged(_Event, frozen=True, kw_only=True, tag="affiliation.changed"):
    unit_id: UnitId
    talkgroup_ids: tuple[TalkgroupId, ...]


class CallStarted(_Event, frozen=True, kw_only=True, tag="call.started"):
    """A group call is active at once; a point call rings first."""

    call: Call


class CallAnswered(_Event, frozen=True, kw_only=True, tag="call.answered"):
    call_id: CallId


class CallEnded(_Event, frozen=True, kw_only=True, tag="call.ended"):
    call_id: CallId
    end: CallEnd


class TalkStarted(_Event, frozen=True, kw_only=True, tag="talk.started"):
    call_id: CallId
    burst_id: BurstId
    talkgroup_id: TalkgroupId
    talker: PartyId
    is_emergency: bool = False


class TalkEnded(_Event, frozen=True, kw_only=True, tag="talk.ended"):
    call_id: CallId
    burst_id: BurstId
    talkgroup_id: TalkgroupId
    end: TalkEnd


class RecordingSaved(_Event, frozen=True, kw_only=True, tag="recording.saved"):
    """One party's voice over one talk burst (group call) or one whole leg (point call)."""

    call_id: CallId
    burst_id: BurstId
    talker: PartyId
    blob_id: BlobId
    started_at: float
    duration_s: float


class VideoAsked(_Event, frozen=True, kw_only=True, tag="video.asked"):
    video: Video


class VideoStarted(_Event, frozen=True, kw_only=True, tag="video.started"):
    """A video return starts with this; a point call is asked first."""

    video: Video


class VideoEnded(_Event, frozen=True, kw_only=True, tag="video.ended"):
    video_id: VideoId
    end: VideoEnd


class VideoWatched(_Event, frozen=True, kw_only=True, tag="video.watched"):
    video_id: VideoId
    officer_id: OfficerId


class VideoUnwatched(_Event, frozen=True, kw_only=True, tag="video.unwatched"):
    video_id: VideoId
    officer_id: OfficerId


class OrderIssued(_Event, frozen=True, kw_only=True, tag="order.issued"):
    order: Order


class OrderAdvanced(_Event, frozen=True, kw_only=True, tag="order.advanced"):
    """One unit's assignment moved. `occurred_at` is when the worker did it, which a lost network delays."""

    order_id: OrderId
    unit_id: UnitId
    state: AssignmentState
    reason: str = ""
    attachments: tuple[BlobId, ...] = ()
    place: Place | None = None
    occurred_at: float | None = None


class OrderReminded(_Event, frozen=True, kw_only=True, tag="order.reminded"):
    order_id: OrderId
    unit_ids: tuple[UnitId, ...]


class OrderOverdue(_Event, frozen=True, kw_only=True, tag="order.overdue"):
    """The deadline passed with these assignments still open; the officers above are told."""

    order_id: OrderId
    unit_ids: tuple[UnitId, ...]


class NoteAdded(_Event, frozen=True, kw_only=True, tag="note.added"):
    """A line an officer added to the duty log: of his own, or a remark to the entry `about_seq`."""

    text: str
    about_seq: int | None = None


class CommandRefused(_Event, frozen=True, kw_only=True, tag="command.refused"):
    """Something was asked that the asker may not do. Kept because it is what an audit asks for."""

    command_kind: str
    code: str
    left_out: int = 0
    """Further ones of the same party before it that were not written down, because there were too many."""


class FaultNoted(_Event, frozen=True, kw_only=True, tag="fault.noted"):
    """The gateway met a fault an officer should know of, and whether it is over."""

    code: str
    detail: str = ""
    is_over: bool = False
    gap: RecordingGap | None = None


class MarkDrawn(_Event, frozen=True, kw_only=True, tag="mark.drawn"):
    """An officer drew on the map for everybody to see."""

    mark: Mark


class MarkChanged(_Event, frozen=True, kw_only=True, tag="mark.changed"):
    """The whole mark as it is now: moved, renamed, coloured."""

    mark: Mark


class MarkErased(_Event, frozen=True, kw_only=True, tag="mark.erased"):
    mark_id: MarkId


MarkEvent = MarkDrawn | MarkChanged | MarkErased

AdHocEvent = TalkgroupFormed | TalkgroupJoined | TalkgroupFollowSet | TalkgroupDissolved


class FenceDrawn(_Event, frozen=True, kw_only=True, tag="fence.drawn"):
    fence: Fence


class FenceChanged(_Event, frozen=True, kw_only=True, tag="fence.changed"):
    """The whole fence as it is now, also when it was only switched on or off."""

    fence: Fence


class FenceErased(_Event, frozen=True, kw_only=True, tag="fence.erased"):
    fence_id: FenceId
    name: str = ""
    """Kept for the log: the picture forgets it."""


FenceEvent = FenceDrawn | FenceChanged | FenceErased


class IncidentReported(_Event, frozen=True, kw_only=True, tag="incident.reported"):
    incident: Incident
    digest: str = ""
    """Of what an outside system sent."""


class IncidentClosed(_Event, frozen=True, kw_only=True, tag="incident.closed"):
    incident_id: IncidentId
    outcome: IncidentOutcome
    note: str = ""


class IncidentLinked(_Event, frozen=True, kw_only=True, tag="incident.linked"):
    """An order was given because of it."""

    incident_id: IncidentId
    order_id: OrderId


IncidentEvent = IncidentReported | IncidentClosed | IncidentLinked

BookEvent = (
    AccountEvent
    | AlarmEvent
    | AuditEvent
    | CaseMoved
    | DeskViewed
    | DrillEvent
    | DutyEvent
    | FenceEvent
    | HubEvent
    | IncidentEvent
    | ItemEvent
    | MarkEvent
    | PlanEvent
    | PatrolEvent
    | WeatherEvent
    | WorkOrderEvent
)
"""Folded in books of their own, see `Picture`."""

Definition = JurisdictionDefined | UnitDefined | TalkgroupDefined | DepartmentDefined | OfficerDefined | MapPublished

OwnEvent = (
    Definition
    | OfficerSignedOn
    | OfficerSignedOff
    | TerminalConnected
    | TerminalDisconnected
    | TerminalEnrolled
    | UnitStatusChanged
    | AffiliationChanged
    | CallStarted
    | CallAnswered
    | CallEnded
    | TalkStarted
    | TalkEnded
    | RecordingSaved
    | VideoAsked
    | VideoStarted
    | VideoEnded
    | VideoWatched
    | VideoUnwatched
    | OrderIssued
    | OrderAdvanced
    | OrderReminded
    | OrderOverdue
    | NoteAdded
    | CommandRefused
    | FaultNoted
    | TalkgroupFormed
    | TalkgroupJoined
    | TalkgroupFollowSet
    | TalkgroupDissolved
)

Event = OwnEvent | BookEvent | LadderEvent


class Recorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event with its place in the journal. `seq` starts at 1 without gaps; `at` is Unix seconds."""

    seq: int
    at: float
    actor: PartyId
    event: Event
    command_id: CommandId | None = None
    """The command that caused it, so that the same command sent again finds its answer."""
