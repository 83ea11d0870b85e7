"""The loop of a headless drill: its time is nobody's but its own, and goes on only when nothing is left to do.

Everything of a headless drill runs on this one thread: what goes to other threads elsewhere (passwords, blobs, reads of
the journal) is done in place, and the sockets are of the machine itself (AF_UNIX), where what was sent has arrived. So
the same things happen in the same order in every run, and nothing waits: an hour takes as long as its work.
"""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

_T = TypeVar("_T")
STUCK_S = 60.0
"""Of real time: a headless run in which nothing happens and no timer is set for so long is over."""


class StuckError(RuntimeError):
    """Everybody waits for something that will not come."""


class _IdleSelector(selectors.DefaultSelector):
    """Never sleeps while there is a timer: `pass_time(seconds)` is told how long it would have slept."""

    def __init__(self, pass_time: Callable[[float], None]) -> None:
        super().__init__()
        self._pass_time = pass_time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is not None and timeout > 0:
            self._pass_time(timeout)
            return ready
        ready = super().select(STUCK_S)  # only another thread could still say something
        if not ready:
            raise StuckError("a headless drill stands still: nobody has anything to do, and no timer is set")
        return ready


class HeadlessLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._passed_s = 0.0
        super().__init__(_IdleSelector(self._pass))

    def time(self) -> float:
        return self._passed_s

    def _pass(self, seconds: float) -> None:
        self._passed_s += seconds

    def run_in_executor(  # type: ignore[override]  # the work is done in place, so the executor is not asked
        self, executor: Executor | None, func: Callable[..., _T], *args: Any
    ) -> "asyncio.Future[_T]":
        """In place, because which of two threads is done first differs from run to run."""
        future: asyncio.Future[_T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - carried to who asked, as from an executor
            future.set_exception(error)
        return future


class HurriedLoop(asyncio.SelectorEventLoop):
    """The loop of a drill with people at desks: real time, but it does not sleep while `is_hurried` says so."""

    def __init__(self) -> None:
        self.is_hurried: Callable[[], bool] = lambda: False
        selector = _HurriedSelector(self)
        super().__init__(selector)


class _HurriedSelector(selectors.DefaultSelector):
    def __init__(self, loop: HurriedLoop) -> None:
        super().__init__()
        self._hurried = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(0 if self._hurried.is_hurried() else timeout)
