"""The track store: every believable reading of every unit, written behind the picture's back.

Readings wait in memory for at most FLUSH_S, then go to the disk as they came (a tail). Now and then all tails are
turned into chunks, one for each unit and hour, sorted and deflated. A process that is killed loses what waited; a
disk that takes nothing stops nobody: the store goes on in memory, says so once, and tries again.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from comms.domain.ids import UnitId
from comms.domain.position import Fix
from comms.domain.track import Track, joined
from comms.journal import tables
from comms.journal.database import check_file
from comms.journal.errors import JournalDamagedError, JournalError
from comms.journal.heap import give_back
from comms.journal.track_tables import track_chunks, track_metadata
from comms.journal.track_writer import Batch, Disk
from comms.protocol.frames import FrameError
from comms.protocol.track_chunk import decode_chunk, quantised, track_of

_log = logging.getLogger(__name__)

FILE_NAME = "tracks.sqlite"
FLUSH_S = 2.0
"""So many seconds of track, and the writing itself, are lost when the process is killed."""
SPAN_S = 3600
MOST_RECENT = 1_000_000
"""Readings in memory (32 bytes each) before tails become chunks, whether an hour is over or not."""
TIDY_EVERY = 30
"""Flushes between two small steps of cleaning up."""
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day that begins at `start_at` (Unix seconds) has so many readings."""

    start_at: float
    readings: int


