"""Full searches for garbage happen only while nobody talks."""

import gc
import weakref
from collections.abc import Callable

from comms.gateway.garbage import SEARCH_S, SEARCHES_A_WHOLE, searched_in_quiet


class _Timer:
    def __init__(self) -> None:
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class _Clock:
    """Goes only when told to."""

    def __init__(self) -> None:
        self.at_s = 0.0
        self.waiting: list[tuple[float, Callable[[], None], _Timer]] = []

    def now(self) -> float:
        return self.at_s

    def monotonic(self) -> float:
        return self.at_s

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> _Timer:
        timer = _Timer()
        self.waiting.append((monotonic_s, callback, timer))
        return timer

    def advance(self, seconds: float) -> None:
        self.at_s += seconds
        due = [entry for entry in self.waiting if entry[0] <= self.at_s]
        self.waiting = [entry for entry in self.waiting if entry[0] > self.at_s]
        for _, callback, timer in due:
            if not timer.is_cancelled:
                callback()


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_a_full_search_waits_until_nobody_talks() -> None:
    clock, is_quiet, before = _Clock(), False, gc.get_threshold()
    with searched_in_quiet(clock=clock, is_quiet=lambda: is_quiet):
        lost = weakref.ref(_Cycle())
        clock.advance(SEARCH_S)
        assert lost() is not None
        is_quiet = True
        clock.advance(SEARCH_S)
        assert lost() is None
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    assert all(timer.is_cancelled for _, _, timer in clock.waiting)


def test_what_was_set_aside_is_searched_again_now_and_then() -> None:
    clock = _Clock()
    with searched_in_quiet(clock=clock, is_quiet=lambda: True):
        kept = _Cycle()
        clock.advance(SEARCH_S)
        lost = weakref.ref(kept)
        del kept
        clock.advance(SEARCH_S)
        assert lost() is not None
        for _ in range(SEARCHES_A_WHOLE):
            clock.advance(SEARCH_S)
        assert lost() is None
