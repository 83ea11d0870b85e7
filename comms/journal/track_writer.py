"""The track store's disk: tails appended, tails turned into chunks, old chunks forgotten. One thread uses it."""

import logging
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from comms.domain.ids import UnitId
from comms.domain.track import TIME_STEP_S
from comms.journal.track_tables import track_chunks, track_tails, track_units
from comms.protocol.track_chunk import ROW, encode_chunk

_log = logging.getLogger(__name__)

FORGET_AT_ONCE = 500
"""Chunks deleted in one transaction; more are left for the next time."""
BREATH_EVERY, BREATH_S = 32, 0.002
"""While chunks are made, others get the interpreter so often and for so long: voice comes first."""
assert TIME_STEP_S == 0.1  # the step of ROW's `at`, by which readings are told apart


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Readings of many units as they came: `no` is the store's number of the unit of each of `rows`."""

    no: NDArray[np.uint32]
    rows: NDArray[np.void]

    def to_bytes(self) -> bytes:
        return self.no.tobytes() + self.rows.tobytes()


def batch_of(data: bytes) -> Batch:
    """Only what was written whole comes back from SQLite."""
    count = len(data) // (4 + ROW.itemsize)
    return Batch(np.frombuffer(data, "<u4", count), np.frombuffer(data, ROW, count, 4 * count))


class Disk:
    """Failures are told once by a warning and once when they are over; what could not be written is kept."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._unwritten: list[Batch] = []
        self.new_units: list[tuple[int, UnitId]] = []
        """Not yet on the disk."""
        self.is_failing = False

    def load(self) -> tuple[dict[UnitId, int], tuple[Batch, ...]]:
        """The numbers of units, and what was not yet made into chunks."""
        with self._engine.connect().execution_options(reads_only=True) as connection:
            nos = {UnitId(row.unit_id): row.no for row in connection.execute(select(track_units))}
            tails = connection.execute(select(track_tails.c.data).order_by(track_tails.c.id)).scalars().all()
        return nos, tuple(batch_of(data) for data in tails)

    def add_tail(self, batch: Batch) -> None:
        self._unwritten.append(batch)
        try:
            with self._engine.begin() as connection:
                if self.new_units:
                    connection.execute(
                        insert(track_units), [{"no": no, "unit_id": unit_id} for no, unit_id in self.new_units]
                    )
                connection.execute(insert(track_tails), [{"data": each.to_bytes()} for each in self._unwritten])
        except (SQLAlchemyError, OSError) as error:
            self._failed(error)
            return
        self.new_units.clear()
        self._unwritten.clear()
        self._worked()

    def drop_unwritten(self, kept: tuple[Batch, ...]) -> None:
        """The disk has taken nothing for so long that memory runs out: only these stay."""
        held = {id(batch) for batch in kept}
        lost = [batch for batch in self._unwritten if id(batch) not in held]
        self._unwritten = [batch for batch in self._unwritten if id(batch) in held]
        _log.warning("%d readings of tracks are lost: the disk takes nothing", sum(len(each.rows) for each in lost))

    def make_chunks(self, batches: tuple[Batch, ...], *, span_steps: int) -> bool:
        """All or nothing: until the last chunk is written the tails stay. False when the disk does not take it."""
        if self._unwritten:
            return False
        chunks = _chunks(batches, span_steps)
        try:
            with self._engine.begin() as connection:
                if chunks:
                    connection.execute(insert(track_chunks), chunks)
                connection.execute(delete(track_tails))
        except (SQLAlchemyError, OSError) as error:
            self._failed(error)
            return False
        self._worked()
        return True

    def forget_before(self, span: int) -> int:
        """How many chunks were forgotten. Their room in the file is used again; the file does not shrink."""
        old = select(track_chunks.c.id).where(track_chunks.c.span < span).limit(FORGET_AT_ONCE)
        try:
            with self._engine.begin() as connection:
                return connection.execute(delete(track_chunks).where(track_chunks.c.id.in_(old))).rowcount
        except (SQLAlchemyError, OSError) as error:
            self._failed(error)
            return 0

    def _failed(self, error: Exception) -> None:
        self._engine.dispose()
        if not self.is_failing:
            self.is_failing = True
            _log.error("tracks cannot be written and are kept in memory: %s", getattr(error, "orig", None) or error)

    def _worked(self) -> None:
        if self.is_failing:
            self.is_failing = False
            _log.info("tracks can be written again")


def _chunks(batches: tuple[Batch, ...], span_steps: int) -> list[dict[str, object]]:
    """A chunk for each unit and span, in order of time, each moment once (the first that came)."""
    if not batches:
        return []
    no = np.concatenate([batch.no for batch in batches])
    rows = np.concatenate([batch.rows for batch in batches])
    order = np.lexsort((rows["at"], no))
    no, rows = no[order], rows[order]
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (np.diff(no) != 0) | (np.diff(rows["at"]) != 0)
    no, rows = no[is_new], rows[is_new]
    spans = rows["at"] // span_steps
    starts = np.flatnonzero(np.concatenate(([True], (np.diff(no) != 0) | (np.diff(spans) != 0))))
    made: list[dict[str, object]] = []
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(rows)], strict=True):
        data = encode_chunk(rows[start:end])
        made.append({"no": int(no[start]), "span": int(spans[start]), "count": end - start, "data": data})
        if len(made) % BREATH_EVERY == 0:
            time.sleep(BREATH_S)
    return made
