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


@dataclass(frozen=True, slots=True, eq=False)
class Stamped:
    """An image over `pixels`, which must live as long as it."""

    image: QImage
    pixels: Colours


class StampSheet:
    """Draws dots into the same memory again and again; a border around it saves every dot its bounds check."""

    def __init__(self) -> None:
        self._stamped = Stamped(QImage(), np.zeros((0, 0), np.uint32))

    def draw(self, x: Floats, y: Floats, colours: Colours, *, size: tuple[int, int], reach: int) -> Stamped:
        """Discs of radius `reach` device pixels with a middle at (x, y) in an image of this size; later ones cover
        earlier ones. 0 makes squares of two by two. What was drawn before is gone."""
        border = reach + 1
        width, height = size[0] + 2 * border, size[1] + 2 * border
        if self._stamped.pixels.shape != (height, width):
            pixels: Colours = np.zeros((height, width), np.uint32)
            inner = pixels.reshape(-1)[border * width + border :].data
            image = QImage(inner, *size, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
            self._stamped = Stamped(image, pixels)
        self._stamped.pixels.fill(0)
        column, row = np.rint(x).astype(np.intp), np.rint(y).astype(np.intp)
        is_inside = (column >= 0) & (column < size[0]) & (row >= 0) & (row < size[1])
        base = ((row + border) * width + column + border)[is_inside]
        flat, shown = self._stamped.pixels.reshape(-1), colours[is_inside]
        for offset in _disc(reach, width):
            flat[base + offset] = shown
        return self._stamped


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
