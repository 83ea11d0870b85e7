"""With how much detail units are drawn: the fewer are on the screen, the more is shown of each."""

from enum import StrEnum

import numpy as np

from ui.map.projection import Floats
from ui.map.stamps import BUBBLE_CELL_PX

BUBBLES_ABOVE, STAMPS_ABOVE, SYMBOLS_ABOVE = 30_000, 6_000, 400
"""Units on the screen beyond which there are bubbles, stamps, symbols without names (house figures)."""
CROWDED = 60.0
"""Symbols in an occupied cell beyond which they would hide each other: bubbles instead."""
SMALL_ABOVE = 2_500
RADII_PX = (4.0, 5.0, 6.5, 7.5)
"""Of symbols, at scale 1; headings are drawn on all but the smallest."""
CULL_MARGIN_PX = 24


class Detail(StrEnum):
    BUBBLES = "bubbles"
    STAMPS = "stamps"
    SYMBOLS = "symbols"
    LABELS = "labels"

    @property
    def is_crowd(self) -> bool:
        """Units are dots, drawn beside the screen's thread."""
        return self in (Detail.BUBBLES, Detail.STAMPS)


def detail_for(count: int, crowding: float) -> Detail:
    """`crowding` is the mean number of units in an occupied bubble cell."""
    if count > BUBBLES_ABOVE or crowding > CROWDED:
        return Detail.BUBBLES
    if count > STAMPS_ABOVE:
        return Detail.STAMPS
    return Detail.SYMBOLS if count > SYMBOLS_ABOVE else Detail.LABELS


def crowding_of(px: Floats, py: Floats) -> float:
    """Mean units in an occupied cell of the screen; 0 when the number alone decides."""
    if not CROWDED < len(px) <= BUBBLES_ABOVE:
        return 0.0
    column, row = np.floor(px / BUBBLE_CELL_PX).astype(np.intp), np.floor(py / BUBBLE_CELL_PX).astype(np.intp)
    column -= column.min()
    row -= row.min()
    occupied = np.count_nonzero(np.bincount(row * (int(column.max()) + 1) + column))
    return len(px) / float(occupied)


def symbol_radius_px(zoom: float, count: int) -> float:
    """Logical pixels at scale 1."""
    if count > SMALL_ABOVE or zoom < 13:
        return RADII_PX[0]
    return RADII_PX[1] if zoom < 15 else RADII_PX[2] if zoom < 16.5 else RADII_PX[3]
