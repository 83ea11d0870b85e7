"""Where everybody was at a moment: an hour of all units' tracks as columns, so that a moment is one search."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from comms.domain.track import Track, joined
from comms.journal.replay.source import SPAN_S, Source, SourceError
from comms.protocol.track_chunk import ROW, Readings, decode_chunks, track_of

KEPT_BYTES = 200_000_000
"""Of hours in memory, and always the one that is looked at: an hour of 1,165 units at 5 s takes 23 MB."""
_STEPS = SPAN_S * 10
_FAR = _STEPS + 1
"""Between the keys of two units: more than any key within an hour."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """Readings of one hour in order of unit and time, and behind them the last one before it of each unit that had
    been heard of. `first[i]` to `first[i + 1]` are the rows of unit i within the hour, `before[i]` is its row from
    before or -1; `keys` is what a moment is looked up in."""

    span: int
    unit_ids: tuple[UnitId, ...]
    rows: Readings
    keys: NDArray[np.signedinteger[Any]]
    first: Rows
    before: Rows

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes + self.keys.nbytes

    def rows_at(self, at: float) -> Rows:
        """For each unit the row of its last reading up to a moment of this hour; -1 where nothing was heard of it."""
        steps = min(max(floor(at * 10 + 1e-3) - self.span * _STEPS, 0), _STEPS)
        wanted = (np.arange(len(self.unit_ids)) * _FAR + steps).astype(self.keys.dtype)
        found = np.searchsorted(self.keys, wanted, side="right")
        return np.where(found > self.first[:-1], found - 1, self.before)

    def rows_of(self, unit: int) -> Readings:
        """Within the hour."""
        return self.rows[self.first[unit] : self.first[unit + 1]]


def no_hour() -> Hour:
    """In which nobody was heard of."""
    return Hour(0, (), np.zeros(0, ROW), np.zeros(0, np.int32), np.zeros(1, np.intp), np.zeros(0, np.intp))


class Hours:
    """One thread's."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held: OrderedDict[int, Hour] = OrderedDict()

    def hour(self, at: float) -> Hour:
        """Raises SourceError."""
        span = floor(at / SPAN_S)
        held = self._held.pop(span, None)
        if held is None:
            held = _read(self._source, span, self._held.get(span - 1))
            room = KEPT_BYTES - held.nbytes - sum(hour.nbytes for hour in self._held.values())
            while self._held and room < 0:
                room += self._held.popitem(last=False)[1].nbytes
        self._held[span] = held
        return held

    def warm(self, at: float) -> bool:
        """Read the hour of a moment beforehand. False when there is no more room for one, or it cannot be read."""
        span, held = floor(at / SPAN_S), sum(hour.nbytes for hour in self._held.values())
        if span not in self._held and held + held // max(len(self._held), 1) > KEPT_BYTES:
            return False
        try:
            self.hour(at)
        except SourceError:
            return False
        return True

    def holds(self, at: float) -> bool:
        return floor(at / SPAN_S) in self._held

    def forget(self) -> None:
        """What is still written to is read anew."""
        self._held.clear()

    def tracks(self, unit_ids: Sequence[UnitId], *, from_at: float, to_at: float) -> list[Track]:
        """Of each unit all that is known, each reading once. Raises SourceError."""
        first, last = floor(from_at / SPAN_S), floor(to_at / SPAN_S)
        loose: dict[UnitId, list[Readings]] = {}
        for unit_id, rows in self._source.loose():
            loose.setdefault(unit_id, []).append(rows)
        found: list[Track] = []
        for unit_id in unit_ids:
            rows, _ = decode_chunks(self._source.chunks_of(unit_id, first, last))
            parts = (track_of(part) for part in (rows, *loose.get(unit_id, ())) if len(part))
            found.append(joined(parts).between(from_at, to_at))
        return found


def _read(source: Source, span: int, previous: Hour | None) -> Hour:
    start, end = span * _STEPS, (span + 1) * _STEPS
    numbers: dict[UnitId, int] = {}
    loose = _joined([(_numbers(numbers, unit_id, len(rows)), rows) for unit_id, rows in source.loose()])
    earlier = (
        _decoded(source.chunks_before(span), numbers, is_last_only=True)
        if previous is None
        else _end_of(previous, numbers)
    )
    last = _last_of(*_joined([earlier, _picked(loose, loose[1]["at"] < start)]))
    within = _decoded(source.chunks(span), numbers)
    unit, rows = _joined([within, _picked(loose, (loose[1]["at"] >= start) & (loose[1]["at"] < end))])
    keys = (unit * _FAR + np.clip(rows["at"] - start, 0, _STEPS)).astype(
        np.int32 if len(numbers) * _FAR < 2**31 else np.int64
    )
    if (keys[1:] < keys[:-1]).any():  # chunks of one unit that overlap, or loose readings
        order = np.argsort(keys, kind="stable")
        rows, keys = rows[order], keys[order]
    first = np.searchsorted(keys, np.arange(len(numbers) + 1, dtype=np.int64) * _FAR)
    before = np.full(len(numbers), -1, np.intp)
    before[last[0]] = len(rows) + np.arange(len(last[0]))
    return Hour(span, tuple(numbers), np.concatenate((rows, last[1])), keys, first, before)


def _end_of(hour: Hour, numbers: dict[UnitId, int]) -> "_Part":
    """What was last heard of everybody by the end of an hour."""
    rows = hour.rows_at((hour.span + 1) * SPAN_S)
    units = np.fromiter((numbers.setdefault(unit_id, len(numbers)) for unit_id in hour.unit_ids), np.int64, len(rows))
    return units[rows >= 0], hour.rows[rows[rows >= 0]]


_Part = tuple[NDArray[np.int64], Readings]
"""The unit of each reading, and the readings."""


def _decoded(
    chunks: Sequence[tuple[UnitId, bytes]], numbers: dict[UnitId, int], *, is_last_only: bool = False
) -> _Part:
    rows, counts = decode_chunks([data for _, data in chunks])
    units = np.fromiter((numbers.setdefault(unit_id, len(numbers)) for unit_id, _ in chunks), np.int64, len(chunks))
    if is_last_only:  # of each chunk, which are in order of time
        ends = np.cumsum(counts)[counts > 0] - 1
        return units[counts > 0], rows[ends]
    return np.repeat(units, counts), rows


def _numbers(numbers: dict[UnitId, int], unit_id: UnitId, count: int) -> NDArray[np.int64]:
    return np.full(count, numbers.setdefault(unit_id, len(numbers)), np.int64)


def _picked(part: _Part, chosen: NDArray[np.bool_]) -> _Part:
    return part[0][chosen], part[1][chosen]


def _joined(parts: Sequence[_Part]) -> _Part:
    held = [part for part in parts if len(part[0])]
    if len(held) == 1:
        return held[0]
    empty: _Part = (np.zeros(0, np.int64), np.zeros(0, ROW))
    return np.concatenate([part[0] for part in (empty, *held)]), np.concatenate([part[1] for part in (empty, *held)])


def _last_of(unit: NDArray[np.int64], rows: Readings) -> _Part:
    """The latest reading of each unit."""
    order = np.lexsort((rows["at"], unit))
    is_last = np.ones(len(order), bool)
    is_last[:-1] = np.diff(unit[order]) != 0
    chosen = order[is_last]
    return unit[chosen], rows[chosen]
