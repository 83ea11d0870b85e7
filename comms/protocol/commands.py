"""Commands: what desks and terminals may send. JSON text frames, told apart by `kind`, answered by `id`.

Every command gets exactly one answer from `comms.protocol.pushes`: its typed reply, `done` or `refused`.
Commands marked *durable* may be sent again after a lost connection with the same `id`: the effect happens once.
"""

from typing import Annotated

from msgspec import Meta

from comms.domain.ad_hoc import AreaTarget
from comms.domain.ids import BlobId, CallId, IncidentId, ItemId, OrderId, TalkgroupId, UnitId, VideoId
from comms.domain.order import AssignmentState, OrderPriority, OrderTarget, Place
from comms.domain.position import Fix
from comms.domain.unit import UnitStatus
from comms.domain.video import VideoEnd
from comms.protocol.account_commands import AccessCommand, AccountCommand
from comms.protocol.alarm_commands import (
    AlarmAcknowledge,
    AlarmMark,
    AlarmShelve,
    AlarmUnshelve,
    FenceChange,
    FenceDraw,
    FenceErase,
)
from comms.protocol.assessment_commands import AssessmentCases, AssessmentRead
from comms.protocol.case_commands import CalendarRead, CaseMove
from comms.protocol.command_shape import AnyCommand as _Command
from comms.protocol.command_shape import Sdp, Text
from comms.protocol.drill_commands import DrillCommand
from comms.protocol.duty_commands import DutyCommand
from comms.protocol.help_commands import HelpCall
from comms.protocol.hub_commands import HubCommand
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder, IncidentReport
from comms.protocol.issuer_commands import IssuerBegin, IssuerSignIn, IssuerUnlock
from comms.protocol.item_commands import ItemCommand
from comms.protocol.ladder_commands import LadderStop
from comms.protocol.mark_commands import MarkCommand
from comms.protocol.patrol_commands import PatrolCommand
from comms.protocol.plan_commands import PlanCommand
from comms.protocol.sign_in_commands import DeskResume as DeskResume
from comms.protocol.sign_in_commands import DeskSignIn as DeskSignIn
from comms.protocol.sign_in_commands import EnrolmentIssue as EnrolmentIssue
from comms.protocol.sign_in_commands import SignOut as SignOut
from comms.protocol.sign_in_commands import TerminalEnrol as TerminalEnrol
from comms.protocol.sign_in_commands import TerminalSignIn as TerminalSignIn
from comms.protocol.sign_in_commands import TokenRefresh as TokenRefresh
from comms.protocol.track_commands import TrackDays, TrackRead
from comms.protocol.weather_commands import WeatherEnd, WeatherIssue
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease

# --- the picture (desks) ------------------------------------------------------------------------


class PictureSubscribe(_Command, frozen=True, kw_only=True, tag="picture.subscribe"):
    """Subscribe first, then snapshot, then events. `after_seq` asks for events only, when few are missing."""

    after_seq: int | None = None


class LogRead(_Command, frozen=True, kw_only=True, tag="log.read"):
    """Events of the journal, newest last: those with `seq` below `before_seq` (or the newest)."""

    before_seq: int | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 200


class NoteAdd(_Command, frozen=True, kw_only=True, tag="note.add"):
    """A line for the duty log, or a remark to its entry `about_seq`. Durable."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    about_seq: int | None = None


class BlobGet(_Command, frozen=True, kw_only=True, tag="blob.get"):
    """With `limit_bytes` only so much from `offset_bytes` on: a city's map in one message would hold up voice."""

    blob_id: BlobId
    offset_bytes: Annotated[int, Meta(ge=0)] = 0
    limit_bytes: Annotated[int, Meta(ge=1)] | None = None


class BlobPut(_Command, frozen=True, kw_only=True, tag="blob.put"):
    """Store a photo; its id is the SHA-256 of the data, so sending it again changes nothing. Durable."""

    media_type: Annotated[str, Meta(max_length=100)]
    data: Annotated[bytes, Meta(max_length=3_000_000)]
    """Base64 in JSON."""


