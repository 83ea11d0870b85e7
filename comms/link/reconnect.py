"""When to try again after a connection was lost or could not be made. No I/O, no clock, no sleeping."""

from collections.abc import Callable
from dataclasses import dataclass

LEAST = 0.1
"""Of a wait: a little of it always passes, so that nobody hammers."""


@dataclass(frozen=True, slots=True)
class BackOffPlan:
    """Waits double from `first_s` to `limit_s`; each is anything between a tenth of it and the whole, so that ten
    thousand terminals that lost one gateway come back spread out. A session shorter than `steady_s` does not count as a
    recovery."""

    first_s: float = 0.2
    limit_s: float = 10.0
    factor: float = 2.0
    steady_s: float = 5.0


class BackOff:
    """Feed it what happened and the monotonic time; it answers how long to wait. `random` gives values in [0, 1)."""

    def __init__(self, plan: BackOffPlan, *, random: Callable[[], float]) -> None:
        self._plan = plan
        self._random = random
        self._wait_s = self._first_s = plan.first_s
        self._signed_in_at: float | None = None

    def signed_in(self, *, now: float, spread_s: float = 0.0) -> None:
        """`spread_s` is over how long the gateway asks all of its site to spread their first attempt after a loss."""
        self._signed_in_at = now
        self._first_s = max(self._plan.first_s, spread_s)

    def lost(self, *, now: float, at_least_s: float = 0.0, told_s: float = 0.0) -> float:
        """Seconds to wait before the next attempt: never less than `at_least_s`, and up to a tenth more, because many
        may have been asked the same. `told_s` is a time that the gateway gave this one peer in a crowd: it comes then,
        because who comes much later has lost his turn."""
        if self._signed_in_at is not None and now - self._signed_in_at >= self._plan.steady_s:
            self.reset()
        self._signed_in_at = None
        roll = self._random()
        wait_s = self._wait_s * (LEAST + (1.0 - LEAST) * roll)
        self._wait_s = min(max(self._plan.limit_s, self._first_s), self._wait_s * self._plan.factor)
        return told_s * (1.0 + LEAST * roll) if told_s else max(wait_s, at_least_s * (1.0 + LEAST * roll))

    def reset(self) -> None:
        """Begin again from the shortest wait, as when a person asks for another attempt."""
        self._wait_s = self._first_s
