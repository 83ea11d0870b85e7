"""The score of a drill, from its record alone: each expectation and each measure is a line with figure, limit, points
and evidence, and a sentence in both languages that explains it; observers' ratings stand beside it. Pure."""

from collections.abc import Iterable

import msgspec

from comms.domain.drill_book import DrillState, GivenRating
from comms.domain.drill_events import Rating
from comms.domain.drill_seats import Seats
from comms.domain.events import Recorded
from comms.domain.expectation import Expectation, OrderSent
from comms.domain.expectation_watch import Nearest, Outcome, Standing, Watch
from comms.domain.ids import party_officer
from comms.domain.inject import ObjectiveId, Words
from comms.domain.picture import Picture
from comms.domain.plan import said
from comms.domain.scenario import Scenario
from comms.domain.score_line import ScoreLine, Verdict
from comms.domain.score_measure import measure_line
from comms.domain.score_person import PersonScore, people
from comms.domain.score_tally import Tally, TallyKeeper
from comms.domain.score_words import EXPECTATION, LOCALES, NEAREST_UNKNOWN, PLACE_UNKNOWN, STEPS_SO_FAR, Telling, number

RATED_FROM = ((0.85, Rating.P), (0.65, Rating.S), (0.4, Rating.M), (0.0, Rating.U))
"""Share of the points from which figures speak for a rating; an observer decides. Our own figures."""


class NoDrillError(ValueError):
    """The record has no drill in it."""


class ObjectiveScore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`figures_say` is what the points alone speak for; `ratings` are the observers'."""

    id: ObjectiveId
    words: Words
    points: float
    of: float
    figures_say: Rating | None = None
    ratings: tuple[GivenRating, ...] = ()

    @property
    def share(self) -> float | None:
        return self.points / self.of if self.of else None


