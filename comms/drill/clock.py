"""The clock of a drill: it can be paused, run at ×1 to ×60 and jump forward, and nobody on it can tell.

Time as it is seen never passes a timer that has not fired: on a machine that cannot follow, a drill runs slower, but
nothing happens late or out of order. Timers fire in the order of drill time, ties in the order of setting.
"""

import heapq
import math
from collections.abc import Callable
from enum import Enum
from threading import get_ident
from typing import Protocol

SPEEDS = (1.0, 2.0, 5.0, 10.0, 60.0)
STEP_S = 1e-6
"""Between two instants of a jump, so that a loop first does all that is ready."""
A_HAIR_S = 1e-6


class BaseTimer(Protocol):
    def cancel(self) -> None: ...


class Base(Protocol):
    """What a drill's clock is driven by: an asyncio loop, whose time is the machine's or a headless run's."""

    def time(self) -> float: ...
    def call_at(self, when: float, callback: Callable[[], object], /) -> BaseTimer: ...


class Motion(Enum):
    PAUSED = "paused"
    RUNNING = "running"
    JUMPING = "jumping"


class DrillTimer:
    """Set by `call_at`. Cancelling one that has fired does nothing."""

    __slots__ = ("callback", "due_s", "number")

    def __init__(self, due_s: float, number: int, callback: Callable[[], None]) -> None:
        self.due_s, self.number = due_s, number
        self.callback: Callable[[], None] | None = callback

    def __lt__(self, other: "DrillTimer") -> bool:
        return (self.due_s, self.number) < (other.due_s, other.number)

    def cancel(self) -> None:
        self.callback = None


