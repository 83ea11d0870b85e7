"""A fleet of simulated terminals on one loop: started, kept reporting, made to suffer, and stopped together."""

import asyncio
import logging
import random
import ssl as tls
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from comms.domain.ids import UnitId
from comms.fleet.behaviour import Behaviour
from comms.fleet.camera import CameraPool
from comms.fleet.dialler import AT_ONCE, Dialler
from comms.fleet.faults import FaultPlan
from comms.fleet.misfortune import Misfortune
from comms.fleet.speech import Speech
from comms.fleet.terminal import SimulatedTerminal, Surroundings
from comms.fleet.terminal_link import SILENCE_LIMIT_S, Credentials
from comms.fleet.town import sample_town
from comms.fleet.visiting import Doors
from comms.fleet.whereabouts import Source, Walking
from comms.link.clock import Clock, Timer, WallClock
from comms.media.dtls import Certificate
from comms.protocol.area import TownFile

_log = logging.getLogger(__name__)

TICK_S = 0.1
"""Reports of a fleet are spread over this many turns of the reporting interval."""
MOST_MADE_UP = 4.0
"""A fleet that was held up takes so many of the readings it missed: the phones it stands for were not."""
CHECK_S = 1.0
VOICES_AT_ONCE, VOICES_PAUSE_S = 8, 0.1
"""How media is set up where it comes after signing in: a gateway in the same process has to live."""


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """What kind of fleet. `town` None: the sample town's streets. `position_interval_s` None: as the gateway asks."""

    seed: int = 7
    has_media: bool = True
    is_silent: bool = False
    """Floors, calls and videos without a packet, at a gateway that is silent as well: a headless drill."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: FaultPlan = field(default_factory=FaultPlan)
    town: TownFile | None = None
    position_interval_s: float | None = None
    readings_a_report: int = 1
    """Of a terminal that spares its battery, several; the interval is that of readings."""
    dials_at_once: int = AT_ONCE
    socket_path: Path | None = None
    """A socket of this machine to go to, in place of the url's host."""
    run: str = ""
    """A word that this run's command ids have; a drill gives one, so that it is the same each time."""
    mark: str = ""
    """Burnt into every photo and picture, as DRILL."""
    behaviours: Mapping[UnitId, Behaviour] = field(default_factory=dict)
    """Of those who act otherwise than the rest."""
    tick_s: float = TICK_S
    silence_limit_s: float = SILENCE_LIMIT_S
    """A terminal that hears nothing for so long gives its connection up."""
    goes_on: bool = False
    """These units were at work before: they keep the talkgroups they had, and are here once they have signed in; their
    voices follow one after the other."""
    absent_s: Mapping[UnitId, float] = field(default_factory=dict)
    """Who is not there at the beginning, and comes after so many seconds; infinity is never."""
    doors: Doors = field(default_factory=dict)
    """What the codes at the doors of places say; without any nobody goes on patrol."""


@dataclass(frozen=True, slots=True)
class FleetStats:
    """Terminals by state, and sums over all of them since the start."""

    terminals: int
    signed_in: int
    ready: int
    refused: int
    sign_ins: int
    positions_sent: int
    positions_refused: int
    voice_received: int
    voice_sent: int
    orders_completed: int
    visits_done: int
    cameras_on: int


