"""Lets work beside the interface's thread stand back while that thread is busy: both need the interpreter, and the
screen goes first. Not for waiting on results.

Qt's Python calls let go of the interpreter one by one. If another thread computes meanwhile it takes the interpreter at
each of them and keeps it for a turn: a list of 200 cells, painted in 20 ms, took 200. So others look before each step
of theirs whether the interface's thread is computing, which the system's clock of that thread tells."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")
LONGEST_S = 0.05
"""A turn that takes longer than this no longer holds others up."""
AT_ONCE = 64
"""Steps of a walk between two looks: a look takes as long as a step."""
PAUSE_S = 0.001
"""How often one who stands back looks again."""
WORK_S, YIELD_S = 0.01, 0.04
"""Who comes after the drawers works so long before it yields to them again, and yields for so long at most: while a map
is moved without end, its names are made ready in a fifth of the time."""
AT_REST_S, AT_REST_SHARE = 20e-6, 0.15
"""A thread that computes less than this between two looks, or than this share of the time, rests: timers wake it."""


class Gate:
    """The interface's thread enters it, once or nested, while it takes news or paints; others call their own
    `bystander` between any two steps. To be made on the interface's thread."""

    def __init__(self, busy_s: Callable[[], float] | None = None) -> None:
        """`busy_s` tells how many seconds the interface's thread has computed so far."""
        self._busy_s = busy_s or _clock_of_this_thread()
        self._depth = 0
        self.drawing = Drawing()
        self.picturing = Drawing()
        """Those of the drawers whose picture the screen waits for."""

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1

    @property
    def is_closed(self) -> bool:
        return self._depth > 0

    def bystander(
        self, pause: Callable[[float], None] = time.sleep, now_s: Callable[[], float] = time.perf_counter
    ) -> Callable[[], None]:
        """For one thread to call between its steps: returns once the interface rests, or when its turn grows long."""
        return _Bystander(self, self._busy_s, pause, now_s).stand_back

    def latecomer(
        self, pause: Callable[[float], None] = time.sleep, now_s: Callable[[], float] = time.perf_counter
    ) -> Callable[[], None]:
        """As `bystander`, for work that comes after what is being drawn as well: with two cores the screen finds none
        free when three workers compute."""
        return _Latecomer(self.drawing, WORK_S, self.bystander(pause, now_s), pause, now_s).stand_back

    def supplier(
        self, pause: Callable[[float], None] = time.sleep, now_s: Callable[[], float] = time.perf_counter
    ) -> Callable[[], None]:
        """As `bystander`, for who draws what pictures are put together from: while one is, the screen would find both
        of two cores taken."""
        return _Latecomer(self.picturing, 0.0, self.bystander(pause, now_s), pause, now_s).stand_back


class Drawing:
    """Entered by workers while they draw."""

    def __init__(self) -> None:
        self._threads: set[int] = set()

    def __enter__(self) -> None:
        self._threads.add(threading.get_ident())

    def __exit__(self, *_: object) -> None:
        self._threads.discard(threading.get_ident())

    @property
    def is_on(self) -> bool:
        return bool(self._threads)


class _Latecomer:
    def __init__(
        self,
        drawing: Drawing,
        work_s: float,
        stand_back: Callable[[], None],
        pause: Callable[[float], None],
        now_s: Callable[[], float],
    ) -> None:
        self._drawing = drawing
        self._work_s = work_s
        self._stand_back = stand_back
        self._pause = pause
        self._now_s = now_s
        self._since_s = now_s()

    def stand_back(self) -> None:
        self._stand_back()
        if self._now_s() - self._since_s < self._work_s:
            return
        for _ in range(round(YIELD_S / PAUSE_S)):
            if not self._drawing.is_on:
                break
            self._pause(PAUSE_S)
        self._since_s = self._now_s()


class _Bystander:
    def __init__(
        self, gate: Gate, busy_s: Callable[[], float], pause: Callable[[float], None], now_s: Callable[[], float]
    ) -> None:
        self._gate = gate
        self._busy_s = busy_s
        self._pause = pause
        self._now_s = now_s
        self._looked_s, self._seen_s = now_s(), busy_s()
        self._waited_s = 0.0
        """In this turn of the interface."""

    def stand_back(self) -> None:
        while not self._is_at_rest():
            if self._waited_s >= LONGEST_S:
                return
            self._waited_s += PAUSE_S
            self._pause(PAUSE_S)
        self._waited_s = 0.0

    def _is_at_rest(self) -> bool:
        before_s, self._seen_s = self._seen_s, self._busy_s()
        looked_s, self._looked_s = self._looked_s, self._now_s()
        computed_s, passed_s = self._seen_s - before_s, self._looked_s - looked_s
        return not self._gate.is_closed and computed_s < max(AT_REST_S, AT_REST_SHARE * passed_s)


class Unhurried(Sequence[T]):
    """A sequence whose reader stands back every few steps of a walk through it."""

    def __init__(self, held: Sequence[T], stand_back: Callable[[], None], at_once: int = AT_ONCE) -> None:
        self._held = held
        self._stand_back = stand_back
        self._at_once = at_once

    def __len__(self) -> int:
        return len(self._held)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        return self._held[at]

    def __iter__(self) -> Iterator[T]:
        for first in range(0, len(self._held), self._at_once):
            self._stand_back()
            yield from self._held[first : first + self._at_once]


def _clock_of_this_thread() -> Callable[[], float]:
    """Seconds this thread has computed; always zero where the system has no such clock."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return lambda: 0.0
    clock_id = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(clock_id)
