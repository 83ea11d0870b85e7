"""Which drill runs and how far it is, folded from its events. A live gateway's picture has none."""

from collections.abc import Iterable
from typing import assert_never

import msgspec

from comms.domain import drill_events as dr
from comms.domain.ids import BurstId, CallId, OfficerId, PartyId, TalkgroupId, UnitId
from comms.domain.inject import ActorId, InjectId, ObjectiveId, RoleId, Words
from comms.domain.order import Place
from comms.domain.states import Change

NOUN = "drill"
KEPT_NOTES, KEPT_WORDS = 500, 500
"""Notes and spoken words kept to look back at; the journal has all."""


class FiredInject(msgspec.Struct, kw_only=True, omit_defaults=True):
    at: float
    seq: int
    by: PartyId
    made: tuple[dr.Made, ...] = ()
    place: Place | None = None
    is_by_hand: bool = False


class DrillNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`at` and `about_at` are seconds of the drill clock, Unix."""

    at: float
    seq: int
    by: PartyId
    text: str
    about_at: float
    objective: ObjectiveId | None = None
    is_shown: bool = False


class RatingKey(msgspec.Struct, frozen=True):
    """Who rated what of whom; `officer_id` empty is the team."""

    by: PartyId
    objective: ObjectiveId
    officer_id: str = ""


class GivenRating(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: RatingKey
    rating: dr.Rating
    at: float
    seq: int
    words: str = ""


class Improvement(msgspec.Struct, kw_only=True, omit_defaults=True):
    raised: dr.ImprovementRaised
    by: PartyId
    at: float
    settled_at: float | None = None
    settled_by: PartyId | None = None
    words: str = ""

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class WrittenWords(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the transcript; `at` is the drill clock, Unix seconds."""

    at: float
    seq: int
    call_id: CallId
    talker: PartyId
    words: str
    burst_id: BurstId | None = None
    source: dr.WordsSource = dr.WordsSource.SIMULATED


class Acting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who speaks as a unit, since when and where."""

    by: PartyId
    at: float
    talkgroup_id: TalkgroupId | None = None
    call_id: CallId | None = None


class DrillState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Times are Unix seconds of the drill clock. `delays_s` are what the trainer added."""

    id: str
    scenario_id: str
    digest: str
    seed: int
    began_at: float
    starts_at: float
    title: Words = ""
    cast: dict[ActorId, tuple[UnitId, ...]] = {}
    roles: dict[OfficerId, RoleId] = {}
    is_paused: bool = False
    is_frozen: bool = False
    speed: float = 1.0
    fired: dict[InjectId, FiredInject] = {}
    skipped: dict[InjectId, str] = {}
    delays_s: dict[InjectId, float] = {}
    notes: list[DrillNote] = []
    ratings: list[GivenRating] = []
    improvements: dict[str, Improvement] = {}
    words: list[WrittenWords] = []
    acting: dict[UnitId, Acting] = {}
    ended_at: float | None = None
    is_early: bool = False

    @property
    def is_running(self) -> bool:
        return self.ended_at is None


class DrillBook(msgspec.Struct, kw_only=True):
    """A journal of drills has one after the other; the newest stands."""

    state: DrillState | None = None

    def apply(self, event: dr.DrillEvent, *, at: float, seq: int, actor: PartyId) -> tuple[Change, ...]:
        if isinstance(event, dr.DrillBegan):
            return self._begin(event, at)
        state = self.state
        if state is None or isinstance(event, dr.DrillWithheld):  # a note or an improvement may come before its drill
            return ()
        match event:
            case dr.DrillJoined():
                state.roles[event.officer_id] = event.role
            case dr.InjectFired() | dr.InjectMade() | dr.InjectSkipped() | dr.InjectDelayed():
                _inject(state, event, at=at, seq=seq, actor=actor)
            case dr.DrillPaused() | dr.DrillResumed() | dr.DrillSpeedSet() | dr.DrillJumped():
                _clock(state, event)
            case dr.DrillNoted() | dr.DrillRated():
                _say(state, event, at=at, seq=seq, actor=actor)
            case dr.ImprovementRaised() | dr.ImprovementSettled():
                _improve(state, event, at=at, actor=actor)
            case dr.TalkWritten() | dr.DrillActed() | dr.DrillActEnded():
                _speak(state, event, at=at, seq=seq, actor=actor)
            case dr.DrillEnded():
                state.acting.clear()
                state.ended_at, state.is_early = at, event.is_early
                state.is_paused = state.is_frozen = False
            case _:
                assert_never(event)
        return (Change(NOUN, state.id),)

    def _begin(self, event: dr.DrillBegan, at: float) -> tuple[Change, ...]:
        before = self.state if event.goes_on else None
        self.state = DrillState(
            id=event.drill_id,
            scenario_id=event.scenario_id,
            digest=event.digest,
            seed=event.seed,
            began_at=at,
            starts_at=event.starts_at,
            title=event.title,
            cast=event.cast,
        )
        if before is not None:
            _take_along(self.state, before)
        return (Change(NOUN, event.drill_id, True),)


