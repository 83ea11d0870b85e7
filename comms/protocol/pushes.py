"""Pushes: what the gateway sends. Replies carry the `id` of their command; the rest come unasked."""

import msgspec

from comms.domain.call import Call, CallEnd
from comms.domain.events import Recorded
from comms.domain.ids import (
    BlobId,
    CallId,
    CommandId,
    JurisdictionId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    VideoId,
)
from comms.domain.item import Item, ItemVersion
from comms.domain.order import AssignmentState, Order
from comms.domain.picture import Picture
from comms.domain.talkgroup import Talkgroup
from comms.domain.video import Video, VideoEnd
from comms.domain.work_calendar import CalendarYear
from comms.domain.work_order import Fault
from comms.protocol.account_pushes import AccountPush
from comms.protocol.assessment_commands import AssessmentCasePage, AssessmentTable
from comms.protocol.drill_commands import DrillStatus
from comms.protocol.errors import RefusalCode
from comms.protocol.health import GatewayHealth
from comms.protocol.issuer_commands import IssuerOffer
from comms.protocol.patrol_pushes import PatrolPush
from comms.protocol.push_shape import AnyPush as _Push
from comms.protocol.push_shape import AnyReply as _Reply

# --- replies --------------------------------------------------------------------------------------


class Done(_Reply, frozen=True, kw_only=True, tag="done"):
    """Carried out. `subject` is what was made (order id, call id, video id, blob id)."""

    subject: str | None = None


class Refused(_Push, frozen=True, kw_only=True, tag="refused"):
    """Not carried out. `text` is one sentence in the session's language, saying what to do.

    `id` is empty when the frame could not be read far enough to know it."""

    code: RefusalCode
    text: str
    id: CommandId = CommandId("")
    retry_after_s: float | None = None
    faults: tuple[Fault, ...] = ()
    """What is still wrong with a work order."""


class IceServer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As RTCIceServer of WebRTC; credentials of coturn live a day at most."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


class Welcome(_Reply, frozen=True, kw_only=True, tag="session.welcome"):
    """Signed in. Desks get tokens; terminals keep their device token. Times are Unix seconds."""

    protocol: int
    party: PartyId
    name: str
    jurisdiction_id: JurisdictionId
    server_time: float
    talkgroups: tuple[Talkgroup, ...] = ()
    """Those the session may affiliate to."""
    affiliated: tuple[TalkgroupId, ...] = ()
    token: str | None = None
    token_expires_at: float | None = None
    refresh_token: str | None = None
    ice_servers: tuple[IceServer, ...] = ()
    position_interval_s: float = 5.0
    """How often a terminal should report its position."""
    return_within_s: float = 0.0
    """After a loss all terminals of the site spread their first attempt over so long, so that they are no herd."""
    is_drill: bool = False
    """Nothing here is real, and every window says so."""
    wall_time: float | None = None
    """The world's time, by which tokens end, where `server_time` is a drill's; None where they are the same."""
    password_expires_at: float | None = None
    """When the officer has to choose another; told when that is near."""
    idle_lock_s: float = 0.0
    """So long untouched, a desk locks itself until the password is typed; 0: never."""
    certificate_ends_at: float | None = None
    """When the certificate ends that this desk has shown; None: none was asked for or shown."""
    has_issuer: bool = False
    """Officers may prove who they are at the site's identity service, too."""
    must_set_up: bool = False
    """The site asks this officer for a second factor: until there is one, only what looks and emergencies go on."""


class Enrolled(_Reply, frozen=True, kw_only=True, tag="terminal.enrolled"):
    device_token: str
    unit_id: UnitId


class TokenGranted(_Reply, frozen=True, kw_only=True, tag="token.granted"):
    token: str
    token_expires_at: float
    refresh_token: str


class EnrolmentCode(_Reply, frozen=True, kw_only=True, tag="enrolment.code"):
    """`path` is the web terminal's address on this gateway, with the code in its fragment."""

    code: str
    expires_at: float
    path: str


