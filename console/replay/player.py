"""Plays a replay into a Store: play, pause, speed, seek, jump, loop. Knows no Qt; the clock is handed in."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Collection

import numpy as np

from comms.domain.events import Recorded
from comms.domain.ids import OfficerId
from comms.domain.pause import never
from comms.journal.replay.index import Index
from comms.journal.replay.replay import Replay
from console.replay.moment import Moment, MomentReader
from console.replay.played_clock import PlayedClock
from console.replay.sound import Sounding, Sounds, SoundsSoFar
from console.replay.store_feed import StoreFeed
from console.store.store import Store

SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
TICK_S = 0.1
"""Between two steps: about as often as a gateway tells positions. Where something happens or is heard sooner, it is
shown then: at ×1 voice and map are in step."""
SHORTEST_TICK_S = 0.02
HEARD_SPEEDS = (1.0, 2.0)
LONGEST_STEP_S = 1.0
"""Of the officer's time: after a machine has slept the replay goes on where it was."""
READ_EVENTS = 500
HOUR_S = 3600.0
DEFINITIONS = ("jurisdiction.", "unit.defined", "talkgroup.defined", "department.", "officer.defined", "map.", "item.")
"""What a journal begins with: nothing happens there."""


class Player:
    """On the Store's thread and loop. `monotonic` tells seconds of the officer's time, `sleep` waits for some."""

    def __init__(
        self,
        replay: Replay,
        store: Store,
        clock: PlayedClock,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        stand_back: Callable[[], None] = never,
        viewer: OfficerId | None = None,
    ) -> None:
        """`store` must tell the time of `clock`."""
        self.replay, self.store, self._clock = replay, store, clock
        self._monotonic, self._sleep = monotonic, sleep
        self._reader = MomentReader(replay, stand_back)
        self._feed = StoreFeed(store, clock, viewer)
        self.speed = 1.0
        self.is_playing = False
        self.is_waiting = False
        """Playing, while what comes next was not gone through yet."""
        self.loop: tuple[float, float] | None = None
        self.changed: list[Callable[[], None]] = []
        """Called when anything above, or the moment, is another."""
        self._ahead: deque[Recorded] = deque()
        """Read, and not due yet."""
        self.stepped_s = monotonic()
        """When, by the officer's time, it was the moment that is shown."""
        self._turn = 0
        """Of seeks: a newer one makes an older one void, and a step that was under way."""
        self.seeking = 0
        self._sounds = SoundsSoFar(lambda: replay.bursts)

    # --- where it is ----------------------------------------------------------------------------------------

    @property
    def at(self) -> float:
        """The moment that is shown, Unix seconds."""
        return self._clock.at

    @property
    def extent(self) -> tuple[float, float]:
        """From the first moment to the last that was gone through."""
        return self.replay.index.start_at, self.replay.end_at

    def sounding(self) -> list[Sounding]:
        """What is heard now: recordings and where in them; nothing unless it plays at ×1 or ×2."""
        if not self.is_playing or self.is_waiting or self.speed not in HEARD_SPEEDS:
            return []
        return self._sounds.known().at(self.at)

    # --- what the officer does --------------------------------------------------------------------------------

    async def open(self, at: float | None = None) -> None:
        """Show a moment; without one, the first at which something happened."""
        while at is None:
            rows, is_done = self.replay.index.rows_except(DEFINITIONS), self.replay.made.is_done
            if len(rows) or is_done:
                at = float(self.replay.index.at[rows[0]]) if len(rows) else self.extent[1]
            else:
                await _more(self.replay)
        await self.seek(at)

    async def prepare(self) -> None:
        """Beside everything else: read the tracks of the hours beforehand, as far as there is room for them."""
        await asyncio.wrap_future(self.replay.reached(self.replay.end_seq()))
        at, end_at = self.extent
        while at < end_at + HOUR_S and await self._reader.warm(min(at, end_at)):
            at += HOUR_S

    def play(self) -> None:
        self.stepped_s = self._monotonic()
        self.is_playing = True
        self._tell()

    def pause(self) -> None:
        self.is_playing = self.is_waiting = False
        self._tell()

    async def toggle(self) -> None:
        """At the end, play begins anew."""
        if self.is_playing:
            self.pause()
            return
        if self.replay.made.is_done and self.at >= self.extent[1]:
            await self.open()
        self.play()

    def set_speed(self, speed: float) -> None:
        self.speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])
        self._tell()

    def change_speed(self, steps: int) -> None:
        """To the next faster (1) or slower (-1)."""
        index = min(range(len(SPEEDS)), key=lambda number: abs(SPEEDS[number] - self.speed)) + steps
        self.set_speed(SPEEDS[min(len(SPEEDS) - 1, max(0, index))])

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Play this stretch again and again; None ends it. A stretch of no length is none."""
        self.loop = loop if loop is not None and loop[1] > loop[0] else None
        self._tell()

    async def seek(self, at: float) -> bool:
        """Show another moment. False when a newer seek came in between."""
        self._turn += 1
        turn = self._turn
        self.seeking += 1
        try:
            while not self.replay.made.is_done and self.replay.index.end_at < at:
                await _more(self.replay)
                if turn != self._turn:
                    return False
            at = min(max(at, self.extent[0]), self.extent[1])
            moment = await self._reader.read(at, lambda: turn == self._turn)
        finally:
            self.seeking -= 1
        if moment is None or turn != self._turn:
            return False
        self._show(moment)
        return True

    async def jump(self, kinds: Collection[str] = (), *, is_back: bool = False) -> bool:
        """To the next event of these kinds (none given: any); backwards to the one before. False when there is none."""
        at = _at_of_next(self.replay.index, kinds, after_seq=self.store.picture.seq, at=self.at, is_back=is_back)
        return at is not None and await self.seek(at)

    async def event(self, seq: int) -> Recorded | None:
        """One of those that were gone through; None when it is not sound."""
        return next(iter(await self._reader.events(seq - 1, 1)), None)

    # --- going on -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._sleep(self._pause_s())
            await self.step()

    def _pause_s(self) -> float:
        """Until the next step."""
        if not self.is_playing or self.speed not in HEARD_SPEEDS:
            return TICK_S
        due_at = _next_due(self.replay.index, self._sounds.known(), self.at)
        left_s = (due_at - self.at) / self.speed - (self._monotonic() - self.stepped_s)
        return min(TICK_S, max(SHORTEST_TICK_S, left_s))

    async def step(self) -> None:
        """Go on by as much as the officer's time has."""
        now_s = self._monotonic()
        elapsed_s, self.stepped_s = min(now_s - self.stepped_s, LONGEST_STEP_S), now_s
        if not self.is_playing or self.seeking:
            return
        target, made, end_at = self.at + elapsed_s * self.speed, self.replay.made, self.extent[1]
        if self.loop is not None and target >= self.loop[1]:
            await self.seek(self.loop[0])
            return
        self.is_waiting = not made.is_done and target > end_at
        await self._go_to(max(min(target, end_at), self.at))
        if made.is_done and self.at >= end_at:
            self.is_playing = False
        self._tell()

    async def _go_to(self, target: float) -> None:
        turn, until = self._turn, self.replay.index.seq_at(target)
        while (last := self._ahead[-1].seq if self._ahead else self.store.picture.seq) < until:
            more = await self._reader.events(last, READ_EVENTS)
            if turn != self._turn:
                return
            if not more:
                break  # not sound any more: it is among the flaws
            self._ahead.extend(more)
        seen = await self._reader.seen_at(target)
        if turn != self._turn:
            return
        due: list[Recorded] = []
        while self._ahead and self._ahead[0].seq <= until:
            due.append(self._ahead.popleft())
        self._feed.tell(due)
        self._clock.at = target
        self._feed.place(seen)

    # --- within ---------------------------------------------------------------------------------------------

    def _show(self, moment: Moment) -> None:
        self._ahead.clear()
        self._clock.at = moment.at
        self.stepped_s = self._monotonic()
        if moment.area is not None:
            self.store.apply(moment.area)
        went_on = (burst for burst in self.replay.bursts if burst.to_at is None or burst.to_at > moment.at)
        self._feed.show(moment.picture, moment.log, {burst.burst_id: burst.from_at for burst in went_on})
        self._feed.place(moment.seen)
        self._tell()

    def _tell(self) -> None:
        for tell in tuple(self.changed):
            tell()


def _next_due(index: Index, sounds: Sounds, at: float) -> float:
    """When the next thing is seen or heard after this moment."""
    row = int(np.searchsorted(index.at, at, side="right"))
    event_at = float(index.at[row]) if row < len(index) else math.inf
    sound_at = sounds.next_from(at)
    return event_at if sound_at is None else min(event_at, sound_at)


def _at_of_next(index: Index, kinds: Collection[str], *, after_seq: int, at: float, is_back: bool) -> float | None:
    wanted = kinds or index.names
    if is_back:
        found = index.last_of(wanted, before_seq=index.seq_before(at) + 1)
    else:
        found = index.next_of(wanted, after_seq=after_seq)
    return index.at_of(found) if found is not None else None


async def _more(replay: Replay) -> None:
    """Until more was gone through, or all."""
    await asyncio.wrap_future(replay.reached(replay.made.seq + 1))
