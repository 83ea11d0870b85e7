"""A drill's story while it is told: injects fired at their seconds, conditions judged on the record as it grows."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from math import inf
from typing import Any

from comms.domain import drill_events as dr
from comms.domain.events import Recorded
from comms.domain.expectation_watch import Nearest, Standing, Watch
from comms.domain.ids import GATEWAY, PartyId, UnitId
from comms.domain.inject import Inject, InjectId, spot_of
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.unit import UnitStatus
from comms.drill.acting import Acting
from comms.drill.effects import Effects
from comms.drill.foreseen import Foreseen
from comms.drill.people import People
from comms.drill.progress import Progress
from comms.drill.schedule import Schedule
from comms.drill.site import DrillSite
from comms.gateway.context import Timer
from comms.journal.history import copy_picture
from comms.journal.journal import Journal

_log = logging.getLogger(__name__)
LOOK_S = 1.0
"""How often it is looked whether something was missed, and whether the drill is over."""
_A_HAIR_S = 1e-6


class Story:
    """`follow` before the drill is recorded as begun, `start` after; `stop` when it is over, `close` with its site."""

    def __init__(
        self,
        site: DrillSite,
        foreseen: Foreseen,
        *,
        nearest: Nearest | None = None,
        on_over: Callable[[], None] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`nearest` None: by where units are now. `on_over` is called once, when the drill has lasted as long as it was
        meant to. `progress`: the story goes on from there."""
        asked = nearest or self._nearest
        self._progress = progress
        self.schedule = Schedule(site.scenario) if progress is None else progress.schedule
        self.watch = Watch(site.scenario, nearest=asked) if progress is None else progress.watch
        self.watch.ask(asked)
        self._site = site
        self._foreseen = foreseen
        self.people = People(site, foreseen)
        self.acting = Acting(site, foreseen, self.people.speaking)
        self._effects = Effects(site, foreseen, self.people)
        self._on_over = on_over
        self._journal: Journal | None = None
        self._picture = Picture()
        self._is_on = False
        self._timer: Timer | None = None
        self._look: Timer | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_following(self) -> bool:
        return self._journal is not None

    def follow(self, journal: Journal) -> None:
        self._journal = journal
        self._picture = copy_picture(journal.durable)
        journal.on.recorded.append(self._tell)

    def start(self) -> None:
        self._is_on = True
        self.people.start()
        if self._progress is not None:
            self._effects.resume(self._progress)
            # What was done before the trainer began is known to the watch, and to nobody else.
            self._settle(each for each in self.watch.standings.values() if each.is_settled)
        self._watch_time()
        self._set_timer()

    def stop(self) -> None:
        self._is_on = False
        for timer in (self._timer, self._look):
            if timer is not None:
                timer.cancel()
        self._effects.close()

    async def close(self) -> None:
        self.stop()
        if self._journal is not None:
            self._journal.on.recorded.remove(self._tell)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.acting.close()
        self.people.speaking.close()

    # --- injects ------------------------------------------------------------------------------------------

    async def fire(self, inject: Inject, by: PartyId, *, is_by_hand: bool) -> None:
        """Raises JournalError when it cannot be recorded: then it was not fired."""
        number = self.schedule.states[inject.id].count + 1
        self.schedule.fired(inject.id, self._site.second())
        self._set_timer()
        made = self._foreseen.made(inject, number)
        spot = spot_of(inject.what)
        place = None if spot is None else self._foreseen.place(spot)
        fired = dr.InjectFired(inject_id=inject.id, made=made, place=place, is_by_hand=is_by_hand)
        await self._site.gateway.record(by, [fired])
        await self._effects.carry_out(inject, number, partial(self._told, inject.id))

    def delay(self, inject_id: InjectId, by_s: float) -> None:
        self.schedule.delay(inject_id, by_s)
        self._set_timer()

    def skip(self, inject_id: InjectId) -> None:
        self.schedule.skip(inject_id)
        self._set_timer()

    def begin_task(self, work: Coroutine[Any, Any, None]) -> None:
        """Ends with the story."""
        task = asyncio.get_running_loop().create_task(work, name="drill story")
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a part of the drill failed", exc_info=task.exception())

    def _nearest(self, place: Place, at: float, count: int) -> list[UnitId]:
        """Who was nearest and free when something was done: now, as the record is judged when it is made."""
        gateway = self._site.gateway
        units = gateway.picture.units
        near = gateway.positions.within(lat=place.lat, lon=place.lon, radius_m=inf)
        return [unit_id for unit_id in near if units[unit_id].status is UnitStatus.AVAILABLE][:count]

    def _told(self, inject_id: InjectId, made: tuple[dr.Made, ...]) -> None:
        self._site.gateway.record_soon(GATEWAY, [dr.InjectMade(inject_id=inject_id, made=made)])

    # --- time and conditions ------------------------------------------------------------------------------

    def _tell(self, recorded: list[Recorded]) -> None:
        """What everybody does, as it becomes durable: conditions are judged on the record alone."""
        settled: list[Standing] = []
        for item in recorded:
            self._picture.apply(item)
            settled += self.watch.feed(item, self._picture)
        if self._is_on:
            self._effects.tell(recorded)
            self.people.speaking.tell(recorded)
            self.acting.tell(recorded)
            self._settle(settled)

    def _settle(self, settled: Iterable[Standing]) -> None:
        """A contingency whose cause has not come is left out, and that is told."""
        second = self._site.second()
        for inject_id in self.schedule.settled(settled, second):
            self.schedule.skip(inject_id)
            self._site.gateway.record_soon(GATEWAY, [dr.InjectSkipped(inject_id=inject_id)])
        self._set_timer()

    def _watch_time(self) -> None:
        clock = self._site.clock
        self._look = clock.call_at(clock.monotonic() + LOOK_S, self._watch_time)
        self._settle(self.watch.tick(clock.now()))
        if self._on_over is not None and self._site.second() >= self._site.scenario.length_s - _A_HAIR_S:
            on_over, self._on_over = self._on_over, None
            on_over()

    def _set_timer(self) -> None:
        """For the next inject that comes by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        next_s = self.schedule.next_s()
        if next_s is not None and self._is_on:
            clock = self._site.clock
            ahead_s = max(0.0, next_s - self._site.second())
            self._timer = clock.call_at(clock.monotonic() + ahead_s, self._fire_due)

    def _fire_due(self) -> None:
        """One after the other, in the order of their seconds; each is recorded before it does anything."""
        self._timer = None
        due = self.schedule.due(self._site.second() + _A_HAIR_S)
        for inject in due:
            self.schedule.begun(inject.id)
        if due:
            self.begin_task(self._fire_all(due))
        self._set_timer()

    async def _fire_all(self, due: Iterable[Inject]) -> None:
        for inject in due:
            await self.fire(inject, GATEWAY, is_by_hand=False)
