"""When the interpreter looks for unreachable cycles. A full search over the objects of 1,165 sessions stops everything,
voice too, for 110 to 190 ms (measured), so full searches wait until nobody talks; what has lasted is then set aside.
Almost everything dies by its reference count, so little is ever found."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from comms.gateway.context import Clock, Timer

SEARCH_S = 60.0
SEARCHES_A_WHOLE = 60
"""Every so many searches what was set aside is searched again."""
YOUNG_OBJECTS, YOUNG_SEARCHES, NEVER = 10_000, 5, 1_000_000_000
"""Young objects are searched as ever, in portions of at most 50,000: some 5 ms."""


@contextmanager
def searched_in_quiet(*, clock: Clock, is_quiet: Callable[[], bool]) -> Iterator[None]:
    """While it lasts, this process makes a full search each minute in which `is_quiet` says nobody would notice."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_SEARCHES, NEVER)
    search = _Search(clock, is_quiet)
    try:
        yield
    finally:
        search.stop()
        gc.unfreeze()
        gc.set_threshold(*before)


class _Search:
    def __init__(self, clock: Clock, is_quiet: Callable[[], bool]) -> None:
        self._clock = clock
        self._is_quiet = is_quiet
        self._done = 0
        self._timer = self._next()

    def stop(self) -> None:
        self._timer.cancel()

    def _next(self) -> Timer:
        return self._clock.call_at(self._clock.monotonic() + SEARCH_S, self._search)

    def _search(self) -> None:
        self._timer = self._next()
        if not self._is_quiet():
            return
        self._done += 1
        if self._done % SEARCHES_A_WHOLE == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()