# --- position and status (terminals) ----------------------------------------------------------------


class PositionReport(_Command, frozen=True, kw_only=True, tag="position.report"):
    """Readings, oldest first; several when the network was away. Bad ones are refused, the rest kept."""

    fixes: Annotated[tuple[Fix, ...], Meta(min_length=1, max_length=500)]


class StatusSet(_Command, frozen=True, kw_only=True, tag="status.set"):
    """A unit's own status. Durable."""

    status: UnitStatus


class AffiliationSet(_Command, frozen=True, kw_only=True, tag="affiliation.set"):
    """The talkgroups to be in: those of a unit's list, or for a desk any in its jurisdiction.

    The first is the selected one. A desk hears all it is affiliated to."""

    talkgroup_ids: Annotated[tuple[TalkgroupId, ...], Meta(max_length=64)]


# --- media ----------------------------------------------------------------------------------------


class MediaOffer(_Command, frozen=True, kw_only=True, tag="media.offer"):
    """The one SDP offer of this session. Set up at sign-in, kept until the connection ends."""

    sdp: Sdp


# --- floor (3GPP TS 24.380 words) ---------------------------------------------------------------------


class FloorRequest(_Command, frozen=True, kw_only=True, tag="floor.request"):
    """Answered by `done`; what was decided comes as floor.granted, floor.denied or floor.queued."""

    talkgroup_id: TalkgroupId
    priority: Annotated[int, Meta(ge=0, le=7)] = 0
    is_emergency: bool = False


class FloorRelease(_Command, frozen=True, kw_only=True, tag="floor.release"):
    """Also leaves the queue. `last_sequence` is the RTP sequence number of the last voice packet, if known:
    the gateway forwards up to it before the floor is free."""

    talkgroup_id: TalkgroupId
    last_sequence: Annotated[int, Meta(ge=0, le=65_535)] | None = None


class FloorQueuePosition(_Command, frozen=True, kw_only=True, tag="floor.queue_position"):
    talkgroup_id: TalkgroupId


class FloorAck(_Command, frozen=True, kw_only=True, tag="floor.ack"):
    """Confirms a floor.granted that came from the queue (T20)."""

    talkgroup_id: TalkgroupId
    floor_seq: int


# --- point calls ------------------------------------------------------------------------------------


class CallPlace(_Command, frozen=True, kw_only=True, tag="call.place"):
    """A desk calls a unit, a unit calls its duty officer (no `unit_id`). `done.subject` is the call id."""

    unit_id: UnitId | None = None


class CallAnswer(_Command, frozen=True, kw_only=True, tag="call.answer"):
    call_id: CallId


class CallReject(_Command, frozen=True, kw_only=True, tag="call.reject"):
    call_id: CallId


class CallHangUp(_Command, frozen=True, kw_only=True, tag="call.hang_up"):
    call_id: CallId


# --- ad-hoc group calls (desks) --------------------------------------------------------------------------


class CallFromArea(_Command, frozen=True, kw_only=True, tag="call.from_area"):
    """圈呼: call everybody in an area at once. In one step an ad-hoc talkgroup of the online units inside is formed,
    they and this desk are affiliated to it, and its floor is requested for this desk.

    `done.subject` is the talkgroup id, which is this command's id; sent again, it has no second effect."""

    target: AreaTarget
    name: Annotated[str, Meta(max_length=60)] = ""
    is_following_area: bool = False


class CallFollow(_Command, frozen=True, kw_only=True, tag="call.follow"):
    """Whether who comes into the area of an ad-hoc talkgroup is called in."""

    talkgroup_id: TalkgroupId
    is_following_area: bool


class CallFinish(_Command, frozen=True, kw_only=True, tag="call.end"):
    """End an ad-hoc talkgroup: its units are back in what they had."""

    talkgroup_id: TalkgroupId


# --- video ----------------------------------------------------------------------------------------


class VideoOffer(_Command, frozen=True, kw_only=True, tag="video.offer"):
    """视频回传: a terminal starts sending. `done.subject` is the video id."""


