"""Commands about the drill that a gateway runs, from desks; a live gateway has none. Trainers direct, trainers and
observers note and rate, everybody may take a seat. Recorded as events of the drill; none is sent again by itself."""

from typing import Annotated

from msgspec import Meta, Struct

from comms.domain.drill_board import InjectState
from comms.domain.drill_events import Rating
from comms.domain.expectation_watch import Standing
from comms.domain.ids import OfficerId, TalkgroupId
from comms.domain.inject import InjectId, ObjectiveId, RoleId, Seconds, Words
from comms.domain.order import Place
from comms.domain.scenario import RoleKind
from comms.protocol.command_shape import AnyCommand
from comms.protocol.push_shape import AnyReply

_Words = Annotated[str, Meta(max_length=1000)]
_Delay = Annotated[float, Meta(ge=-86_400, le=86_400)]


class DrillStateRead(AnyCommand, frozen=True, kw_only=True, tag="drill.state"):
    """How it stands. Answered by drill.status; `is_whole` also brings the scenario."""

    is_whole: bool = False


class DrillBegin(AnyCommand, frozen=True, kw_only=True, tag="drill.begin"):
    """From second 0; the clock runs."""


class DrillPause(AnyCommand, frozen=True, kw_only=True, tag="drill.pause"):
    """`is_frozen`: to talk about it."""

    is_frozen: bool = False
    reason: _Words = ""


class DrillResume(AnyCommand, frozen=True, kw_only=True, tag="drill.resume"):
    pass


class DrillSpeed(AnyCommand, frozen=True, kw_only=True, tag="drill.speed"):
    """1, 2, 5, 10 or 60 seconds of the drill in one of the wall's."""

    speed: float


class DrillJump(AnyCommand, frozen=True, kw_only=True, tag="drill.jump"):
    """To a second that is to come: all that lies between happens, as fast as it can."""

    to_s: Seconds


class DrillFire(AnyCommand, frozen=True, kw_only=True, tag="drill.fire"):
    """An inject now, also again."""

    inject_id: InjectId


class DrillDelay(AnyCommand, frozen=True, kw_only=True, tag="drill.delay"):
    """By so many seconds more, or less."""

    inject_id: InjectId
    by_s: _Delay


class DrillSkip(AnyCommand, frozen=True, kw_only=True, tag="drill.skip"):
    inject_id: InjectId
    reason: _Words = ""


class DrillNote(AnyCommand, frozen=True, kw_only=True, tag="drill.note"):
    """A bookmark, of now or of `at_s`; private, unless it `is_shown` when it is talked about."""

    text: Annotated[str, Meta(min_length=1, max_length=1000)]
    objective: ObjectiveId | None = None
    at_s: Seconds | None = None
    is_shown: bool = False


class DrillRate(AnyCommand, frozen=True, kw_only=True, tag="drill.rate"):
    """How an objective was performed: by an officer, or (None) by the team."""

    objective: ObjectiveId
    rating: Rating
    words: _Words = ""
    officer_id: OfficerId | None = None


class DrillJoin(AnyCommand, frozen=True, kw_only=True, tag="drill.join"):
    """Take a seat from now on. A trainer's is his whom the scenario names."""

    role: RoleId


class DrillAct(AnyCommand, frozen=True, kw_only=True, tag="drill.act"):
    """A trainer speaks as somebody: `who` is of the cast, or a unit's id. What his desk's microphone sends goes out as
    that one's voice from now on: on a talkgroup (that one's own when none is named), whose floor may be denied, or
    `is_in_call` in a point call, which is answered or placed where there is none. Answered by done, whose subject is
    the unit that talks or the call. It ends by drill.act_end, with the floor, or with the connection."""

    who: Annotated[str, Meta(min_length=1, max_length=100)]
    talkgroup_id: TalkgroupId | None = None
    is_in_call: bool = False
    is_emergency: bool = False


class DrillActEnd(AnyCommand, frozen=True, kw_only=True, tag="drill.act_end"):
    """Lets go. A call goes on without words, unless it `is_hung_up`."""

    is_hung_up: bool = False


class DrillEnd(AnyCommand, frozen=True, kw_only=True, tag="drill.end"):
    reason: _Words = ""


DRILL_COMMANDS = (
    DrillStateRead,
    DrillBegin,
    DrillPause,
    DrillResume,
    DrillSpeed,
    DrillJump,
    DrillFire,
    DrillDelay,
    DrillSkip,
    DrillNote,
    DrillRate,
    DrillJoin,
    DrillAct,
    DrillActEnd,
    DrillEnd,
)
DrillCommand = (
    DrillStateRead
    | DrillBegin
    | DrillPause
    | DrillResume
    | DrillSpeed
    | DrillJump
    | DrillFire
    | DrillDelay
    | DrillSkip
    | DrillNote
    | DrillRate
    | DrillJoin
    | DrillAct
    | DrillActEnd
    | DrillEnd
)


class Seat(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A seat of the drill, as everybody may know it. `officer_ids` sit in it now."""

    id: RoleId
    kind: RoleKind
    name: Words = ""
    officer_ids: tuple[OfficerId, ...] = ()
    may_take: bool = False
    """Whoever asked could sit down in it."""


class DrillStatus(AnyReply, frozen=True, kw_only=True, tag="drill.status"):
    """`second` of the drill, negative before it has begun; `length_s` is how long it is meant to last. The board and
    the standings are the trainer's and the observers' only; trainees get none."""

    drill_id: str
    second: float
    length_s: float
    speed: float
    is_begun: bool = False
    is_paused: bool = False
    is_over: bool = False
    is_wordless: bool = False
    """Simulated people are heard without words: the machine that runs the drill has no program for speech."""
    role: RoleId | None = None
    """The seat of who asks."""
    at: float = 0.0
    """The drill clock at `second`, Unix seconds."""
    seats: tuple[Seat, ...] = ()
    injects: tuple[InjectState, ...] = ()
    standings: tuple[Standing, ...] = ()
    scenario: str | None = None
    """As JSON, when it was asked for; trainees do not get it."""
    places: dict[InjectId, Place] = {}
    """With the scenario: where injects happen, as far as they say."""
