"""The wall clock of a live gateway. A drill hands in another."""

import asyncio
import time
from collections.abc import Callable


class SystemClock:
    """Timers run on the loop it was made on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return self._loop.time()

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return self._loop.call_at(monotonic_s, callback)
