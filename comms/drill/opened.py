"""A record opened to be taken over: perhaps before anybody asks for it, by the program that waits."""

import threading
from pathlib import Path

from comms.gateway.running import StartError
from comms.journal.replay.fork import past_of, wait_for
from comms.journal.replay.replay import Replay, open_replay
from comms.journal.replay.source import Flaw, SourceError


class OpenedRecord:
    """A data directory or an exported file, with a desk's folder of keyframes of it if there is one. Close it."""

    def __init__(self, record: Path, cache: Path | None) -> None:
        """Raises StartError with a plain sentence."""
        self.record, self.cache = record, cache
        self._told, self._goes_on = threading.Event(), threading.Event()
        self._goes_on.set()
        self._is_closed = False
        found = open_replay(record, cache=cache, tell=self._told.set, stand_back=self._stand_back)
        if isinstance(found, Flaw):
            raise StartError(f"The record {record} cannot be opened: {found}.")
        self.replay: Replay = found

    def serves(self, record: Path, cache: Path | None, at: float) -> bool:
        """It is this record, and what is seen of it will go beyond that Unix second: one that was gone through to its
        end may have grown since."""
        made = self.replay.made
        return (record, cache) == (self.record, self.cache) and (made.at > at or not made.is_done)

    def look(self, at: float) -> None:
        """At the moment that may be wanted, so that what is read of the disk is in memory then."""
        self.replay.submit(lambda: self._look(at)).result()

    def _look(self, at: float) -> None:
        self.replay.warm(at)
        if self.replay.made.at > at:
            try:
                past_of(self.replay, at)
            except SourceError:
                pass  # who takes it over is told

    def reach(self, at: float) -> None:
        """Until it has gone through that second; then it goes no further until `go_on`: it would be in the way."""
        wait_for(self.replay, at, self._told)
        self._goes_on.clear()

    def go_on(self) -> None:
        self._goes_on.set()

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.go_on()
            self.replay.close()

    def _stand_back(self) -> None:
        self._goes_on.wait()
