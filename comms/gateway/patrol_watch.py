"""What time brings to patrols: alarms of grids with overdue visits, rounds that are over, visits nobody will finish."""

import asyncio
import logging
from typing import TYPE_CHECKING

from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.ids import GATEWAY, JurisdictionId
from comms.domain.order import Place
from comms.domain.patrol import Due, FailReason
from comms.domain.patrol_book import PlanState
from comms.domain.patrol_events import PatrolRoundClosed, VisitFailed
from comms.domain.patrol_round import Tally, missed_by_grid, unclosed
from comms.domain.patrol_rules import OPEN_S
from comms.gateway.alarms import Alarms
from comms.gateway.context import Clock, Timer
from comms.gateway.patrols import Patrols
from comms.journal.errors import JournalError
from comms.journal.journal import Journal

if TYPE_CHECKING:
    from comms.gateway.gateway import Gateway

_log = logging.getLogger(__name__)
_SWEEP_S = 30.0
_MANY_OVERDUE = 20
"""In one grid: somebody has to help out."""


class PatrolWatch:
    def __init__(self, *, clock: Clock, journal: Journal, alarms: Alarms, patrols: Patrols) -> None:
        self._clock = clock
        self._journal = journal
        self._alarms = alarms
        self._patrols = patrols
        self._task: asyncio.Task[None] | None = None
        self._timer: Timer | None = None

    def start(self) -> None:
        self._sweep()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _sweep(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + _SWEEP_S, self._sweep)
        if not self._journal.is_failing and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._look_safely(), name="patrol-watch")

    async def _look_safely(self) -> None:
        try:
            await self.look()
        except JournalError as error:
            _log.info("patrols wait for the store: %s", error)

    async def look(self) -> None:
        """Raises JournalError."""
        self._end_stale()
        for state in list(self._patrols.book.plans.values()):
            for rhythm in sorted(state.plan.rhythms):
                over = unclosed(
                    rhythm,
                    since_at=state.since_at,
                    closed=state.closed.get(rhythm),
                    now=self._clock.now(),
                    calendar=self._patrols.calendar,
                )
                for each in over:
                    await self._close_round(state, Due(plan_id=state.plan.id, rhythm=rhythm, period=each.number))
        self._tell_overdue(await self._patrols.tallies())

    def _end_stale(self) -> None:
        now = self._clock.now()
        old = [visit for visit in self._patrols.book.visits.values() if now - visit.begun_at > OPEN_S]
        events = [VisitFailed(visit=visit, reason=FailReason.UNFINISHED, occurred_at=now) for visit in old]
        self._journal.record_soon(GATEWAY, events)

    async def _close_round(self, state: PlanState, due: Due) -> None:
        found = self._patrols.rounds.get(due.plan_id)
        if found is None or due.rhythm not in found.rhythms:
            return
        done, excused = await self._patrols.settled(due)
        rows = found.of_rhythm(due.rhythm)
        if due.plan_id not in self._patrols.book.plans:
            return  # ended while this was read
        closed = PatrolRoundClosed(
            plan_id=due.plan_id,
            rhythm=due.rhythm,
            period=due.period,
            places=len(rows),
            done=len(done),
            excused=len(set(excused) - set(done)),
            missed=missed_by_grid(self._patrols.table, rows, (*done, *excused)),
        )
        await self._journal.record(GATEWAY, [closed])

    def _tell_overdue(self, tallies: dict[JurisdictionId, Tally]) -> None:
        """One alarm a grid: what is overdue there, as it grows and shrinks."""
        middles = self._patrols.table.middles()
        wanted = {grid: tally.overdue for grid, tally in tallies.items() if tally.overdue}
        for grid, count in wanted.items():
            self._alarms.raise_alarm(self._alarm(grid, count, middles.get(grid)))
        book = self._journal.picture.alarms
        for alarm_id, state in list(book.states.items()):
            is_patrol = state.alarm.kind is AlarmKind.PATROL_OVERDUE and book.holds(alarm_id)
            if is_patrol and state.alarm.jurisdiction_id not in wanted:
                self._alarms.clear(alarm_id)

    def _alarm(self, grid: JurisdictionId, count: int, middle: tuple[float, float] | None) -> Alarm:
        node = self._journal.picture.jurisdictions.get(grid)
        return Alarm(
            kind=AlarmKind.PATROL_OVERDUE,
            source=f"grid:{grid}",
            priority=AlarmPriority.MEDIUM if count >= _MANY_OVERDUE else AlarmPriority.LOW,
            jurisdiction_id=grid,
            place=Place(lat=middle[0], lon=middle[1]) if middle is not None else None,
            name=node.name if node is not None else grid,
            value=float(count),
        )


def make_patrols(gateway: "Gateway") -> tuple[Patrols, PatrolWatch]:
    """Of a gateway whose alarms, cases and sessions are made."""
    clock, journal = gateway.clock, gateway.journal
    patrols = Patrols(
        clock=clock,
        journal=journal,
        blobs=gateway.blobs,
        sessions=gateway.sessions,
        calendar=gateway.cases.calendar,
    )
    return patrols, PatrolWatch(clock=clock, journal=journal, alarms=gateway.alarms, patrols=patrols)
