"""Time for the client end: the wall's, or one a drill holds."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """The same shape as the gateway's clock, so that a drill hands one clock to both ends."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    def monotonic(self) -> float: ...
    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> Timer: ...


class WallClock:
    """The machine's own time, with timers on the running loop."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(max(0.0, monotonic_s - time.monotonic()), callback)