class PictureSnapshot(_Reply, frozen=True, kw_only=True, tag="picture.snapshot"):
    """The whole picture; `picture.seq` is the last event in it. Events after it follow as `event`."""

    picture: Picture


class PictureResumed(_Reply, frozen=True, kw_only=True, tag="picture.resumed"):
    """The subscription goes on from `after_seq`; the missing events follow as `event`."""

    after_seq: int


class LogPage(_Reply, frozen=True, kw_only=True, tag="log.page"):
    events: tuple[Recorded, ...]
    has_more: bool = False


class BlobContent(_Reply, frozen=True, kw_only=True, tag="blob.content"):
    """`total_bytes` is the blob's size when only a part of it was asked for."""

    blob_id: BlobId
    media_type: str
    data: bytes
    total_bytes: int | None = None


class PositionTaken(_Reply, frozen=True, kw_only=True, tag="position.taken"):
    """`refused` names, by index, the readings that were not used and why."""

    taken: int
    refused: dict[int, RefusalCode] = {}


class UnitTrack(msgspec.Struct, frozen=True, kw_only=True):
    """`data` is a WGT1 track chunk (`comms/protocol/track_chunk.py`), Base64 in JSON."""

    unit_id: UnitId
    data: bytes


class TrackPage(_Reply, frozen=True, kw_only=True, tag="track.page"):
    """`next` is the `first` of the command for the following page; None when this is the last."""

    tracks: tuple[UnitTrack, ...]
    next: int | None = None


class TrackDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day, by the moment it begins (Unix seconds), with so many readings of all units asked for."""

    start_at: float
    readings: int


class TrackDayList(_Reply, frozen=True, kw_only=True, tag="track.day_list"):
    """Oldest first."""

    days: tuple[TrackDay, ...]


class MediaAnswer(_Reply, frozen=True, kw_only=True, tag="media.answer"):
    sdp: str


class CalendarYears(_Reply, frozen=True, kw_only=True, tag="calendar.years"):
    """Days are counted from 1970-01-01, hours are spans of seconds of the day, both in China Standard Time."""

    years: tuple[CalendarYear, ...]


class ItemVersions(_Reply, frozen=True, kw_only=True, tag="item.versions"):
    """Of one item, oldest first."""

    versions: tuple[ItemVersion, ...]


class Pong(_Reply, frozen=True, kw_only=True, tag="pong"):
    server_time: float


# --- unasked --------------------------------------------------------------------------------------


class EventPush(_Push, frozen=True, kw_only=True, tag="event"):
    """One event of the journal, in order, to subscribed desks."""

    recorded: Recorded


class SessionEnded(_Push, frozen=True, kw_only=True, tag="session.ended"):
    """The gateway ends this session; the connection closes after it."""

    code: RefusalCode
    text: str


class FloorGranted(_Push, frozen=True, kw_only=True, tag="floor.granted"):
    """Talk now, for at most `duration_s` (T2). From the queue: confirm with floor.ack, or the grant is
    sent again (T20), and taken back when the talker does not press (T132)."""

    talkgroup_id: TalkgroupId
    call_id: CallId
    floor_seq: int
    duration_s: float
    frame_ms: int = 20
    """Opus frame length to send: 20, or 40 in very large groups."""
    from_queue: bool = False


class FloorDenied(_Push, frozen=True, kw_only=True, tag="floor.denied"):
    """`cause` is the Reject Cause of TS 24.380 §8.2.6.2."""

    talkgroup_id: TalkgroupId
    cause: int


class FloorQueued(_Push, frozen=True, kw_only=True, tag="floor.queued"):
    """`position` 1 is next. 0 means not in the queue."""

    talkgroup_id: TalkgroupId
    position: int
    size: int


class FloorTaken(_Push, frozen=True, kw_only=True, tag="floor.taken"):
    talkgroup_id: TalkgroupId
    call_id: CallId
    floor_seq: int
    talker: PartyId
    talker_name: str
    is_emergency: bool = False


class FloorIdle(_Push, frozen=True, kw_only=True, tag="floor.idle"):
    talkgroup_id: TalkgroupId
    floor_seq: int


class FloorRevoked(_Push, frozen=True, kw_only=True, tag="floor.revoked"):
    """Stop talking within `grace_s` (T3). `cause` as in TS 24.380: 2 too long, 4 pre-empted."""

    talkgroup_id: TalkgroupId
    floor_seq: int
    cause: int
    grace_s: float


class TalkgroupAdded(_Push, frozen=True, kw_only=True, tag="talkgroup.added"):
    """An officer calls this unit into an ad-hoc talkgroup. It is affiliated and selected already: show its name and
    expect to hear it; what was selected before comes after it."""

    talkgroup: Talkgroup
    called_by_name: str


class TalkgroupRemoved(_Push, frozen=True, kw_only=True, tag="talkgroup.removed"):
    """That call is over: this unit is back in what it had before."""

    talkgroup_id: TalkgroupId


class CallRinging(_Push, frozen=True, kw_only=True, tag="call.ringing"):
    """Somebody calls this session. Answer, reject, or let it time out."""

    call: Call
    caller_name: str
    rings_until: float


class CallConnected(_Push, frozen=True, kw_only=True, tag="call.connected"):
    """The point call is answered; both talk at once."""

    call_id: CallId


class CallFinished(_Push, frozen=True, kw_only=True, tag="call.finished"):
    call_id: CallId
    end: CallEnd


class VideoAskedPush(_Push, frozen=True, kw_only=True, tag="video.asked"):
    """A desk asks for this terminal's camera. Answer with video.consent."""

    video: Video
    officer_name: str
    answer_by: float


