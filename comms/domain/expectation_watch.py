"""Whether trainees do what was expected, told event by event: the director's conditions and the score ask the same
watch, so a contingency is never fired for what the score then finds done. Pure; the clock is the records'."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

import msgspec

from comms.domain import drill_events as dr
from comms.domain.drill_book import DrillState
from comms.domain.drill_seats import Seats
from comms.domain.events import CallAnswered, Recorded, TalkStarted
from comms.domain.expectation import Expectation
from comms.domain.expectation_match import Match, Sight, matched
from comms.domain.ids import OfficerId, PartyId, UnitId, party_officer
from comms.domain.inject import ExpectationId
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.scenario import Scenario

Nearest = Callable[[Place, float, int], Sequence[UnitId]]
"""Place, Unix second, how many: the units that were nearest then, the nearest first. Positions are not in the journal;
who had other work is, and is looked at in it."""


_TOLD_BY_OTHERS = (TalkStarted, CallAnswered)
"""Recorded by the gateway or by who was called, though an officer did it."""


class Outcome(StrEnum):
    OFF = "off"
    """The inject it is counted from was not fired, or its time was not up when the drill ended."""
    WAITING = "waiting"
    MET = "met"
    LATE = "late"
    """Missed in its time, and done afterwards."""
    MISSED = "missed"


class Standing(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How one expectation stands. `fired_at` and `due_at` are later by what was jumped over; `taken_s` is from the
    inject to what met it. `evidence` are the events (`seq`) that count towards it, `by` who recorded them."""

    id: ExpectationId
    outcome: Outcome = Outcome.OFF
    fired_at: float | None = None
    fired_seq: int | None = None
    due_at: float | None = None
    met_at: float | None = None
    taken_s: float | None = None
    evidence: tuple[int, ...] = ()
    by: tuple[PartyId, ...] = ()
    unit_ids: tuple[UnitId, ...] = ()
    """Those that orders were given to, or that were called."""
    is_nearest_known: bool = True
    """False: who was nearest could not be asked, and everybody counts."""
    is_place_known: bool = True
    """False: the inject made no incident and was nowhere, so an order for anything counts."""

    @property
    def is_settled(self) -> bool:
        return self.outcome in (Outcome.MET, Outcome.LATE, Outcome.MISSED)


class Watch:
    """Feed it every record after the picture has taken it. What it returns has just been met or missed, or was missed
    and is now done late: whoever has a condition on it can act. `nearest` None: expectations of the nearest units
    count any unit, and say so."""

    def __init__(self, scenario: Scenario, *, nearest: Nearest | None = None) -> None:
        self.standings = {each.id: Standing(id=each.id) for each in scenario.expectations}
        self._scenario = scenario
        self._nearest = nearest
        self._seats = Seats(scenario)
        self._jumped_to_at = 0.0

    def feed(self, recorded: Recorded, picture: Picture) -> list[Standing]:
        settled = self.tick(recorded.at)
        drill = picture.drill.state
        event = recorded.event
        if drill is None:
            return settled
        if isinstance(event, dr.DrillEvent):
            self._drill(event, recorded)
            return settled
        officer = party_officer(recorded.actor)
        if officer is None and not isinstance(event, _TOLD_BY_OTHERS):
            return settled
        for expectation in self._open():
            standing = self.standings[expectation.id]
            sight = Sight(picture=picture, drill=drill, fired=drill.fired[expectation.since], nearest=self._nearest)
            match = matched(expectation.what, recorded, sight, standing.unit_ids)
            if match is not None and self._counts(expectation, match, officer, drill):
                settled += self._take(standing, match, recorded)
        return settled

    def ask(self, nearest: Nearest) -> None:
        """Who was nearest is asked of somebody else from now on."""
        self._nearest = nearest

    def tick(self, now: float) -> list[Standing]:
        """What has been missed by now, by Unix seconds of the drill clock."""
        missed = [
            standing
            for standing in self.standings.values()
            if standing.outcome is Outcome.WAITING and standing.due_at is not None and now > standing.due_at
        ]
        for standing in missed:
            standing.outcome = Outcome.MISSED
        return missed

    def next_due_at(self) -> float | None:
        """When something will be missed unless it is done before."""
        waiting = [each.due_at for each in self.standings.values() if each.outcome is Outcome.WAITING]
        return min((due_at for due_at in waiting if due_at is not None), default=None)

    def _open(self) -> Iterable[Expectation]:
        for expectation in self._scenario.expectations:
            if self.standings[expectation.id].outcome in (Outcome.WAITING, Outcome.MISSED):
                yield expectation

    def _drill(self, event: dr.DrillEvent, recorded: Recorded) -> None:
        match event:
            case dr.DrillBegan(goes_on=True):
                pass
            case dr.DrillBegan():
                self.standings = {each.id: Standing(id=each.id) for each in self._scenario.expectations}
            case dr.InjectFired():
                for expectation in self._scenario.expectations:
                    if expectation.since == event.inject_id:
                        self._begin(expectation, recorded)
            case dr.DrillJumped():
                self._jump(event, recorded.at)
            case dr.DrillEnded():
                for standing in self.standings.values():
                    if standing.outcome is Outcome.WAITING:
                        standing.outcome = Outcome.OFF
            case _:
                pass

    def _begin(self, expectation: Expectation, recorded: Recorded) -> None:
        """Fired again, it is counted from the first time."""
        standing = self.standings[expectation.id]
        if standing.outcome is not Outcome.OFF:
            return
        standing.outcome = Outcome.WAITING
        standing.fired_seq = recorded.seq
        standing.fired_at = max(recorded.at, self._jumped_to_at)
        standing.due_at = standing.fired_at + expectation.within_s

    def _jump(self, event: dr.DrillJumped, at: float) -> None:
        """Nobody can act while the clock jumps, so what is waited for has as much longer; and as much less again of a
        jump that was stopped."""
        jumped_s = event.to_s - event.from_s
        self._jumped_to_at = at + max(0.0, jumped_s)
        for standing in self.standings.values():
            if standing.outcome is Outcome.WAITING and standing.due_at is not None and standing.fired_at is not None:
                standing.due_at += jumped_s
                standing.fired_at += jumped_s

    def _counts(self, expectation: Expectation, match: Match, officer: OfficerId | None, drill: DrillState) -> bool:
        """Only what trainees do, and where the expectation names a seat, who sits there."""
        officer = match.officer or officer
        if officer is None:
            return False
        if not self._seats.is_trainee(officer, drill):
            return False
        seat = self._seats.seat(officer, drill)
        return expectation.role is None or seat is None or seat == expectation.role

    def _take(self, standing: Standing, match: Match, recorded: Recorded) -> list[Standing]:
        standing.evidence += (*match.earlier, recorded.seq)
        standing.unit_ids = tuple(dict.fromkeys((*standing.unit_ids, *match.unit_ids)))
        by = recorded.actor if match.officer is None else PartyId(f"officer:{match.officer}")
        standing.by = tuple(dict.fromkeys((*standing.by, by)))
        standing.is_nearest_known = standing.is_nearest_known and match.is_nearest_known
        standing.is_place_known = standing.is_place_known and match.is_place_known
        if not match.is_whole:
            return []
        standing.outcome = Outcome.LATE if standing.outcome is Outcome.MISSED else Outcome.MET
        standing.met_at = recorded.at
        standing.taken_s = recorded.at - (standing.fired_at or recorded.at)
        return [standing]