class Score(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Times are Unix seconds of the drill clock. `is_other_version`: the drill was played from another wording of the
    scenario than it is scored by."""

    drill_id: str
    scenario_id: str
    digest: str
    seed: int
    title: Words
    began_at: float
    ended_at: float
    length_s: float
    lines: tuple[ScoreLine, ...]
    objectives: tuple[ObjectiveScore, ...]
    people: tuple[PersonScore, ...]
    is_over: bool = True
    is_early: bool = False
    is_other_version: bool = False

    @property
    def points(self) -> float:
        return sum(line.points for line in self.lines)

    @property
    def of(self) -> float:
        return sum(line.of for line in self.lines)

    @property
    def share(self) -> float | None:
        """None: nothing was scored."""
        return self.points / self.of if self.of else None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass over a record has found, for the score and the review alike."""

    score: Score
    drill: DrillState
    tally: Tally
    standings: dict[str, Standing]
    picture: Picture


def read_drill(scenario: Scenario, records: Iterable[Recorded], *, nearest: Nearest | None = None) -> Reading:
    """`records` are the whole journal from its first event. Raises NoDrillError."""
    picture, seats = Picture(), Seats(scenario)
    watch, keeper = Watch(scenario, nearest=nearest), TallyKeeper(seats)
    for recorded in records:
        picture.apply(recorded)
        keeper.feed(recorded, picture)
        watch.feed(recorded, picture)
    drill = picture.drill.state
    if drill is None:
        raise NoDrillError("No drill was begun in this record.")
    score = _score(scenario, drill, keeper.tally, watch.standings, picture)
    return Reading(score=score, drill=drill, tally=keeper.tally, standings=watch.standings, picture=picture)


def score_of(scenario: Scenario, records: Iterable[Recorded], *, nearest: Nearest | None = None) -> Score:
    """Raises NoDrillError."""
    return read_drill(scenario, records, nearest=nearest).score


def _score(
    scenario: Scenario, drill: DrillState, tally: Tally, standings: dict[str, Standing], picture: Picture
) -> Score:
    expected = [_expectation_line(scenario, each, standings[each.id]) for each in scenario.expectations]
    lines = (*expected, *(measure_line(measure, tally) for measure in scenario.measures))
    names = {officer.id: officer.name for officer in picture.officers.values()}
    seats = Seats(scenario)
    seated = [one for one in drill.roles if seats.is_trainee(one, drill)]
    return Score(
        drill_id=drill.id,
        scenario_id=drill.scenario_id,
        digest=drill.digest,
        seed=drill.seed,
        title=scenario.title,
        began_at=drill.began_at,
        ended_at=tally.ended_at,
        length_s=tally.length_s,
        lines=lines,
        objectives=_objectives(scenario, lines, drill),
        people=people(tally, lines, names, seated),
        is_over=not drill.is_running,
        is_early=drill.is_early,
        is_other_version=drill.digest != scenario.digest,
    )


# --- expectations -------------------------------------------------------------------------------------------

_TOLD = {
    Outcome.MET: (Telling.MET, Verdict.FULL),
    Outcome.LATE: (Telling.LATE, Verdict.HALF),
    Outcome.MISSED: (Telling.MISSED, Verdict.NONE),
    Outcome.WAITING: (Telling.TIME_LEFT, Verdict.NOT_COUNTED),
}


def _expectation_line(scenario: Scenario, expectation: Expectation, standing: Standing) -> ScoreLine:
    off = Telling.NOT_FIRED if standing.fired_at is None else Telling.TIME_LEFT
    telling, verdict = _TOLD.get(standing.outcome, (off, Verdict.NOT_COUNTED))
    is_counted = verdict is not Verdict.NOT_COUNTED
    evidence = standing.evidence if standing.fired_seq is None else (standing.fired_seq, *standing.evidence)
    return ScoreLine(
        id=f"expectation:{expectation.id}",
        title=expectation.words,
        objective=expectation.objective,
        figure=standing.taken_s,
        limit=expectation.within_s,
        unit="s",
        points=expectation.weight * verdict.share,
        of=expectation.weight if is_counted else 0.0,
        verdict=verdict,
        evidence=evidence,
        by=tuple(one for one in map(party_officer, standing.by) if one is not None),
        sentences={locale: _sentence(locale, scenario, expectation, standing, telling) for locale in LOCALES},
    )


def _sentence(locale: str, scenario: Scenario, expectation: Expectation, standing: Standing, telling: Telling) -> str:
    inject = scenario.inject(expectation.since)
    told = EXPECTATION[locale][telling].format(
        inject=said(inject.title, locale) if inject is not None else expectation.since,
        taken=number(standing.taken_s or 0.0),
        limit=number(expectation.within_s),
    )
    if telling is Telling.MISSED and standing.unit_ids:
        told += STEPS_SO_FAR[locale].format(units=len(standing.unit_ids))
    wants_nearest = isinstance(expectation.what, OrderSent) and expectation.what.nearest is not None
    if wants_nearest and standing.evidence and not standing.is_nearest_known:
        told += NEAREST_UNKNOWN[locale]
    if not standing.is_place_known:
        told += PLACE_UNKNOWN[locale]
    return told


# --- objectives ---------------------------------------------------------------------------------------------


def _objectives(scenario: Scenario, lines: Iterable[ScoreLine], drill: DrillState) -> tuple[ObjectiveScore, ...]:
    found = []
    for objective in scenario.objectives:
        own = [line for line in lines if line.objective == objective.id]
        points, of = sum(line.points for line in own), sum(line.of for line in own)
        found.append(
            ObjectiveScore(
                id=objective.id,
                words=objective.words,
                points=points,
                of=of,
                figures_say=rating_of(points / of) if of else None,
                ratings=tuple(given for given in drill.ratings if given.key.objective == objective.id),
            )
        )
    return tuple(found)


def rating_of(share: float) -> Rating:
    """What a share of the points speaks for."""
    return next(rating for least, rating in RATED_FROM if share >= least)


# --- over several runs --------------------------------------------------------------------------------------


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One line over several runs, in their order: None where a run does not have it or did not count it. `best` is the
    run (from 0) with the most points, the first of several."""

    id: str
    title: Words
    unit: str
    figures: tuple[float | None, ...]
    points: tuple[float | None, ...]
    best: int | None


def compared(scores: Iterable[Score]) -> tuple[Compared, ...]:
    """Every line of any of the runs, in the order of the first that has it. Runs of one scenario, the oldest first."""
    runs = list(scores)
    by_run = [{line.id: line for line in score.lines} for score in runs]
    ids = dict.fromkeys(line_id for lines in by_run for line_id in lines)
    found = []
    for line_id in ids:
        lines = [run.get(line_id) for run in by_run]
        first = next(line for line in lines if line is not None)
        points = [line.points if line is not None and line.of else None for line in lines]
        counted = [(value, -at) for at, value in enumerate(points) if value is not None]
        found.append(
            Compared(
                id=line_id,
                title=first.title,
                unit=first.unit,
                figures=tuple(line.figure if line is not None else None for line in lines),
                points=tuple(points),
                best=-max(counted)[1] if counted else None,
            )
        )
    return tuple(found)