class VideoWanted(_Push, frozen=True, kw_only=True, tag="video.wanted"):
    """Send (or stop sending) camera frames on the session's video track: somebody watches, or nobody."""

    video_id: VideoId
    is_wanted: bool


class VideoFinished(_Push, frozen=True, kw_only=True, tag="video.finished"):
    video_id: VideoId
    end: VideoEnd


class MediaSlot(_Push, frozen=True, kw_only=True, tag="media.slot"):
    """What a receiving m-line of this session carries now. No source: silent."""

    mid: str
    source: PartyId | None = None
    talkgroup_id: TalkgroupId | None = None
    call_id: CallId | None = None
    video_id: VideoId | None = None


class OrderPush(_Push, frozen=True, kw_only=True, tag="order.push"):
    """An order for this unit, at issue and again at every sign-in while it is open. Advance it to
    `delivered` when it is stored; the gateway sends it again until then."""

    order: Order
    state: AssignmentState
    issued_by_name: str
    item: Item | None = None
    """The item of the item list behind it, as it was at issue: when it is done, and what to bring back."""


class OrderChanged(_Push, frozen=True, kw_only=True, tag="order.changed"):
    """The gateway's word on this unit's assignment: after each step, and on cancel or reminder."""

    order_id: OrderId
    state: AssignmentState
    reason: str = ""
    is_reminder: bool = False


class HealthReading(_Reply, frozen=True, kw_only=True, tag="health.reading"):
    health: GatewayHealth


Push = (
    Done
    | Refused
    | Welcome
    | Enrolled
    | TokenGranted
    | EnrolmentCode
    | PictureSnapshot
    | PictureResumed
    | LogPage
    | BlobContent
    | PositionTaken
    | TrackPage
    | TrackDayList
    | AssessmentTable
    | AssessmentCasePage
    | MediaAnswer
    | CalendarYears
    | DrillStatus
    | ItemVersions
    | Pong
    | EventPush
    | SessionEnded
    | FloorGranted
    | FloorDenied
    | FloorQueued
    | FloorTaken
    | FloorIdle
    | FloorRevoked
    | TalkgroupAdded
    | TalkgroupRemoved
    | CallRinging
    | CallConnected
    | CallFinished
    | VideoAskedPush
    | VideoWanted
    | VideoFinished
    | MediaSlot
    | OrderPush
    | OrderChanged
    | PatrolPush
    | AccountPush
    | IssuerOffer
    | HealthReading
)