class DrillClock:
    """A gateway's and a fleet's clock (`now`, `monotonic`, `call_at`). Made paused, at drill second 0."""

    def __init__(self, base: Base, *, begin_at: float) -> None:
        """`begin_at` is what its calendar says at second 0, in Unix seconds."""
        self.begin_at = begin_at
        self.speed = 1.0
        self.motion = Motion.PAUSED
        self.is_settled: Callable[[], bool] = lambda: True
        """Whether everybody has done what the last instant asked for; a jump waits for it before the next."""
        self._base = base
        self._thread = get_ident()
        self._anchor_base_s = base.time()
        self._anchor_s = 0.0
        self._told_s = 0.0
        """The latest time anybody was told: what is told next is no earlier."""
        self._instant: tuple[float, float] | None = None
        """The base's time and ours at the last instant that was on time: one time, however they were rounded."""
        self._jump_to_s = 0.0
        self._motion_after = Motion.PAUSED
        self._then: Callable[[], None] = lambda: None
        self._timers: list[DrillTimer] = []
        self._count = 0
        self._wake: BaseTimer | None = None
        self._wake_due_s = math.inf
        self._is_firing = False

    # --- what everybody on it asks ----------------------------------------------------------------------

    def now(self) -> float:
        return self.begin_at + self.monotonic()

    def monotonic(self) -> float:
        """Drill seconds since its beginning. A timer sees its own second, however late the machine is."""
        if self._is_firing or get_ident() != self._thread:  # other threads are told what was told last
            return self._told_s
        seen_s = self._reached_s()
        following = self._next()
        if following is not None:
            seen_s = min(seen_s, following.due_s)
        self._told_s = max(self._told_s, seen_s)
        return self._told_s

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> DrillTimer:
        """One for a time that is over fires at the next turn."""
        timer = DrillTimer(max(monotonic_s, self.monotonic()), self._count, callback)
        self._count += 1
        heapq.heappush(self._timers, timer)
        if timer.due_s < self._wake_due_s and not self._is_firing:
            self._set_wake()
        return timer

    # --- what a director asks ---------------------------------------------------------------------------

    @property
    def is_paused(self) -> bool:
        return self.motion is Motion.PAUSED

    def resume(self) -> None:
        if self.motion is Motion.PAUSED:
            self._go_on_as(Motion.RUNNING)

    def pause(self) -> None:
        """Also ends a jump where it is."""
        self._go_on_as(Motion.PAUSED)

    def set_speed(self, speed: float) -> None:
        """Raises ValueError for one that is not among SPEEDS. A pause or a jump goes on."""
        if speed not in SPEEDS:
            raise ValueError(f"a drill runs at one of {', '.join(f'×{each:g}' for each in SPEEDS)}")
        self._anchor()
        self.speed = speed
        self._set_wake()

    def jump(self, to_s: float, *, then: Callable[[], None] = lambda: None) -> None:
        """As fast as everybody can follow to this drill second; then it goes on as before, paused or running, and
        `then` is called, unless it was paused or sent elsewhere on the way.

        Raises ValueError for a second that is over."""
        if to_s < self.monotonic():
            raise ValueError("a drill does not go back; look at its replay")
        if self.motion is not Motion.JUMPING:
            self._motion_after = self.motion
        self._jump_to_s, self._then = to_s, then
        self._go_on_as(Motion.JUMPING)

    # --- inside -----------------------------------------------------------------------------------------

    def _reached_s(self) -> float:
        """Up to which drill second timers may fire by now."""
        if self.motion is not Motion.RUNNING:
            return self._anchor_s
        base_s = self._base.time()
        if self._instant is not None and self._instant[0] == base_s:
            return self._instant[1]
        return self._anchor_s + (base_s - self._anchor_base_s) * self.speed

    def _anchor(self) -> None:
        self._anchor_s = self.monotonic()
        self._anchor_base_s, self._instant = self._base.time(), None

    def _go_on_as(self, motion: Motion) -> None:
        self._anchor()
        self.motion = motion
        self._set_wake()

    def _next(self) -> DrillTimer | None:
        while self._timers and self._timers[0].callback is None:
            heapq.heappop(self._timers)
        return self._timers[0] if self._timers else None

    def _set_wake(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
        self._wake, self._wake_due_s = None, math.inf
        following = self._next()
        if self.motion is Motion.JUMPING:
            self._wake, self._wake_due_s = self._base.call_at(self._base.time() + STEP_S, self._step), -math.inf
        elif self.motion is Motion.RUNNING and following is not None:
            ahead_s = max(0.0, following.due_s - self._anchor_s) / self.speed
            self._wake = self._base.call_at(self._anchor_base_s + ahead_s, self._fire)
            self._wake_due_s = following.due_s

    def _fire(self) -> None:
        """All timers of the next instant. Those of a later one wait for a turn of the loop, so that whoever was woken
        acts before time goes on."""
        woken_s, following = self._wake_due_s, self._next()
        self._wake = None
        reached_s = max(woken_s, self._reached_s())  # the base may wake us a hair early
        try:
            if following is not None and following.due_s <= reached_s:
                if reached_s - following.due_s < A_HAIR_S:
                    self._instant = (self._base.time(), following.due_s)
                self._fire_at(following.due_s)
        finally:
            self._set_wake()

    def _step(self) -> None:
        """One instant of a jump."""
        self._wake = None
        following = self._next()
        if not self.is_settled():
            self._set_wake()
        elif following is not None and following.due_s <= self._jump_to_s:
            self._anchor_s = max(self._anchor_s, following.due_s)
            try:
                self._fire_at(following.due_s)
            finally:
                self._set_wake()
        else:
            self._anchor_s = max(self._anchor_s, self._jump_to_s)
            self._go_on_as(self._motion_after)
            self._then()

    def _fire_at(self, due_s: float) -> None:
        """Those set meanwhile for the same instant fire in the next turn."""
        last = self._count
        self._told_s = max(self._told_s, due_s)
        self._is_firing = True
        try:
            while (timer := self._next()) is not None and timer.due_s == due_s and timer.number < last:
                heapq.heappop(self._timers)
                callback, timer.callback = timer.callback, None
                assert callback is not None
                callback()
        finally:
            self._is_firing = False
