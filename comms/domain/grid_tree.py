"""Which grid a place lies in, from a tree of the grids' outlines."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import contains
from comms.domain.pause import never

AT_ONCE = 256
"""Polygons made in one call, some tenths of a millisecond in which nobody else computes."""
Points = NDArray[np.float64]
"""Shape (n, 2)."""


class Outlined(Protocol):
    """Rings of (lat, lon) in WGS-84, first ring outer, not closed."""

    @property
    def jurisdiction_id(self) -> JurisdictionId: ...
    @property
    def rings(self) -> tuple[Sequence[tuple[float, float]], ...]: ...


class GridTree:
    """`shapes` are polygons with x = longitude, y = latitude, in the order the grids came."""

    def __init__(self, grids: Sequence[Outlined]) -> None:
        self._ids = [grid.jurisdiction_id for grid in grids]
        self.shapes = polygons([grid.rings for grid in grids])
        self.tree = shapely.STRtree(self.shapes)

    def row_at(self, *, lat: float, lon: float) -> int | None:
        """On a border the first of the grids there."""
        found = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return int(found.min()) if len(found) else None

    def at(self, *, lat: float, lon: float) -> JurisdictionId | None:
        row = self.row_at(lat=lat, lon=lon)
        return None if row is None else self._ids[row]

    def shapes_of(self, jurisdiction_id: JurisdictionId) -> NDArray[np.object_]:
        """Of all grids of this node and below."""
        return self.shapes[[row for row, key in enumerate(self._ids) if contains(jurisdiction_id, key)]]


def turned(places: Points) -> Points:
    """Longitude first, as shapes have it."""
    return places[:, ::-1]


def polygons(
    outlines: Sequence[Sequence[Sequence[tuple[float, float]]]],
    placed: Callable[[Points], Points] = turned,
    stand_back: Callable[[], None] = never,
) -> NDArray[np.object_]:
    """One for each outline: rings of (lat, lon), the outer one first. What crosses itself is repaired, rings of less
    than three points are left out, and without an outer one the polygon is empty.

    `placed` makes x and y of many places at once. Between two portions `stand_back` is called, see `console.gate`."""
    shapes = np.full(len(outlines), shapely.Polygon(), np.object_)
    for first in range(0, len(outlines), AT_ONCE):
        stand_back()
        _fill(shapes[first : first + AT_ONCE], outlines[first : first + AT_ONCE], placed)
    return shapes


def _fill(
    shapes: NDArray[np.object_],
    outlines: Sequence[Sequence[Sequence[tuple[float, float]]]],
    placed: Callable[[Points], Points],
) -> None:
    kept = [
        (row, np.asarray(ring, np.float64))
        for row, rings in enumerate(outlines)
        if rings and len(rings[0]) > 2
        for ring in rings
        if len(ring) > 2
    ]
    if not kept:
        return
    points = placed(np.concatenate([ring for _, ring in kept]))
    rings = shapely.linearrings(points, indices=np.repeat(np.arange(len(kept)), [len(ring) for _, ring in kept]))
    shapely.polygons(rings, indices=np.array([row for row, _ in kept]), out=shapes)
    is_broken = ~shapely.is_valid(shapes)
    shapes[is_broken] = shapely.make_valid(shapes[is_broken])
