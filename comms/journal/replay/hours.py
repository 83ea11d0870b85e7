"""Where everybody was at a moment: an hour of all units' tracks as columns, so that a moment is one search."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from comms.domain.track import Track, joined
from comms.journal.replay.source import SPAN_S, Source
from comms.protocol.track_chunk import ROW, Readings, decode_chunks, track_of

KEPT_HOURS = 3
"""In memory: of 1,165 units at 5 s each takes 24 MB."""
_STEPS = SPAN_S * 10
_FAR = 4 * _STEPS
"""Between the keys of two units: more than any key within an hour."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """Readings of one hour in order of unit and time. Each unit that was heard of before has its last reading from
    then in front. `first[i]` to `first[i + 1]` are the rows of unit i; `keys` is what a moment is looked up in."""

    span: int
    unit_ids: tuple[UnitId, ...]
    rows: Readings
    keys: NDArray[np.int64]
    first: Rows

    def rows_at(self, at: float) -> Rows:
        """For each unit the row of its last reading up to a moment of this hour; -1 where nothing was heard of it."""
        steps = min(max(floor(at * 10 + 1e-3) - self.span * _STEPS, 0), _STEPS)
        found = np.searchsorted(self.keys, np.arange(len(self.unit_ids), dtype=np.int64) * _FAR + steps, side="right")
        return np.where(found > self.first[:-1], found - 1, -1)


def no_hour() -> Hour:
    """In which nobody was heard of."""
    return Hour(0, (), np.zeros(0, ROW), np.zeros(0, np.int64), np.zeros(1, np.intp))


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
            held = _read(self._source, span)
            while len(self._held) >= KEPT_HOURS:
                self._held.popitem(last=False)
        self._held[span] = held
        return held

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


def _read(source: Source, span: int) -> Hour:
    start, end = span * _STEPS, (span + 1) * _STEPS
    numbers: dict[UnitId, int] = {}
    before = _decoded(source.chunks_before(span), numbers, is_last_only=True)
    within = _decoded(source.chunks(span), numbers)
    loose = _joined([(_numbers(numbers, unit_id, len(rows)), rows) for unit_id, rows in source.loose()])
    is_early, is_within = loose[1]["at"] < start, (loose[1]["at"] >= start) & (loose[1]["at"] < end)
    last = _last_of(*_joined([before, _picked(loose, is_early)]))
    unit, rows = _joined([last, within, _picked(loose, is_within)])
    keys = unit * np.int64(_FAR) + np.clip(rows["at"] - start, 0, _STEPS)
    order = np.argsort(keys, kind="stable")  # of runs in order, as most are, it is a merge
    unit, rows, keys = unit[order], rows[order], keys[order]
    first = np.searchsorted(unit, np.arange(len(numbers) + 1))
    return Hour(span, tuple(numbers), rows, keys, first)


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
    empty: _Part = (np.zeros(0, np.int64), np.zeros(0, ROW))
    return np.concatenate([part[0] for part in (empty, *parts)]), np.concatenate([part[1] for part in (empty, *parts)])


def _last_of(unit: NDArray[np.int64], rows: Readings) -> _Part:
    """The latest reading of each unit."""
    order = np.lexsort((rows["at"], unit))
    is_last = np.ones(len(order), bool)
    is_last[:-1] = np.diff(unit[order]) != 0
    chosen = order[is_last]
    return unit[chosen], rows[chosen]