def _take_along(state: DrillState, before: DrillState) -> None:
    """All but the ratings: whoever takes over decides anew, and is rated for that."""
    state.roles, state.notes, state.improvements = before.roles, before.notes, before.improvements
    state.fired, state.skipped, state.delays_s = before.fired, before.skipped, before.delays_s


def _inject(
    state: DrillState,
    event: dr.InjectFired | dr.InjectMade | dr.InjectSkipped | dr.InjectDelayed,
    *,
    at: float,
    seq: int,
    actor: PartyId,
) -> None:
    match event:
        case dr.InjectFired():
            state.skipped.pop(event.inject_id, None)
            state.fired[event.inject_id] = FiredInject(
                at=at, seq=seq, by=actor, made=event.made, place=event.place, is_by_hand=event.is_by_hand
            )
        case dr.InjectMade():
            fired = state.fired.get(event.inject_id)
            if fired is not None:
                fired.made += event.made
        case dr.InjectSkipped():
            state.skipped[event.inject_id] = event.reason
        case dr.InjectDelayed():
            state.delays_s[event.inject_id] = state.delays_s.get(event.inject_id, 0.0) + event.by_s
        case _:
            assert_never(event)


def _clock(state: DrillState, event: dr.DrillPaused | dr.DrillResumed | dr.DrillSpeedSet | dr.DrillJumped) -> None:
    """A jump moves the clock itself, which every record's time shows."""
    match event:
        case dr.DrillPaused():
            state.is_paused, state.is_frozen = True, event.is_frozen
        case dr.DrillResumed():
            state.is_paused = state.is_frozen = False
        case dr.DrillSpeedSet():
            state.speed = event.speed
        case dr.DrillJumped():
            pass
        case _:
            assert_never(event)


def _say(state: DrillState, event: dr.DrillNoted | dr.DrillRated, *, at: float, seq: int, actor: PartyId) -> None:
    if isinstance(event, dr.DrillNoted):
        about_at = at if event.at_s is None else state.starts_at + event.at_s
        state.notes.append(
            DrillNote(
                at=at,
                seq=seq,
                by=actor,
                text=event.text,
                about_at=about_at,
                objective=event.objective,
                is_shown=event.is_shown,
            )
        )
        del state.notes[:-KEPT_NOTES]
        return
    key = RatingKey(by=actor, objective=event.objective, officer_id=event.officer_id or "")
    state.ratings = [given for given in state.ratings if given.key != key]
    state.ratings.append(GivenRating(key=key, rating=event.rating, at=at, seq=seq, words=event.words))


def _improve(
    state: DrillState, event: dr.ImprovementRaised | dr.ImprovementSettled, *, at: float, actor: PartyId
) -> None:
    if isinstance(event, dr.ImprovementRaised):
        state.improvements[event.improvement_id] = Improvement(raised=event, by=actor, at=at)
        return
    known = state.improvements.get(event.improvement_id)
    if known is not None:
        known.settled_at, known.settled_by, known.words = at, actor, event.words


def _speak(
    state: DrillState,
    event: dr.TalkWritten | dr.DrillActed | dr.DrillActEnded,
    *,
    at: float,
    seq: int,
    actor: PartyId,
) -> None:
    match event:
        case dr.TalkWritten():
            state.words.append(
                WrittenWords(
                    at=at,
                    seq=seq,
                    call_id=event.call_id,
                    talker=event.talker,
                    words=event.words,
                    burst_id=event.burst_id,
                    source=event.source,
                )
            )
            del state.words[:-KEPT_WORDS]
        case dr.DrillActed():
            state.acting[event.unit_id] = Acting(
                by=actor, at=at, talkgroup_id=event.talkgroup_id, call_id=event.call_id
            )
        case dr.DrillActEnded():
            state.acting.pop(event.unit_id, None)
        case _:
            assert_never(event)


def carried_over(improvements: Iterable[Improvement], from_drill: str) -> tuple[dr.ImprovementRaised, ...]:
    """Events with which the next drill begins, so that it shows what is still open. `from_drill` raised those that say
    nothing else."""
    return tuple(
        msgspec.structs.replace(each.raised, from_drill=each.raised.from_drill or from_drill)
        for each in improvements
        if each.is_open
    )
