"""From the numbers that position frames carry to rows of a table: a look-up for each of 20,000 readings a second."""

import numpy as np
from numpy.typing import NDArray

DENSEST = 1 << 22
"""Numbers below this are looked up directly (a gateway counts from 1); larger ones are searched for."""


class NumberIndex:
    """Built when first asked after `forget`."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """The rows changed."""
        self._direct: NDArray[np.int32] | None = None
        self._sorted = np.zeros(0, np.uint32)
        self._sorted_rows = np.zeros(0, np.intp)

    def rows_of(self, numbers: NDArray[np.uint32], by_row: NDArray[np.uint32]) -> NDArray[np.intp]:
        """Row of each number, -1 where there is none; `by_row` holds the number of every row, no two alike."""
        direct = self._direct if self._direct is not None else self._build(by_row)
        places = np.minimum(numbers, len(direct) - 1)
        rows: NDArray[np.intp] = direct[places].astype(np.intp)
        if len(self._sorted):
            is_large = numbers >= DENSEST
            rows[is_large] = self._searched(numbers[is_large])
        return rows

    def _build(self, by_row: NDArray[np.uint32]) -> NDArray[np.int32]:
        is_small = by_row < DENSEST
        small, large = np.flatnonzero(is_small), np.flatnonzero(~is_small)
        # One place more than the largest, which says that there is none.
        self._direct = np.full(int(by_row[small].max(initial=0)) + 2, -1, np.int32)
        self._direct[by_row[small]] = small
        order = np.argsort(by_row[large], kind="stable")
        self._sorted, self._sorted_rows = by_row[large][order], large[order]
        return self._direct

    def _searched(self, numbers: NDArray[np.uint32]) -> NDArray[np.intp]:
        places = np.minimum(np.searchsorted(self._sorted, numbers), len(self._sorted) - 1)
        return np.where(self._sorted[places] == numbers, self._sorted_rows[places], -1)
