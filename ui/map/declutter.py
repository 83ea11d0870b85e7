"""Which labels fit: a coarse picture of the screen in which taken cells are set."""

from math import ceil

import numpy as np

from ui.map.projection import Floats

CELL_PX = 4
Rect = tuple[float, float, float, float]
"""x, y, width, height in logical pixels."""


class Occupancy:
    """Rectangles are taken in whole cells, so two that were both granted never overlap."""

    def __init__(self, width: int, height: int, margin_px: int = 128) -> None:
        """`margin_px` beyond the screen is kept too, for labels that reach out of it."""
        self.size = (width, height)
        self._margin = margin_px
        self._taken = np.zeros(
            (ceil((height + 2 * margin_px) / CELL_PX) + 1, ceil((width + 2 * margin_px) / CELL_PX) + 1), np.bool_
        )

    def clear(self) -> None:
        """Begin again: a fresh array of this size would be paged in at every frame."""
        self._taken.fill(False)

    def is_free(self, rect: Rect) -> bool:
        rows, columns = self._cells(rect)
        return not self._taken[rows, columns].any()

    def take(self, rect: Rect) -> None:
        rows, columns = self._cells(rect)
        self._taken[rows, columns] = True

    def take_squares(self, x: Floats, y: Floats, half_px: float) -> None:
        """Take a square around each of many centres, without a loop over them."""
        height, width = self._taken.shape
        reach = ceil(half_px / CELL_PX)
        column = np.floor((x + self._margin) / CELL_PX).astype(np.intp)
        row = np.floor((y + self._margin) / CELL_PX).astype(np.intp)
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                inside = (column + dx >= 0) & (column + dx < width) & (row + dy >= 0) & (row + dy < height)
                self._taken[row[inside] + dy, column[inside] + dx] = True

    def claim(self, rects: tuple[Rect, ...]) -> bool:
        """Take all of them, or none when one is not free."""
        if not all(self.is_free(rect) for rect in rects):
            return False
        for rect in rects:
            self.take(rect)
        return True

    def _cells(self, rect: Rect) -> tuple[slice, slice]:
        x, y, width, height = rect
        left, top = x + self._margin, y + self._margin
        # -(-a // b) rounds up; this runs thousands of times a frame.
        return (
            slice(max(0, int(top // CELL_PX)), max(0, int(-(-(top + height) // CELL_PX)))),
            slice(max(0, int(left // CELL_PX)), max(0, int(-(-(left + width) // CELL_PX)))),
        )
