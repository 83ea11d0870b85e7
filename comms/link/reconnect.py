"""When to try again after a connection was lost or could not be made. No I/O, no clock, no sleeping."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackOffPlan:
    """Waits double from `first_s` to `limit_s`; each is spread over its upper half, so that 1,165 terminals that
    lost one gateway do not come back in step. A session shorter than `steady_s` does not count as a recovery."""

    first_s: float = 0.2
    limit_s: float = 10.0
    factor: float = 2.0
    steady_s: float = 5.0


class BackOff:
    """Feed it what happened and the monotonic time; it answers how long to wait. `random` gives values in [0, 1)."""

    def __init__(self, plan: BackOffPlan, *, random: Callable[[], float]) -> None:
        self._plan = plan
        self._random = random
        self._wait_s = plan.first_s
        self._signed_in_at: float | None = None

    def signed_in(self, *, now: float) -> None:
        self._signed_in_at = now

    def lost(self, *, now: float, at_least_s: float = 0.0) -> float:
        """Seconds to wait before the next attempt. `at_least_s` is what the gateway asked for."""
        if self._signed_in_at is not None and now - self._signed_in_at >= self._plan.steady_s:
            self.reset()
        self._signed_in_at = None
        wait_s = self._wait_s * (0.5 + 0.5 * self._random())
        self._wait_s = min(self._plan.limit_s, self._wait_s * self._plan.factor)
        return max(wait_s, at_least_s)

    def reset(self) -> None:
        """Begin again from the shortest wait, as when a person asks for another attempt."""
        self._wait_s = self._plan.first_s