class TrackStore:
    """`take` belongs to one thread and costs next to nothing; reading runs on a thread of its own."""

    def __init__(
        self, data: Path, *, now: Callable[[], float], keep_days: float = 90.0, most_recent: int = MOST_RECENT
    ) -> None:
        """Creates what is missing. A file that is no database is put aside, never overwritten: a gateway without
        its old tracks is better than none. Raises JournalError when the disk does not let it."""
        self._now = now
        self._keep_s = keep_days * _DAY_S
        self._most_recent = most_recent
        self._incoming: deque[tuple[UnitId, Fix]] = deque()
        self._open(data)
        self._chunked_in = self._span(now())
        self._flushes = 0
        self._wanted: deque[Future[None]] = deque()
        self._wake = threading.Event()
        self._is_stopping = False
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="track-reader")
        self._thread = threading.Thread(target=self._run, name="track-writer")
        self._thread.start()

    def _open(self, data: Path) -> None:
        try:
            self._engine = tables.open_engine(_usable(data))
            track_metadata.create_all(self._engine)
            self._disk = Disk(self._engine)
            self._nos, self._recent = self._disk.load()
        except (SQLAlchemyError, OSError) as error:
            raise JournalError(str(getattr(error, "orig", None) or error)) from error

    def take(self, unit_id: UnitId, fix: Fix) -> None:
        """Keep a believable reading, however late it comes; one older than what is kept is not."""
        if fix.at > self._now() - self._keep_s:
            self._incoming.append((unit_id, fix))

    @property
    def held(self) -> int:
        """Readings in memory: at most MOST_RECENT and what came since, until an hour is over."""
        return sum(len(each.rows) for each in self._recent)

    def flush(self) -> None:
        """Blocks until what was taken is among what is read, and on the disk if that takes it."""
        self._gathered().result()

    def close(self) -> None:
        """Writes what waits."""
        self._is_stopping = True
        self._wake.set()
        self._thread.join()
        self._reader.shutdown()
        self._engine.dispose()

    # --- reading ----------------------------------------------------------------------------------------

    async def read(self, unit_id: UnitId, *, from_at: float, to_at: float) -> Track:
        """All that is known of one unit, each reading once. Empty for a unit nobody has heard of."""
        await asyncio.wrap_future(self._gathered())
        return await asyncio.get_running_loop().run_in_executor(self._reader, self.read_now, unit_id, from_at, to_at)

    async def days(self, unit_ids: Sequence[UnitId], *, offset_s: float) -> list[DayCount]:
        """Days on which any of the units was heard of, oldest first. A reading told twice may count twice.

        `offset_s` is local time minus UTC; the store knows whole hours only."""
        await asyncio.wrap_future(self._gathered())
        return await asyncio.get_running_loop().run_in_executor(self._reader, self.days_now, unit_ids, offset_s)

    def read_now(self, unit_id: UnitId, from_at: float, to_at: float) -> Track:
        recent = self._recent  # before the disk: what moves there meanwhile is found twice, never missed
        no = self._nos.get(unit_id)
        if no is None:
            return joined(())
        rows = [batch.rows[batch.no == no] for batch in recent]
        rows += self._chunks(no, self._span(from_at), self._span(to_at))
        return joined(track_of(found) for found in rows if len(found)).between(from_at, to_at)

    def days_now(self, unit_ids: Sequence[UnitId], offset_s: float) -> list[DayCount]:
        recent = self._recent
        nos = [self._nos[unit_id] for unit_id in unit_ids if unit_id in self._nos]
        counts: dict[float, int] = {}

        def add(span: int, count: int) -> None:
            day = floor((span * SPAN_S + offset_s) / _DAY_S) * _DAY_S - offset_s
            counts[day] = counts.get(day, 0) + count

        for batch in recent:
            spans = batch.rows["at"][np.isin(batch.no, nos)] // (SPAN_S * 10)
            for span, count in zip(*np.unique(spans, return_counts=True), strict=True):
                add(int(span), int(count))
        columns = track_chunks.c
        with self._engine.connect().execution_options(reads_only=True) as connection:
            for first in range(0, len(nos), 500):
                query = select(columns.span, func.sum(columns["count"])).where(columns.no.in_(nos[first : first + 500]))
                for span, count in connection.execute(query.group_by(columns.span)):
                    add(span, count)
        return [DayCount(day, counts[day]) for day in sorted(counts)]

    def _chunks(self, no: int, first: int, last: int) -> "list[NDArray[np.void]]":
        query = select(track_chunks.c.data).where(track_chunks.c.no == no, track_chunks.c.span.between(first, last))
        with self._engine.connect().execution_options(reads_only=True) as connection:
            found = connection.execute(query.order_by(track_chunks.c.span, track_chunks.c.id)).scalars().all()
        return [rows for data in found if (rows := _readable(data)) is not None]

    @staticmethod
    def _span(at: float) -> int:
        return floor(at / SPAN_S)

    def _gathered(self) -> "Future[None]":
        """Done when whatever was taken before is among what is read."""
        wanted: Future[None] = Future()
        self._wanted.append(wanted)
        self._wake.set()
        return wanted

    # --- the writer's thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        is_stopping = False
        while not is_stopping:
            self._wake.wait(FLUSH_S)
            self._wake.clear()
            is_stopping = self._is_stopping
            wanted = [self._wanted.popleft() for _ in range(len(self._wanted))]
            self._flush()
            for future in wanted:
                future.set_result(None)
            self._flushes += 1
            if self._flushes % TIDY_EVERY == 0:
                self._disk.forget_before(self._span(self._now() - self._keep_s))

    def _flush(self) -> None:
        batch = self._gather()
        if batch is not None:
            self._recent = (*self._recent, batch)
            self._disk.add_tail(batch)
        span = self._span(self._now())
        if span != self._chunked_in or sum(len(each.rows) for each in self._recent) >= self._most_recent:
            if self._disk.make_chunks(self._recent, span_steps=SPAN_S * 10):
                self._recent, self._chunked_in = (), span
                give_back()
            elif sum(len(each.rows) for each in self._recent) >= 2 * self._most_recent:
                self._recent = self._recent[len(self._recent) // 2 :]
                self._disk.drop_unwritten(self._recent)

    def _gather(self) -> Batch | None:
        taken = [self._incoming.popleft() for _ in range(len(self._incoming))]
        if not taken:
            return None
        nos = self._numbered([unit_id for unit_id, _ in taken])
        return Batch(nos, quantised([fix for _, fix in taken]))

    def _numbered(self, unit_ids: Iterable[UnitId]) -> NDArray[np.uint32]:
        held = self._nos
        found: list[int] = []
        for unit_id in unit_ids:
            if unit_id not in held:
                held[unit_id] = len(held) + 1
                self._disk.new_units.append((held[unit_id], unit_id))
            found.append(held[unit_id])
        return np.array(found, np.uint32)


def _readable(data: bytes) -> "NDArray[np.void] | None":
    """A spoilt chunk costs one unit an hour at the most, not everybody everything."""
    try:
        return decode_chunk(data)
    except FrameError as error:
        _log.error("a piece of a track cannot be read and is left out: %s", error)
        return None


def _usable(data: Path) -> Path:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / FILE_NAME
    try:
        check_file(path)
    except JournalDamagedError as error:
        aside = path.with_name(f"{FILE_NAME}.damaged")
        path.replace(aside)
        for rest in ("-wal", "-shm"):
            path.with_name(FILE_NAME + rest).unlink(missing_ok=True)
        _log.error("the tracks of before were put aside as %s: %s", aside, error)
    return path
