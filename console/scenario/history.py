"""What was done to a scenario, step by step: it is an immutable value, so a step is the whole of it."""

from comms.domain.scenario import Scenario

MOST_STEPS = 500


class History:
    """Edits under the same `key` one after the other are one step, as letters of a word are."""

    def __init__(self, scenario: Scenario) -> None:
        self._past: list[Scenario] = []
        self._future: list[Scenario] = []
        self._now = scenario
        self._key: object = None

    @property
    def now(self) -> Scenario:
        return self._now

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def take(self, scenario: Scenario, key: object = None) -> bool:
        """False when nothing is changed by it. `key` None is a step of its own."""
        if scenario == self._now:
            return False
        if key is None or key != self._key or not self._past:
            self._past = [*self._past[-MOST_STEPS + 1 :], self._now]
        self._now, self._key = scenario, key
        self._future.clear()
        return True

    def undo(self) -> bool:
        if not self._past:
            return False
        self._future.append(self._now)
        self._now, self._key = self._past.pop(), None
        return True

    def redo(self) -> bool:
        if not self._future:
            return False
        self._past.append(self._now)
        self._now, self._key = self._future.pop(), None
        return True
