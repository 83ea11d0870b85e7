"""The ground: an area's static map made ready to draw. Built once per area, on the tile worker; never changed after.

Lines and outlines are in the local units of `ui.map.outline`, counted from `Ground.origin`.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath, QPolygonF

from comms.domain.ids import JurisdictionId
from ui.map.layer_data import LayerPoints, LayerShapes
from ui.map.outline import middle_of, path_of
from ui.map.projection import Floats


@dataclass(frozen=True, slots=True)
class Outlines:
    """Closed shapes with their names. `bounds` (n, 4) and `anchors` (n, 2) are in world units."""

    ids: tuple[JurisdictionId, ...]
    names: tuple[str, ...]
    bounds: Floats
    anchors: Floats


FAR_ZOOM = 11.0


@dataclass(frozen=True, slots=True)
class Borders:
    """Boundary lines, each once however many shapes share it, so that dashes stay dashes. `bounds` (n, 4) world."""

    lines: tuple[QPolygonF, ...]
    bounds: Floats
    far_lines: tuple[QPolygonF, ...] = ()
    """As seen from farther off than FAR_ZOOM, with a third of the points; empty where nobody looks from there."""

    def lines_at(self, zoom: float) -> tuple[QPolygonF, ...]:
        return self.far_lines if self.far_lines and zoom <= FAR_ZOOM else self.lines


@dataclass(frozen=True, slots=True)
class Streets:
    """Centre lines. `ways` measure them; `bounds` (n, 4) world; `ranks` 0 main road, 1 street, 2 lane."""

    names: tuple[str, ...]
    ranks: NDArray[np.uint8]
    lines: tuple[QPolygonF, ...]
    ways: tuple["Way", ...]
    bounds: Floats


@dataclass(frozen=True, slots=True)
class Way:
    """A line to go along, in local units. Python's own arrays: for a handful of points they beat numpy's by far, and
    take a quarter of what lists do."""

    x: "array[float]"
    y: "array[float]"
    reached: "array[float]"
    """Length from the start to each point."""

    @property
    def length(self) -> float:
        return self.reached[-1]

    def at(self, distance: float) -> tuple[float, float]:
        """The point so far along, which must lie on the line."""
        index = min(max(1, bisect_right(self.reached, distance)), len(self.reached) - 1)
        step = self.reached[index] - self.reached[index - 1]
        share = (distance - self.reached[index - 1]) / step if step else 0.0
        x, y = self.x[index - 1], self.y[index - 1]
        return x + share * (self.x[index] - x), y + share * (self.y[index] - y)


def way_of(points: Floats) -> Way:
    """`points` (m, 2) with m at least 2."""
    reached = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T))
    return Way(*(array("d", column.tobytes()) for column in (points[:, 0], points[:, 1], reached)))


def _no_outlines() -> Outlines:
    return Outlines((), (), np.zeros((0, 4)), np.zeros((0, 2)))


def _no_borders() -> Borders:
    return Borders((), np.zeros((0, 4)))


NO_BORDERS = _no_borders()


@dataclass(frozen=True, slots=True)
class Ground:
    """All of it. `tree` answers which grid a place lies in."""

    origin: tuple[float, float] = (0.0, 0.0)
    grids: Outlines = field(default_factory=_no_outlines)
    villages: Outlines = field(default_factory=_no_outlines)
    trace_grids: Callable[[], Borders] = _no_borders
    """Gives the borders of grids, traced when first drawn: 0.7 s for 10,000, which a whole city does not show."""
    village_borders: Borders = field(default_factory=_no_borders)
    land: Any = None
    """The whole area, a shapely geometry in world units."""
    streets: Streets = field(default_factory=lambda: Streets((), np.zeros(0, np.uint8), (), (), np.zeros((0, 4))))
    tree: Any = None
    layers: tuple[LayerPoints | LayerShapes, ...] = ()
    """What is drawn from data above it, from low to high."""

    @property
    def grid_borders(self) -> Borders:
        return self.trace_grids()

    def grid_at(self, x: float, y: float) -> int | None:
        """Index of the grid that holds a world point."""
        if self.tree is None:
            return None
        found = self.tree.query(shapely.Point(x, y), predicate="intersects")
        return int(found[0]) if len(found) else None

    def outline(self, row: int) -> QPainterPath:
        """A grid's shape, to be filled."""
        return path_of(self.tree.geometries[row], self.origin)

    def point_of_grid_in(self, row: int, box: tuple[float, float, float, float]) -> tuple[float, float] | None:
        """A point inside the part of a grid that lies in a box."""
        return middle_of(shapely.clip_by_rect(self.tree.geometries[row], *box))
