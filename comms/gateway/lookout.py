"""What looks after something at once and then every so often, until it is closed."""

from abc import ABC, abstractmethod

from comms.gateway.context import Clock, Timer


class Lookout(ABC):
    """On the gateway's loop."""

    def __init__(self, clock: Clock, *, every_s: float) -> None:
        self._clock = clock
        self._every_s = every_s
        self._timer: Timer | None = None

    def start(self) -> None:
        self.look()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def look(self) -> None:
        """Now, and again so long after now."""
        self.close()
        self._timer = self._clock.call_at(self._clock.monotonic() + self._every_s, self.look)
        self._look()

    @abstractmethod
    def _look(self) -> None: ...
