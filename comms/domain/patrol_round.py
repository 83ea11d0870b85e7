"""How one plan stands: which of its places are done in the present period, due, overdue. Columns, without a clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId, PatrolPlaceId
from comms.domain.patrol import Due, PatrolPlan, Rhythm
from comms.domain.patrol_period import Period, deadline_of, period, period_at, previous
from comms.domain.patrol_places import PlaceTable, Rows
from comms.domain.work_calendar import WorkCalendar

NEVER = -1
MOST_UNCLOSED = 7
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Standing:
    """By the round's rows at one instant. Where `deadline_at` is NaN nothing is asked (a day off)."""

    is_due: Flags
    is_overdue: Flags
    is_done: Flags
    is_excused: Flags
    deadline_at: NDArray[np.float64]


@dataclass(slots=True)
class Tally:
    """Visits of one grid in the present periods of all plans asked about."""

    due: int = 0
    overdue: int = 0
    done: int = 0
    excused: int = 0
    missed: int = 0
    """In the last period of each plan."""


@dataclass(slots=True)
class PlanRound:
    """`rows` are the plan's places in the table; `done` and `excused` the last period in which each was."""

    plan: PatrolPlan
    table: PlaceTable
    since_at: float = 0.0
    """When the plan was made, Unix seconds."""
    rows: Rows = field(init=False)
    done: Rows = field(init=False)
    excused: Rows = field(init=False)
    rhythms: tuple[Rhythm, ...] = field(init=False)
    rhythm: NDArray[np.int8] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = self.table.rows_of(self.plan)
        self.done = np.full(len(self.rows), NEVER, np.int64)
        self.excused = np.full(len(self.rows), NEVER, np.int64)
        self.rhythms = tuple(sorted(self.plan.rhythms))
        levels = self.table.level[self.rows]
        self.rhythm = np.array(
            [self.rhythms.index(self.plan.rhythm_at(int(level))) for level in levels.tolist()], np.int8
        )

    def index_of(self, place_id: PatrolPlaceId) -> int | None:
        """Where a place stands in the round."""
        row = self.table.row_of.get(place_id)
        if row is None:
            return None
        at = int(np.searchsorted(self.rows, row))
        return at if at < len(self.rows) and self.rows[at] == row else None

    def settle(self, place_id: PatrolPlaceId, due: Due, *, is_excused: bool = False) -> None:
        """A visit was done, or excused; of an earlier period, or under another rhythm, it changes nothing now."""
        at = self.index_of(place_id)
        if at is None or self.rhythms[self.rhythm[at]] is not due.rhythm:
            return
        column = self.excused if is_excused else self.done
        column[at] = max(int(column[at]), due.period)

    def due_at(self, place_id: PatrolPlaceId, at: float, calendar: WorkCalendar) -> Due | None:
        """What is due at a place at this instant, or None."""
        index = self.index_of(place_id)
        if index is None:
            return None
        rhythm = self.rhythms[self.rhythm[index]]
        found = period_at(rhythm, at, calendar)
        if found is None or self.done[index] >= found.number or self.excused[index] >= found.number:
            return None
        return Due(plan_id=self.plan.id, rhythm=rhythm, period=found.number)

    def standing(self, at: float, calendar: WorkCalendar) -> Standing:
        number = np.full(len(self.rows), NEVER, np.int64)
        deadline = np.full(len(self.rows), np.nan)
        for index, found in enumerate(self.periods(at, calendar)):
            if found is not None:
                number[self.rhythm == index] = found.number
                deadline[self.rhythm == index] = deadline_of(self.plan, found, calendar, since_at=self.since_at)
        is_asked = number != NEVER
        is_done = is_asked & (self.done >= number)
        is_excused = is_asked & ~is_done & (self.excused >= number)
        is_due = is_asked & ~is_done & ~is_excused
        return Standing(is_due, is_due & (deadline < at), is_done, is_excused, deadline)

    def periods(self, at: float, calendar: WorkCalendar) -> list[Period | None]:
        """The present one of each rhythm."""
        return [period_at(rhythm, at, calendar) for rhythm in self.rhythms]

    def of_rhythm(self, rhythm: Rhythm) -> Rows:
        """The table's rows of places that are visited so often."""
        rows: Rows = self.rows[self.rhythm == self.rhythms.index(rhythm)]
        return rows

    def tally(self, at: float, calendar: WorkCalendar, into: dict[JurisdictionId, Tally]) -> None:
        """Add what stands in each grid."""
        standing = self.standing(at, calendar)
        grid = self.table.grid[self.rows]
        counts = {
            "due": standing.is_due,
            "overdue": standing.is_overdue,
            "done": standing.is_done,
            "excused": standing.is_excused,
        }
        for name, flags in counts.items():
            found = np.bincount(grid[flags], minlength=len(self.table.grids))
            for index in np.flatnonzero(found).tolist():
                tally = into.setdefault(JurisdictionId(self.table.grids[index]), Tally())
                setattr(tally, name, getattr(tally, name) + int(found[index]))


def unclosed(
    rhythm: Rhythm, *, since_at: float, closed: int | None, now: float, calendar: WorkCalendar
) -> list[Period]:
    """Whole periods since the plan was made that are over and not closed yet, oldest first, at most so many back."""
    last = previous(rhythm, now, calendar)
    if last is None:
        return []
    first = last.number - MOST_UNCLOSED + 1 if closed is None else max(closed + 1, last.number - MOST_UNCLOSED + 1)
    found = (period(rhythm, number) for number in range(first, last.number + 1))
    return [
        each for each in found if each.from_at >= since_at and period_at(rhythm, each.from_at, calendar) is not None
    ]


def missed_by_grid(table: PlaceTable, rows: Rows, settled: Iterable[PatrolPlaceId]) -> dict[JurisdictionId, int]:
    """Of these rows, those not among the settled, counted by grid."""
    done = {row for place_id in settled if (row := table.row_of.get(place_id)) is not None}
    left = np.array([row for row in rows.tolist() if row not in done], np.int64)
    if not len(left):
        return {}
    found = np.bincount(table.grid[left], minlength=len(table.grids))
    return {JurisdictionId(table.grids[index]): int(found[index]) for index in np.flatnonzero(found).tolist()}
