"""A replay: one journal opened to be looked at again at any moment, with positions, voices and time line."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from comms.domain.events import Recorded
from comms.domain.ids import BlobId, UnitId
from comms.domain.pause import never
from comms.domain.picture import Picture
from comms.domain.track import Track, empty_track
from comms.journal.blobs import Blob
from comms.journal.database import FILE_NAME
from comms.journal.replay.archive import Archive
from comms.journal.replay.directory import Directory
from comms.journal.replay.hours import Hour, Hours, no_hour
from comms.journal.replay.index import Index
from comms.journal.replay.maker import Made, Maker
from comms.journal.replay.sidecar import Sidecar
from comms.journal.replay.source import Flaw, Source, SourceError, followed
from comms.journal.replay.voices import Burst

T = TypeVar("T")
STAND_S, LONGEST_STANDS = 0.001, 50
"""How the maker waits for who reads; after so many it takes a step all the same."""


def nobody() -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Last readings at a moment: `rows[i]` is unit i's row of `hour`, -1 where nothing was heard of it."""

    hour: Hour
    rows: NDArray[np.intp]


class Replay:
    """`made`, `index`, `bursts` and `flaws` may be looked at from any thread. What reads is slow, and belongs to the
    replay's own thread: give it to `submit`. Nothing raises: what cannot be read is among `flaws`. Close it."""

    def __init__(
        self,
        source: Source,
        *,
        cache: Path | None = None,
        stand_back: Callable[[], None] = never,
        tell: Callable[[], None] = nobody,
    ) -> None:
        """`cache` is a folder for keyframes. `tell` is called, on a thread of the replay's, whenever more was gone
        through or another flaw was seen."""
        self._source = source
        self._hours = Hours(source)
        self._sidecar = Sidecar(cache, source.identity) if cache is not None else None
        self._tell = tell
        self._found: tuple[Flaw, ...] = ()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="replay-reader")
        begin_at = source.start.at if source.start.at is not None else self._first_at()
        self._asked = 0
        """Of what reads, how much is under way: whoever waits for a moment comes before the making."""
        self._stand_back = stand_back
        self._maker = Maker(source, self._sidecar, begin_at=begin_at, stand_back=self._let_readers_pass, tell=tell)
        self._indexed: tuple[Made, Index] | None = None
        self._maker.start()

    def __enter__(self) -> "Replay":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def source(self) -> Source:
        """On the thread that reads."""
        return self._source

    @property
    def identity(self) -> str:
        return self._source.identity

    @property
    def made(self) -> Made:
        """How much was gone through, and what was seen on the way."""
        return self._maker.made

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """Each once."""
        return tuple(dict.fromkeys((*self.made.flaws, *self._found)))

    @property
    def bursts(self) -> tuple[Burst, ...]:
        return self.made.bursts

    @property
    def index(self) -> Index:
        made, held = self.made, self._indexed
        if held is None or held[0].seq != made.seq:
            start = self._source.start
            held = self._indexed = made, Index(made.portions, start_seq=start.seq, start_at=made.start_at)
        return held[1]

    @property
    def end_at(self) -> float:
        """The last moment that can be shown so far."""
        until = self._source.until if self.made.is_done else None
        return max(self.index.end_at, until) if until is not None else self.index.end_at

    def reached(self, seq: int) -> "Future[None]":
        """Done when this event was gone through, or never will be."""
        return self._maker.reached(seq)

    def checked(self) -> "Future[None]":
        """Done when also what lies beside the events was looked at: `flaws` are then all there are."""
        return self._maker.checked

    def end_seq(self) -> int:
        """The last event there is, gone through or not."""
        try:
            end = self._source.end()
        except SourceError as error:
            self._note(error.flaw)
            end = None
        return end.seq if end is not None else self._source.start.seq

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        """On the thread that reads, one after the other."""

        def counted() -> T:
            self._asked += 1
            try:
                return work()
            finally:
                self._asked -= 1

        return self._reader.submit(counted)

    def warm(self, at: float) -> bool:
        """Read the tracks of this moment's hour, unless there is no room for them. On the thread that reads."""
        return self._hours.warm(at)

    def is_warm(self, at: float) -> bool:
        """They are in memory."""
        return self._hours.holds(at)

    def look_again(self) -> None:
        """The journal may have grown since. On the thread that reads."""
        self._hours.forget()
        self._maker.look_again()

    def close(self) -> None:
        self._reader.shutdown(cancel_futures=True)
        self._maker.close()
        if self._sidecar is not None:
            self._sidecar.close()
        self._source.close()

    # --- a moment, on the thread that reads -----------------------------------------------------------------

    def picture_at(self, seq: int) -> Picture:
        """The picture after this event (or after the last before it that is sound): the nearest keyframe, and a short
        fold. Nobody else has it."""
        seq = min(seq, self.made.seq)
        picture, head = self._keyframe(seq)
        for recorded in self._sound(picture.seq, seq, head):
            picture.apply(recorded)
        return picture

    def events(self, after_seq: int, limit: int) -> list[Recorded]:
        """Of those that were gone through, from the one after `after_seq`; fewer where they are not sound."""
        return self._sound(after_seq, min(after_seq + limit, self.made.seq), None)

    def seen_at(self, at: float) -> Seen:
        """Where everybody was."""
        try:
            hour = self._hours.hour(at)
        except SourceError as error:
            self._note(error.flaw)
            hour = no_hour()
        return Seen(hour, hour.rows_at(at))

    def tracks(self, unit_ids: Sequence[UnitId], *, from_at: float, to_at: float) -> list[Track]:
        """All readings of these units in a stretch of time."""
        try:
            return self._hours.tracks(unit_ids, from_at=from_at, to_at=to_at)
        except SourceError as error:
            self._note(error.flaw)
            return [empty_track() for _ in unit_ids]

    def blob(self, blob_id: BlobId) -> Blob | None:
        """None when it is not there, or not what it was."""
        try:
            return self._source.blob(blob_id)
        except SourceError as error:
            self._note(error.flaw)
            return None

    # --- within -------------------------------------------------------------------------------------------

    def _keyframe(self, seq: int) -> tuple[Picture, bytes]:
        """The nearest picture that can be read, and the hash of its event."""
        made = self.made
        for number in range(made.count_until(seq) - 1, -1, -1):
            picture = self._maker.unpack(made.keyframes[number])
            if picture is not None:
                return picture, made.portions[number].head
        return self._source.start.unpack(), self._source.start.head

    def _sound(self, after_seq: int, until_seq: int, head: bytes | None) -> list[Recorded]:
        """Events as long as they are as they were written; each is looked at again whenever it is read."""
        found: list[Recorded] = []
        try:
            for row in self._source.rows(after_seq, until_seq - after_seq) if until_seq > after_seq else ():
                found.append(followed(row, after_seq, row.previous if head is None else head))
                after_seq, head = row.seq, row.hash
        except SourceError as error:
            self._note(error.flaw)
        return found

    def _let_readers_pass(self) -> None:
        """Between two steps of the maker."""
        for _ in range(LONGEST_STANDS):
            if not self._asked:
                break
            time.sleep(STAND_S)
        self._stand_back()

    def _first_at(self) -> float:
        try:
            rows = self._source.rows(self._source.start.seq, 1)
        except SourceError as error:
            self._note(error.flaw)
            rows = ()
        return rows[0].at if rows else 0.0

    def _note(self, flaw: Flaw) -> None:
        if flaw not in self._found:
            self._found = (*self._found, flaw)
            self._tell()


def open_replay(path: Path, **options: Any) -> Replay | Flaw:
    """A gateway's data directory, the journal in it, or an exported file. The options are Replay's. What is wrong when
    nothing can be opened is told as a value."""
    try:
        if path.is_dir() or path.name == FILE_NAME:
            return Replay(Directory(path if path.is_dir() else path.parent), **options)
        return Replay(Archive(path), **options)
    except SourceError as error:
        return error.flaw
