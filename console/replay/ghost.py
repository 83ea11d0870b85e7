"""The ghost (影子): another team's run of the same scenario beside this one, both from their drill's second 0 on one
clock. Where its units were at a second, and who did what first. Without windows; reads on the ghost replay's thread."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from comms.domain import events as ev
from comms.domain.drill_book import DrillState
from comms.domain.drill_events import DrillBegan
from comms.domain.drill_seats import Seats
from comms.domain.events import Recorded
from comms.domain.expectation_watch import Outcome
from comms.domain.hub_events import IncidentAcknowledged
from comms.domain.ids import UnitId
from comms.domain.inject import Words
from comms.domain.order import AssignmentState
from comms.domain.picture import Picture
from comms.domain.scenario import Scenario
from comms.domain.score import Reading
from comms.journal.replay.replay import Replay

STALE_S = 300.0
"""Whoever was not heard of for longer is not shown."""


class Step(StrEnum):
    """What every run has, whatever its scenario expects: the first of each."""

    ACKNOWLEDGED = "acknowledged"
    ORDERED = "ordered"
    ARRIVED = "arrived"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that was done: at which second of its drill, by which event."""

    second: float
    seq: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One milestone of both runs; `id` is a `Step` or a line of the score. None: it was not done."""

    id: str
    title: Words
    own: Milestone | None
    ghost: Milestone | None

    @property
    def behind_s(self) -> float | None:
        """How much later than the ghost; less than 0 is earlier. None where one of them did not do it."""
        if self.own is None or self.ghost is None:
            return None
        return self.own.second - self.ghost.second


@dataclass(frozen=True, slots=True)
class Course:
    """A run's milestones in the order of the scenario, steps first. `zero_at` is its second 0, Unix."""

    zero_at: float
    length_s: float
    steps: Mapping[Step, Milestone]
    lines: Mapping[str, Milestone]
    titles: Mapping[str, Words]


def course_of(scenario: Scenario, reading: Reading, records: Iterable[Recorded]) -> Course:
    """`reading` is what the score was made of, from the same records."""
    drill, zero_at = reading.drill, reading.drill.starts_at
    done = {
        f"expectation:{key}": Milestone(standing.met_at - zero_at, standing.evidence[-1])
        for key, standing in reading.standings.items()
        if standing.outcome in (Outcome.MET, Outcome.LATE) and standing.met_at is not None and standing.evidence
    }
    return Course(
        zero_at=zero_at,
        length_s=max(0.0, reading.score.ended_at - zero_at),
        steps=_steps(Seats(scenario), drill, records),
        lines=done,
        titles={line.id: line.title for line in reading.score.lines},
    )


def pairs(own: Course, ghost: Course) -> tuple[Pair, ...]:
    """The steps, then each line of the score that either of them has done."""
    steps = [Pair(step.value, "", own.steps.get(step), ghost.steps.get(step)) for step in Step]
    done = own.lines.keys() | ghost.lines.keys()
    titles = {**ghost.titles, **own.titles}
    return (
        *steps,
        *(Pair(key, titles[key], own.lines.get(key), ghost.lines.get(key)) for key in titles if key in done),
    )


def _steps(seats: Seats, drill: DrillState, records: Iterable[Recorded]) -> dict[Step, Milestone]:
    """Since the drill began; what trainees did, and what units did upon their orders."""
    found: dict[Step, Milestone] = {}
    is_on = False
    for recorded in records:
        if isinstance(recorded.event, DrillBegan):
            is_on = True
            if not recorded.event.goes_on:
                found = {}
        step = _step_of(recorded.event) if is_on else None
        if step is None or step in found:
            continue
        if step is Step.ARRIVED or seats.trainee(recorded.actor, drill) is not None:
            found[step] = Milestone(recorded.at - drill.starts_at, recorded.seq)
    return found


def _step_of(event: ev.Event) -> Step | None:
    match event:
        case IncidentAcknowledged():
            return Step.ACKNOWLEDGED
        case ev.OrderIssued():
            return Step.ORDERED
        case ev.OrderAdvanced(state=AssignmentState.ON_SCENE):
            return Step.ARRIVED
        case ev.IncidentClosed():
            return Step.CLOSED
        case _:
            return None


# --- on one clock -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class GhostPlaces:
    """Row i is unit i: degrees WGS-84."""

    unit_ids: Sequence[UnitId]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


NOWHERE = GhostPlaces((), np.zeros(0), np.zeros(0))


class Ghost:
    """The other run. `own_zero_at` and `zero_at` are the Unix seconds of both drills' second 0. Who made the replay
    closes it."""

    def __init__(self, replay: Replay, *, own_zero_at: float, zero_at: float) -> None:
        self._replay = replay
        self.own_zero_at, self.zero_at = own_zero_at, zero_at

    def at_of(self, own_at: float) -> float:
        """The ghost's moment when this run's clock says so."""
        return self.zero_at + own_at - self.own_zero_at

    async def places(self, own_at: float) -> GhostPlaces:
        """Where its units were at the same second; nobody before its beginning and after its end."""
        at = self.at_of(own_at)
        return await asyncio.wrap_future(self._replay.submit(lambda: self._places(at)))

    async def picture(self, own_at: float) -> Picture:
        """What was known in it at the same second."""
        at = self.at_of(own_at)
        return await asyncio.wrap_future(
            self._replay.submit(lambda: self._replay.picture_at(self._replay.index.seq_at(at)))
        )

    def _places(self, at: float) -> GhostPlaces:
        index = self._replay.index
        if not index.start_at <= at <= self._replay.end_at + STALE_S:
            return NOWHERE
        seen = self._replay.seen_at(at)
        units = np.flatnonzero(seen.rows >= 0)
        readings = seen.hour.rows[seen.rows[units]]
        is_fresh = at - readings["at"] / 10 <= STALE_S
        units, readings = units[is_fresh], readings[is_fresh]
        ids = seen.hour.unit_ids
        return GhostPlaces([ids[unit] for unit in units.tolist()], readings["lat"] / 1e7, readings["lon"] / 1e7)
