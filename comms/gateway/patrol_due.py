"""What is due, done and missed, as lists: of one unit for its phone, of a jurisdiction for a desk. Read in pages."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from comms.domain.ids import JurisdictionId, PatrolPlaceId, PatrolPlanId, UnitId
from comms.domain.patrol import FailReason, PatrolPlace, Rhythm
from comms.domain.patrol_period import Period, period_at, previous
from comms.domain.patrol_round import PlanRound
from comms.journal import visits
from comms.journal.journal import Journal
from comms.protocol.patrol_commands import DueShown, PatrolDue
from comms.protocol.patrol_pushes import DueRow, PatrolDuePage

if TYPE_CHECKING:
    from comms.gateway.patrols import Patrols

PAGE_ROWS = 200
_Tried = dict[PatrolPlaceId, tuple[FailReason, float]]


@dataclass(slots=True)
class UnitDue:
    """A place, for all plans it is due for."""

    place: PatrolPlace
    deadline_at: float
    is_overdue: bool
    plan_ids: list[PatrolPlanId] = field(default_factory=list)


def due_of_unit(patrols: "Patrols", unit_id: UnitId, *, now: float) -> list[UnitDue]:
    """Each place once, by the earliest deadline."""
    found: dict[PatrolPlaceId, UnitDue] = {}
    for plan_id, each in patrols.rounds.items():
        standing = each.standing(now, patrols.calendar)
        for index in np.flatnonzero(standing.is_due & _grids_of(patrols, each, unit_id)).tolist():
            place = patrols.table.places[each.rows[index]]
            if patrols.crew.owner(place.id, place.jurisdiction_id, each.plan.skill) != unit_id:
                continue
            deadline_at = float(standing.deadline_at[index])
            known = found.setdefault(place.id, UnitDue(place, deadline_at, False))
            known.deadline_at = min(known.deadline_at, deadline_at)
            known.is_overdue |= bool(standing.is_overdue[index])
            known.plan_ids.append(plan_id)
    return list(found.values())


def _grids_of(patrols: "Patrols", each: PlanRound, unit_id: UnitId) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """By the round's rows: whether the unit is among those who visit that grid."""
    crew, skill = patrols.crew, each.plan.skill
    own = [unit_id in crew.workers(JurisdictionId(grid), skill) for grid in each.table.grids]
    return np.array(own, np.bool_)[each.table.grid[each.rows]]


async def page(patrols: "Patrols", journal: Journal, command: PatrolDue, *, now: float) -> PatrolDuePage:
    """Visits of a jurisdiction as they stand, plan after plan."""
    found: list[tuple[PlanRound, int]] = []
    for plan_id, each in patrols.rounds.items():
        if command.plan_id in (None, plan_id):
            shown = await _shown(patrols, journal, each, command.shown, now)
            shown &= each.table.is_within(command.jurisdiction_id)[each.rows]
            if command.unit_id is not None:
                shown &= _grids_of(patrols, each, command.unit_id)
            found += ((each, index) for index in np.flatnonzero(shown).tolist())
    if command.unit_id is not None:
        found = [(each, index) for each, index in found if _owner(patrols, each, index) == command.unit_id]
    end = command.first + PAGE_ROWS
    tried: dict[tuple[PatrolPlanId, Rhythm], _Tried] = {}
    rows = [
        await _row(patrols, journal, each, index, command.shown, now, tried)
        for each, index in found[command.first : end]
    ]
    following = end if end < len(found) else None
    return PatrolDuePage(id=command.id, rows=tuple(rows), total=len(found), next=following)


async def _shown(
    patrols: "Patrols", journal: Journal, each: PlanRound, shown: DueShown, now: float
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    standing = each.standing(now, patrols.calendar)
    match shown:
        case DueShown.DUE:
            return standing.is_due.copy()
        case DueShown.OVERDUE:
            return standing.is_overdue.copy()
        case DueShown.DONE:
            return standing.is_done.copy()
        case DueShown.EXCUSED:
            return standing.is_excused.copy()
        case DueShown.MISSED:
            return await _missed(patrols, journal, each, now)


async def _missed(
    patrols: "Patrols", journal: Journal, each: PlanRound, now: float
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Those never done in the period before, unless the plan is younger than its end."""
    is_missed = np.zeros(len(each.rows), np.bool_)
    state = patrols.book.plans[each.plan.id]
    for index, rhythm in enumerate(each.rhythms):
        last = previous(rhythm, now, patrols.calendar)
        if last is None or last.from_at < state.since_at:
            continue
        done, excused = await journal.read(_settled_of(each.plan.id, last, rhythm))
        over = {row for place_id in (*done, *excused) if (row := each.table.row_of.get(place_id)) is not None}
        is_missed |= (each.rhythm == index) & ~np.isin(each.rows, sorted(over))
    return is_missed


def _settled_of(plan_id: PatrolPlanId, last: Period, rhythm: Rhythm):  # type: ignore[no-untyped-def]  # a query, typed by read
    return lambda connection: visits.settled(connection, plan_id, rhythm, last.number)


def _owner(patrols: "Patrols", each: PlanRound, index: int) -> UnitId | None:
    place = patrols.table.places[each.rows[index]]
    return patrols.crew.owner(place.id, place.jurisdiction_id, each.plan.skill)


async def _row(
    patrols: "Patrols",
    journal: Journal,
    each: PlanRound,
    index: int,
    shown: DueShown,
    now: float,
    tried: dict[tuple[PatrolPlanId, Rhythm], _Tried],
) -> DueRow:
    place = patrols.table.places[each.rows[index]]
    rhythm = each.rhythms[each.rhythm[index]]
    is_past = shown is DueShown.MISSED
    found = previous(rhythm, now, patrols.calendar) if is_past else period_at(rhythm, now, patrols.calendar)
    assert found is not None, "it is shown because there is one"
    key = (each.plan.id, rhythm)
    if key not in tried:
        tried[key] = await journal.read(lambda connection: visits.tried(connection, *key, found.number))
    reason, tried_at = tried[key].get(place.id, (None, None))
    deadline_at = found.until_at if is_past else float(each.standing(now, patrols.calendar).deadline_at[index])
    is_late = shown is DueShown.DUE and deadline_at < now
    return DueRow(
        plan_id=each.plan.id,
        place=place,
        state=DueShown.OVERDUE if is_late else shown,
        deadline_at=deadline_at,
        unit_id=_owner(patrols, each, index),
        reason=reason,
        tried_at=tried_at,
    )
