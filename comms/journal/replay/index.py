"""The time line of a replay: when which kind of event was. Columns, so that a hundred thousand events are one look."""

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comms.journal.replay.portion import Portion

Floats = NDArray[np.float64]


class Index:
    """Of the events that were gone through so far. Row 0 is event `first_seq`; times never go back."""

    def __init__(self, portions: Sequence[Portion], *, start_seq: int, start_at: float) -> None:
        """`start_at` is the moment of the first picture: before the first event."""
        self._portions = portions
        self.start_seq, self.start_at = start_seq, start_at

    def __len__(self) -> int:
        return self.last_seq - self.start_seq

    @property
    def first_seq(self) -> int:
        return self.start_seq + 1

    @property
    def last_seq(self) -> int:
        return self._portions[-1].last_seq if self._portions else self.start_seq

    @property
    def end_at(self) -> float:
        return float(self.at[-1]) if len(self) else self.start_at

    @cached_property
    def at(self) -> Floats:
        return np.concatenate([np.frombuffer(portion.at, "<f8") for portion in self._portions] or [np.zeros(0)])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Kinds of event, by their number in `kind`."""
        return tuple(dict.fromkeys(name for portion in self._portions for name in portion.names))

    @cached_property
    def kind(self) -> NDArray[np.uint16]:
        numbers = {name: number for number, name in enumerate(self.names)}
        parts = [
            np.array([numbers[name] for name in portion.names], np.uint16)[np.frombuffer(portion.kinds, "<u2")]
            for portion in self._portions
        ]
        return np.concatenate(parts or [np.zeros(0, np.uint16)])

    def seq_at(self, at: float) -> int:
        """The last event up to this moment."""
        return self.start_seq + int(np.searchsorted(self.at, at, side="right"))

    def at_of(self, seq: int) -> float:
        """When an event was; the moment of the first picture for one before the first."""
        return float(self.at[min(seq, self.last_seq) - self.first_seq]) if seq > self.start_seq else self.start_at

    def rows_of(self, kinds: Collection[str]) -> NDArray[np.intp]:
        """Rows of these kinds: whole names, or beginnings that end in a dot (`order.`)."""
        return np.flatnonzero(np.isin(self.kind, self._numbers(kinds)))

    def rows_except(self, kinds: Collection[str]) -> NDArray[np.intp]:
        return np.flatnonzero(~np.isin(self.kind, self._numbers(kinds)))

    def seq_before(self, at: float) -> int:
        """The last event earlier than this moment."""
        return self.start_seq + int(np.searchsorted(self.at, at, side="left"))

    def next_of(self, kinds: Collection[str], *, after_seq: int) -> int | None:
        """The next event of these kinds."""
        rows = self.rows_of(kinds)
        found = int(np.searchsorted(rows, after_seq - self.start_seq))
        return self.first_seq + int(rows[found]) if found < len(rows) else None

    def last_of(self, kinds: Collection[str], *, before_seq: int) -> int | None:
        rows = self.rows_of(kinds)
        found = int(np.searchsorted(rows, before_seq - self.first_seq))
        return self.first_seq + int(rows[found - 1]) if found else None

    def density(
        self, buckets: int, *, from_at: float, to_at: float, kinds: Collection[str] | None = None
    ) -> NDArray[np.int64]:
        """How many events (of these kinds) lie in each of so many equal parts of a stretch, its end included."""
        at = self.at if kinds is None else self.at[self.rows_of(kinds)]
        edges = np.linspace(from_at, to_at, buckets + 1)
        edges[-1] = np.nextafter(to_at, np.inf)
        return np.diff(np.searchsorted(at, edges))

    def _numbers(self, kinds: Collection[str]) -> list[int]:
        return [
            number
            for number, name in enumerate(self.names)
            if name in kinds or any(kind.endswith(".") and name.startswith(kind) for kind in kinds)
        ]
