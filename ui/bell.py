"""One bell for the whole desk: the loudest that any of its parts wants sounds."""

from collections.abc import Callable
from functools import partial

from comms.domain.alarm import AlarmPriority

Ring = Callable[[AlarmPriority | None], None]
"""The tone of the loudest that a part has; None: it is content with silence."""


class Bell:
    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._wanted: dict[str, AlarmPriority | None] = {}

    def part(self, name: str) -> Ring:
        return partial(self._want, name)

    def _want(self, name: str, priority: AlarmPriority | None) -> None:
        before = self._loudest()
        self._wanted[name] = priority
        loudest = self._loudest()
        if loudest is not before:
            self._ring(loudest)

    def _loudest(self) -> AlarmPriority | None:
        wanted = [priority for priority in self._wanted.values() if priority is not None]
        return max(wanted, key=lambda priority: priority.rank, default=None)