class VideoAsk(_Command, frozen=True, kw_only=True, tag="video.ask"):
    """视频点呼: a desk asks a unit for its camera. `done.subject` is the video id."""

    unit_id: UnitId


class VideoConsentGive(_Command, frozen=True, kw_only=True, tag="video.consent"):
    """A terminal's answer to video.asked."""

    video_id: VideoId
    is_given: bool
    end: VideoEnd = VideoEnd.DECLINED
    """Why not, when not given: `declined` or `camera_refused`."""


class VideoStop(_Command, frozen=True, kw_only=True, tag="video.stop"):
    video_id: VideoId


class VideoWatch(_Command, frozen=True, kw_only=True, tag="video.watch"):
    """A desk puts a live video on one of its video slots (see media.slot)."""

    video_id: VideoId


class VideoUnwatch(_Command, frozen=True, kw_only=True, tag="video.unwatch"):
    video_id: VideoId


# --- orders -----------------------------------------------------------------------------------------


class OrderIssue(_Command, frozen=True, kw_only=True, tag="order.issue"):
    """Durable. `done.subject` is the order id, which is this command's id."""

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    text: Text = ""
    priority: OrderPriority = OrderPriority.NORMAL
    place: Place | None = None
    deadline_at: float | None = None
    target: OrderTarget
    attachments: Annotated[tuple[BlobId, ...], Meta(max_length=10)] = ()
    incident_id: IncidentId | None = None
    """What it is given for; it is linked to the order in the same step."""
    item_id: ItemId | None = None
    """The item of the item list that allows it."""


class OrderAdvance(_Command, frozen=True, kw_only=True, tag="order.advance"):
    """A unit moves its own assignment; an officer verifies, cancels or sends back. Durable."""

    order_id: OrderId
    state: AssignmentState
    unit_id: UnitId | None = None
    """Needed from an officer; None cancels every open assignment."""
    reason: Annotated[str, Meta(max_length=1000)] = ""
    attachments: Annotated[tuple[BlobId, ...], Meta(max_length=10)] = ()
    place: Place | None = None
    occurred_at: float | None = None


class OrderRemind(_Command, frozen=True, kw_only=True, tag="order.remind"):
    """An officer reminds the units that have not answered or finished. Durable."""

    order_id: OrderId


class Ping(_Command, frozen=True, kw_only=True, tag="ping"):
    """Round-trip time at the level the officer feels. Answered by pong."""


Command = (
    DeskSignIn
    | DeskResume
    | IssuerBegin
    | IssuerSignIn
    | IssuerUnlock
    | TokenRefresh
    | TerminalEnrol
    | TerminalSignIn
    | HelpCall
    | SignOut
    | PictureSubscribe
    | LogRead
    | NoteAdd
    | BlobGet
    | BlobPut
    | PositionReport
    | StatusSet
    | AffiliationSet
    | TrackRead
    | TrackDays
    | AssessmentRead
    | AssessmentCases
    | MediaOffer
    | FloorRequest
    | FloorRelease
    | FloorQueuePosition
    | FloorAck
    | CallPlace
    | CallAnswer
    | CallReject
    | CallHangUp
    | CallFromArea
    | CallFollow
    | CallFinish
    | VideoOffer
    | VideoAsk
    | VideoConsentGive
    | VideoStop
    | VideoWatch
    | VideoUnwatch
    | OrderIssue
    | OrderAdvance
    | OrderRemind
    | CalendarRead
    | CaseMove
    | IncidentReport
    | IncidentClose
    | IncidentLinkOrder
    | HubCommand
    | ItemCommand
    | DrillCommand
    | DutyCommand
    | LadderStop
    | PatrolCommand
    | AlarmAcknowledge
    | AlarmShelve
    | AlarmUnshelve
    | AlarmMark
    | FenceDraw
    | FenceChange
    | FenceErase
    | MarkCommand
    | PlanCommand
    | WeatherIssue
    | WorkOrderDiscard
    | WorkOrderRelease
    | WeatherEnd
    | AccountCommand
    | AccessCommand
    | EnrolmentIssue
    | Ping
)
