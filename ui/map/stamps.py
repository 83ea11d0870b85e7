"""Very many units: single dots written into an image by numpy, and bubbles that say how many lie where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from ui.map.projection import Floats
from ui.map.view import View

Colours = NDArray[np.uint32]
BUBBLE_CELL_PX = 96
MEAN_SHARE = 0.7
"""A bubble lies so far from its cell's middle towards its units' mean."""
BUBBLE_FROM = 12
"""Fewer units than this in a cell are left as dots."""


BORDER_PX = 8
"""Around a sheet; it saves every dot its bounds check."""


class StampSheet:
    """An image over memory of our own, into which dots are written. Large: it is used again and again."""

    def __init__(self, width: int, height: int) -> None:
        self._pixels: Colours = np.zeros((height + 2 * BORDER_PX, width + 2 * BORDER_PX), np.uint32)
        self._width, self._height = width, height
        across = width + 2 * BORDER_PX
        inner = self._pixels.reshape(-1)[BORDER_PX * across + BORDER_PX :].data
        self.clear = QImage(inner, width, height, 4 * across, QImage.Format.Format_ARGB32_Premultiplied)
        """To be drawn over something else."""
        self.opaque = QImage(inner, width, height, 4 * across, QImage.Format.Format_RGB32)
        """The same pixels, for whoever fills all of them."""

    @property
    def size(self) -> tuple[int, int]:
        return self._width, self._height

    def wipe(self) -> None:
        self._pixels.fill(0)

    def stamp(self, x: Floats, y: Floats, colours: Colours, *, reach: int) -> None:
        """Discs of radius `reach` (less than BORDER_PX) pixels with a middle at (x, y); later ones cover earlier
        ones, translucent ones what lay there before. 0 makes squares of two by two."""
        column, row = np.rint(x).astype(np.intp), np.rint(y).astype(np.intp)
        is_inside = (column >= 0) & (column < self._width) & (row >= 0) & (row < self._height)
        across = self._width + 2 * BORDER_PX
        base = ((row + BORDER_PX) * across + column + BORDER_PX)[is_inside]
        flat, shown = self._pixels.reshape(-1), colours[is_inside]
        is_solid = shown >= 0xFF000000
        solid, solid_colours = base[is_solid], shown[is_solid]
        faint, faint_colours = base[~is_solid], shown[~is_solid]
        for offset in _disc(reach, across):
            if len(faint):
                flat[faint + offset] = _over(flat[faint + offset], faint_colours)
            flat[solid + offset] = solid_colours


def _over(below: Colours, above: Colours) -> Colours:
    """Premultiplied colours laid over others, two channels at a time."""
    left = np.uint32(255) - (above >> np.uint32(24))
    odd, even = (below >> np.uint32(8)) & np.uint32(0xFF00FF), below & np.uint32(0xFF00FF)
    odd, even = (odd * left) & np.uint32(0xFF00FF00), ((even * left) >> np.uint32(8)) & np.uint32(0xFF00FF)
    mixed: Colours = above + odd + even
    return mixed


def _disc(reach: int, width: int) -> list[int]:
    if reach == 0:
        return [0, 1, width, width + 1]
    side = range(-reach, reach + 1)
    return [dy * width + dx for dy in side for dx in side if dx * dx + dy * dy <= reach * reach + 1]


@dataclass(frozen=True, slots=True)
class Bubble:
    """So many units around a place of the screen, logical pixels."""

    x: float
    y: float
    count: int


def bubbles(view: View, x: Floats, y: Floats) -> list[Bubble]:
    """Counts by cell. Cells stand on the world, not on the screen, so panning does not stir them; a bubble lies
    between its cell's middle and its units' mean, so that neighbours do not cover each other."""
    if not len(x):
        return []
    columns, rows = np.floor((x + view.left) / BUBBLE_CELL_PX), np.floor((y + view.top) / BUBBLE_CELL_PX)
    first_column, first_row = columns.min(), rows.min()
    across = int(columns.max() - first_column) + 1
    cells = ((rows - first_row) * across + columns - first_column).astype(np.intp)
    counts = np.bincount(cells)
    sums_x, sums_y = np.bincount(cells, x), np.bincount(cells, y)
    found = []
    for index in np.flatnonzero(counts >= BUBBLE_FROM).tolist():
        count = int(counts[index])
        middle_x = (first_column + index % across + 0.5) * BUBBLE_CELL_PX - view.left
        middle_y = (first_row + index // across + 0.5) * BUBBLE_CELL_PX - view.top
        x_mean, y_mean = sums_x[index] / count, sums_y[index] / count
        found.append(
            Bubble(
                MEAN_SHARE * x_mean + (1 - MEAN_SHARE) * middle_x,
                MEAN_SHARE * y_mean + (1 - MEAN_SHARE) * middle_y,
                count,
            )
        )
    return found


def premultiplied(colour: str, alpha: float = 1.0) -> int:
    """A colour as the stamp sheet holds it."""
    mixed = QColor(colour)
    share = mixed.alphaF() * alpha
    return (
        round(255 * share) << 24
        | round(mixed.red() * share) << 16
        | round(mixed.green() * share) << 8
        | round(mixed.blue() * share)
    )
