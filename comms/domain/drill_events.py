"""What happens to a drill itself, beside what happens in it: begun, injects fired, its clock, notes, ratings, ended.

Recorded in the drill's own journal. `at` of a record is the drill clock, as of every other."""

from enum import StrEnum

import msgspec

from comms.domain.ids import BurstId, CallId, IncidentId, OfficerId, PartyId, TalkgroupId, UnitId
from comms.domain.inject import ActorId, InjectId, ObjectiveId, RoleId, Words
from comms.domain.order import Place


class Rating(StrEnum):
    """HSEEP's four: how an objective was performed."""

    P = "P"
    """Performed without challenges."""
    S = "S"
    """Performed with some challenges."""
    M = "M"
    """Performed with major challenges."""
    U = "U"
    """Unable to be performed."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of the picture that an inject made. `noun` is that of the picture: `incident`, `alarm`, `weather`,
    `call`, `video`, `order`, `unit`, `talkgroup`."""

    noun: str
    id: str


class _DrillEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of all that happens to a drill."""


class DrillBegan(_DrillEvent, frozen=True, kw_only=True, tag="drill.began"):
    """`digest` is the scenario's. `cast` says which units play whom; `starts_at` is the Unix second that the drill's
    seconds count from, which lies before this record when a recorded past was taken over."""

    drill_id: str
    scenario_id: str
    digest: str
    seed: int
    title: Words = ""
    starts_at: float
    cast: dict[ActorId, tuple[UnitId, ...]] = {}
    forked_from: str = ""
    """The journal that was taken over, in words; `forked_seq` is its last event."""
    forked_seq: int | None = None
    goes_on: bool = False
    """The story of the drill that was taken over goes on: what was fired, skipped and delayed stays so, and
    expectations stand as they stood."""


class DrillJoined(_DrillEvent, frozen=True, kw_only=True, tag="drill.joined"):
    """An officer takes this seat from now on."""

    officer_id: OfficerId
    role: RoleId


class InjectFired(_DrillEvent, frozen=True, kw_only=True, tag="drill.inject_fired"):
    """Recorded before what it does, so that nothing can be answered before it was: ids are chosen beforehand.
    `is_by_hand`: by the trainer, not when its time had come. `place` is where it happens, found in the town."""

    inject_id: InjectId
    made: tuple[Made, ...] = ()
    place: Place | None = None
    is_by_hand: bool = False


class InjectMade(_DrillEvent, frozen=True, kw_only=True, tag="drill.inject_made"):
    """What could not be named beforehand: a call that a terminal began, a video that came."""

    inject_id: InjectId
    made: tuple[Made, ...]


class InjectSkipped(_DrillEvent, frozen=True, kw_only=True, tag="drill.inject_skipped"):
    """The trainer left it out, or its condition cannot come about any more."""

    inject_id: InjectId
    reason: str = ""


class InjectDelayed(_DrillEvent, frozen=True, kw_only=True, tag="drill.inject_delayed"):
    """By so many seconds more than the scenario says."""

    inject_id: InjectId
    by_s: float


class DrillPaused(_DrillEvent, frozen=True, kw_only=True, tag="drill.paused"):
    """`is_frozen`: everybody stops, and it is talked about."""

    is_frozen: bool = False
    reason: str = ""


class DrillResumed(_DrillEvent, frozen=True, kw_only=True, tag="drill.resumed"):
    pass


class DrillSpeedSet(_DrillEvent, frozen=True, kw_only=True, tag="drill.speed_set"):
    """How many seconds of the drill go by in one of the wall's."""

    speed: float


class DrillJumped(_DrillEvent, frozen=True, kw_only=True, tag="drill.jumped"):
    """The clock goes from one second to another, and what lies between is not played at its pace. Recorded as it
    begins. One that was stopped is told of once more, from where it was meant to go back to where it came."""

    from_s: float
    to_s: float


class DrillNoted(_DrillEvent, frozen=True, kw_only=True, tag="drill.noted"):
    """A trainer's or observer's bookmark: private, unless it `is_shown` in the discussion. `at_s` is the second of the
    drill it is about; None is now."""

    text: str
    objective: ObjectiveId | None = None
    at_s: float | None = None
    is_shown: bool = False


class DrillRated(_DrillEvent, frozen=True, kw_only=True, tag="drill.rated"):
    """By whoever recorded it. Rated again, an observer's last word counts. `officer_id` None is the team."""

    objective: ObjectiveId
    rating: Rating
    words: str = ""
    officer_id: OfficerId | None = None


class ImprovementRaised(_DrillEvent, frozen=True, kw_only=True, tag="drill.improvement_raised"):
    """Something to be done better (改进措施). `owner` is a role in words, `due` a day (`2026-07-01`); `from_drill` is
    where it was raised, when it came along from an earlier one."""

    improvement_id: str
    text: str
    owner: str
    due: str
    objective: ObjectiveId | None = None
    incident_id: IncidentId | None = None
    from_drill: str = ""


class ImprovementSettled(_DrillEvent, frozen=True, kw_only=True, tag="drill.improvement_settled"):
    improvement_id: str
    words: str = ""


class WordsSource(StrEnum):
    """Where written words come from."""

    SIMULATED = "simulated"
    """Said by nobody but the drill, which knows them."""


class TalkWritten(_DrillEvent, frozen=True, kw_only=True, tag="talk.written"):
    """What was said, in words: in a talk burst, or (`burst_id` None) at the beginning of a point call. Recorded when it
    begins to be said."""

    call_id: CallId
    talker: PartyId
    words: str
    source: WordsSource
    burst_id: BurstId | None = None


class DrillActed(_DrillEvent, frozen=True, kw_only=True, tag="drill.acted"):
    """A trainer speaks as this unit from now on, on a talkgroup or in a call. Recorded by the trainer. `role` is whom
    of the cast it is."""

    unit_id: UnitId
    role: ActorId | None = None
    talkgroup_id: TalkgroupId | None = None
    call_id: CallId | None = None


class ActEnd(StrEnum):
    RELEASED = "released"
    REVOKED = "revoked"
    """The floor was taken back: its time was over, or somebody more urgent spoke."""
    HUNG_UP = "hung_up"
    """The call has ended."""
    LOST = "lost"
    """The trainer's connection, or the unit's, is gone."""


class DrillActEnded(_DrillEvent, frozen=True, kw_only=True, tag="drill.act_ended"):
    unit_id: UnitId
    end: ActEnd = ActEnd.RELEASED


class DrillEnded(_DrillEvent, frozen=True, kw_only=True, tag="drill.ended"):
    """`is_early`: before its story was over."""

    is_early: bool = False
    reason: str = ""


class DrillWithheld(_DrillEvent, frozen=True, kw_only=True, tag="drill.withheld"):
    """Stands, on the way to a trainee's desk, where something is that he may not hear. Never in a journal."""


DrillEvent = (
    DrillBegan
    | DrillJoined
    | InjectFired
    | InjectMade
    | InjectSkipped
    | InjectDelayed
    | DrillPaused
    | DrillResumed
    | DrillSpeedSet
    | DrillJumped
    | DrillNoted
    | DrillRated
    | ImprovementRaised
    | ImprovementSettled
    | TalkWritten
    | DrillActed
    | DrillActEnded
    | DrillEnded
    | DrillWithheld
)
