"""Which labels fit: a coarse picture of the screen in which taken cells are set."""

from math import ceil

from ui.map.projection import Floats

CELL_PX = 4
Rect = tuple[float, float, float, float]
"""x, y, width, height in logical pixels."""
Cells = tuple[int, int, int]
"""First row, row after the last, and the bits of the columns."""


class Occupancy:
    """Rectangles are taken in whole cells, so two that were both granted never overlap.

    A row of cells is one integer, a bit for each cell: asking for a label's four or five rows takes half a
    microsecond, a slice of an array four."""

    def __init__(self, width: int, height: int, margin_px: int = 128) -> None:
        """`margin_px` beyond the screen is kept too, for labels that reach out of it."""
        self.size = (width, height)
        self._margin = margin_px
        self._across = ceil((width + 2 * margin_px) / CELL_PX) + 1
        self._rows = [0] * (ceil((height + 2 * margin_px) / CELL_PX) + 1)

    def copy(self) -> "Occupancy":
        twin = Occupancy.__new__(Occupancy)
        twin.size, twin._margin, twin._across = self.size, self._margin, self._across
        twin._rows = self._rows.copy()
        return twin

    def blank(self) -> "Occupancy":
        """One of the same size with nothing taken."""
        twin = self.copy()
        twin._rows = [0] * len(self._rows)
        return twin

    def cells(self, rect: Rect) -> Cells:
        x, y, width, height = rect
        left, top = x + self._margin, y + self._margin
        # -(-a // b) rounds up; this runs a thousand times a frame.
        first, last = int(left // CELL_PX), int(-(-(left + width) // CELL_PX))
        first, last = first if first > 0 else 0, last if last < self._across else self._across
        upper, lower = int(top // CELL_PX), int(-(-(top + height) // CELL_PX))
        bits = ((1 << (last - first)) - 1) << first if last > first else 0
        return upper if upper > 0 else 0, lower if lower > 0 else 0, bits

    def are_free(self, cells: Cells) -> bool:
        first, last, bits = cells
        taken = 0
        for row in self._rows[first:last]:
            taken |= row
        return not taken & bits

    def take_cells(self, cells: Cells) -> None:
        first, last, bits = cells
        rows = self._rows
        for index in range(first, min(last, len(rows))):
            rows[index] |= bits

    def is_free(self, rect: Rect) -> bool:
        return self.are_free(self.cells(rect))

    def take(self, rect: Rect) -> None:
        self.take_cells(self.cells(rect))

    def take_squares(self, x: Floats, y: Floats, half_px: float) -> None:
        """Take a square of whole cells around each of many centres."""
        reach = ceil(half_px / CELL_PX)
        rows, last = self._rows, len(self._rows)
        bits = (1 << (2 * reach + 1)) - 1
        everything = (1 << self._across) - 1
        columns, lines = (x + self._margin) // CELL_PX, (y + self._margin) // CELL_PX
        for column, line in zip(columns.astype(int).tolist(), lines.astype(int).tolist(), strict=True):
            shift = column - reach
            taken = (bits << shift if shift >= 0 else bits >> -shift) & everything
            for index in range(max(0, line - reach), min(last, line + reach + 1)):
                rows[index] |= taken

    def claim(self, rects: tuple[Rect, ...]) -> bool:
        """Take all of them, or none when one is not free."""
        wanted = [self.cells(rect) for rect in rects]
        if not all(self.are_free(cells) for cells in wanted):
            return False
        for cells in wanted:
            self.take_cells(cells)
        return True
