"""The newest events, as the officer reads them in the log; the journal has all."""

from collections import deque
from collections.abc import Iterable

from comms.domain.events import Recorded

KEPT_EVENTS = 2000


class EventLog:
    """Events in order of `seq`, newest last, at most `KEPT_EVENTS`."""

    def __init__(self) -> None:
        self.events: deque[Recorded] = deque(maxlen=KEPT_EVENTS)

    def __len__(self) -> int:
        return len(self.events)

    def add(self, recorded: Recorded) -> bool:
        """False when it is held already."""
        if self.events and recorded.seq <= self.events[-1].seq:
            return False
        if self.events and recorded.seq > self.events[-1].seq + 1:
            self.events.clear()  # a hole: what is older is read from the journal again
        self.events.append(recorded)
        return True

    def fill(self, older: Iterable[Recorded]) -> int:
        """Put older events in front, as many as there is room for; returns how many."""
        first = self.events[0].seq if self.events else None
        fitting = [recorded for recorded in older if first is None or recorded.seq < first]
        room = KEPT_EVENTS - len(self.events)
        chosen = fitting[len(fitting) - min(room, len(fitting)) :]
        self.events.extendleft(reversed(chosen))
        return len(chosen)

    def clear(self) -> None:
        self.events.clear()