class Fleet:
    """Made on the loop it runs on. `start` returns when every terminal is ready or refused; `stop` leaves nothing."""

    def __init__(
        self,
        url: str,
        credentials: Iterable[Credentials],
        plan: FleetPlan | None = None,
        *,
        clock: Clock | None = None,
        source: Source | None = None,
        ssl: tls.SSLContext | None = None,
        on_enrolled: Callable[[UnitId, str], None] = lambda unit_id, token: None,
        on_all_ready: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """`on_all_ready(seconds)` comes each time all terminals have become ready, with the seconds since `start` or
        since the first of them was lost. `source` replaces walking the streets."""
        self.plan = plan or FleetPlan()
        self._clock = clock or WallClock()
        self._on_all_ready = on_all_ready
        self._tasks: set[asyncio.Task[None]] = set()
        self.dialler = Dialler(url, ssl=ssl, at_once=self.plan.dials_at_once, socket_path=self.plan.socket_path)
        self._cameras = CameraPool(clock=self._clock)
        held = list(credentials)
        unit_ids = [each.unit_id for each in held]
        self._source = source or self._walking(unit_ids)
        self._terminals = self._make_terminals(held, on_enrolled)
        self._order = list(self._terminals.values())
        self._misfortune = Misfortune(self._order, clock=self._clock, seed=self.plan.seed)
        self._timers: dict[Callable[[], None], Timer] = {}
        self._coming: list[Timer] = []
        self._is_all_ready = asyncio.Event()
        self._disturbed_at_s = 0.0
        self._awaited: SimulatedTerminal | None = None
        """One of whom is known that all wait for him."""
        self._next_row = 0.0
        self._ticked_at_s = 0.0
        self._is_checking = False

    def _walking(self, unit_ids: Sequence[UnitId]) -> Source:
        town = self.plan.town
        if town is None or not town.area.streets:
            town = sample_town(units=0)
        return Walking(town, unit_ids, seed=self.plan.seed, start_s=self._clock.monotonic())

    def _make_terminals(
        self, held: Sequence[Credentials], on_enrolled: Callable[[UnitId, str], None]
    ) -> dict[UnitId, SimulatedTerminal]:
        around = Surroundings(
            clock=self._clock,
            dialler=self.dialler,
            source=self._source,
            cameras=self._cameras,
            speech=Speech(),
            certificate=Certificate() if self.plan.has_media and not self.plan.is_silent else None,
            is_silent=self.plan.is_silent,
            doors=self.plan.doors,
            seed=self.plan.seed,
            run=self.plan.run,
            goes_on=self.plan.goes_on,
            mark=self.plan.mark,
            readings_a_report=self.plan.readings_a_report,
            spawn=self.spawn,
            on_enrolled=on_enrolled,
            on_change=self._changed,
        )
        return {
            each.unit_id: SimulatedTerminal(
                each,
                row=row,
                behaviour=self.plan.behaviours.get(each.unit_id, self.plan.behaviour),
                faults=self.plan.faults.of(each.unit_id),
                around=around,
            )
            for row, each in enumerate(held)
        }

    # --- who ------------------------------------------------------------------------------------------

    def terminal(self, unit_id: UnitId) -> SimulatedTerminal:
        """Raises KeyError."""
        return self._terminals[unit_id]

    @property
    def terminals(self) -> Sequence[SimulatedTerminal]:
        return self._order

    def stats(self) -> FleetStats:
        each = self._order
        return FleetStats(
            terminals=len(each),
            signed_in=sum(terminal.link.is_up for terminal in each),
            ready=sum(terminal.is_ready for terminal in each),
            refused=sum(terminal.is_refused for terminal in each),
            sign_ins=sum(terminal.counts.sign_ins for terminal in each),
            positions_sent=sum(terminal.reporting.sent for terminal in each),
            positions_refused=sum(terminal.reporting.refused for terminal in each),
            voice_received=sum(terminal.heard.packets for terminal in each),
            voice_sent=sum(terminal.mouth.sent for terminal in each if terminal.mouth is not None),
            orders_completed=sum(terminal.work.completed for terminal in each),
            visits_done=sum(terminal.visiting.done for terminal in each),
            cameras_on=len(self._cameras),
        )

    # --- life -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        self._disturbed_at_s = self._ticked_at_s = self._clock.monotonic()
        for terminal in self._order:
            absent_s = self.plan.absent_s.get(terminal.unit_id, 0.0)
            if not absent_s:
                terminal.link.start()
            elif absent_s < inf:
                self._coming.append(self._clock.call_at(self._disturbed_at_s + absent_s, terminal.link.start))
        self._every(self.plan.tick_s, self._report)
        self._every(max(CHECK_S, self.plan.tick_s), self._check)
        self._changed()
        await self._is_all_ready.wait()
        if self.plan.goes_on:
            self.spawn(give_voices(self._order, self.plan))
        for terminal in self._order if self.plan.doors else ():
            self.spawn(terminal.visiting.go_round())

    async def all_ready(self) -> None:
        """Returns when every terminal is ready (or only signed in, where all go on), or refused for good."""
        await self._is_all_ready.wait()

    async def stop(self) -> None:
        for timer in (*self._timers.values(), *self._coming):
            timer.cancel()
        self._timers.clear()
        for terminal in self._order:
            terminal.link.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.dialler.close()
        await self._cameras.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run something for as long as the fleet does."""
        task = asyncio.get_running_loop().create_task(work, name="fleet-work")
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a simulated worker failed", exc_info=task.exception())

    def _every(self, seconds: float, action: Callable[[], None]) -> None:
        def again() -> None:
            self._timers[action] = self._clock.call_at(self._clock.monotonic() + seconds, again)
            action()

        self._timers[action] = self._clock.call_at(self._clock.monotonic() + seconds, again)

    # --- turns ------------------------------------------------------------------------------------------

    def _report(self) -> None:
        """The next share of the terminals reports; all of them once in the interval the gateway asked for."""
        now_s = self._clock.monotonic()
        elapsed_s, self._ticked_at_s = now_s - self._ticked_at_s, now_s
        self._source.advance(now_s)
        count = len(self._order)
        interval_s = self.plan.position_interval_s or self._asked_interval_s()
        due = self._next_row + min(MOST_MADE_UP, elapsed_s / interval_s) * count
        for row in range(int(self._next_row), int(due)):
            self._order[row % count].report()
        self._next_row = due % count if count else 0.0

    def _asked_interval_s(self) -> float:
        welcome = next((terminal.welcome for terminal in self._order if terminal.welcome is not None), None)
        return welcome.position_interval_s if welcome is not None else 5.0

    def _check(self) -> None:
        now_s = self._clock.monotonic()
        for terminal in self._order:
            terminal.link.check(now_s, limit_s=self.plan.silence_limit_s)
        self._misfortune.strike(now_s)

    def _changed(self) -> None:
        """Counted once a turn of the loop: when a gateway dies, a thousand terminals say so at once."""
        if not self._is_checking:
            self._is_checking = True
            asyncio.get_running_loop().call_soon(self._count)

    def _count(self) -> None:
        self._is_checking = False
        if self._awaited is not None and not is_settled(self._awaited, self.plan):
            return  # a thousand that come in are not counted again for each of them
        self._awaited = next((each for each in self._order if not is_settled(each, self.plan)), None)
        ready = self._awaited is None
        now_s = self._clock.monotonic()
        if ready and not self._is_all_ready.is_set():
            self._is_all_ready.set()
            self._on_all_ready(now_s - self._disturbed_at_s)
        elif not ready and self._is_all_ready.is_set():
            self._is_all_ready.clear()
            self._disturbed_at_s = now_s


def is_settled(terminal: SimulatedTerminal, plan: FleetPlan) -> bool:
    """Nobody waits for it any more."""
    if plan.goes_on and (terminal.link.is_up or terminal.unit_id in plan.absent_s):
        return True
    return terminal.is_ready or terminal.is_refused


async def give_voices(terminals: Iterable[SimulatedTerminal], plan: FleetPlan) -> None:
    """Those of whom a story has something to say first."""
    order = sorted(terminals, key=lambda terminal: terminal.unit_id not in plan.behaviours)
    for first in range(0, len(order), VOICES_AT_ONCE):
        for terminal in order[first : first + VOICES_AT_ONCE]:
            terminal.give_voice()
        if not plan.is_silent:
            await asyncio.sleep(VOICES_PAUSE_S)


def pick(terminals: Iterable[SimulatedTerminal], dice: random.Random) -> SimulatedTerminal | None:
    """One of those that are ready, by chance."""
    ready = [terminal for terminal in terminals if terminal.is_ready]
    return dice.choice(ready) if ready else None
