"""What one frame shows of the units: which rows, where, and which of them stand out."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ui.map.detail import Detail
from ui.map.projection import Floats
from ui.map.unit_columns import Rows
from ui.map.view import View


def _no_rows() -> Rows:
    return np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Emphasis:
    """Rows that stand out, and why."""

    selected: Rows = field(default_factory=_no_rows)
    hovered: int | None = None
    talking: frozenset[int] = frozenset()
    emergency: frozenset[int] = frozenset()
    engaged: frozenset[int] = frozenset()
    """Whom this desk talks to."""
    is_beat: bool = False
    """The bright half of an emergency's beat."""

    def is_like(self, other: "Emphasis") -> bool:
        """The same rows stand out, whatever the beat."""
        return (self.hovered, self.talking, self.emergency, self.engaged) == (
            other.hovered, other.talking, other.emergency, other.engaged
        ) and np.array_equal(self.selected, other.selected)  # fmt: skip

    def special(self) -> list[int]:
        """All but the selected, once, the most urgent first."""
        hovered = [] if self.hovered is None else [self.hovered]
        return list(dict.fromkeys([*hovered, *self.emergency, *self.talking, *self.engaged]))

    def marked(self) -> Rows:
        """All of them; a row may come twice."""
        return np.concatenate((np.array(self.special(), np.intp), self.selected))


@dataclass(frozen=True, slots=True, eq=False)
class UnitFrame:
    """Rows in drawing order and their middles in logical pixels of the view."""

    view: View
    rows: Rows
    px: Floats
    py: Floats
    freshness: NDArray[np.uint8]
    is_marked: NDArray[np.bool_]
    """Selected, hovered, talking, talked to, or in an emergency."""
    detail: Detail
    """Of all the units on the screen."""
    radius_px: float
    version: int
    """Of the positions; see `UnitColumns.version`."""
    now: float
