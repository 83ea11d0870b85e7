"""Which grid a place lies in, from a tree of the grids' outlines."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import contains

Rings = Sequence[NDArray[np.float64]]
"""Points (x, y), shape (n, 2), the outer ring first."""
_AT_ONCE = 256
"""Polygons made in one call, some tenths of a millisecond in which nobody else computes."""


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
        self.shapes: NDArray[np.object_] = np.empty(len(grids), np.object_)
        row = 0
        for some in _portions(grids):
            self.shapes[row : row + len(some)] = polygons(some)
            row += len(some)
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


def polygons(outlines: Sequence[Rings]) -> NDArray[np.object_]:
    """One for each outline; what crosses itself is repaired, rings of less than three points are left out, and without
    an outer one the polygon is empty."""
    shapes = np.full(len(outlines), shapely.Polygon(), np.object_)
    kept = [
        (row, ring)
        for row, rings in enumerate(outlines)
        if rings and len(rings[0]) > 2
        for ring in rings
        if len(ring) > 2
    ]
    if kept:
        points = np.concatenate([ring for _, ring in kept])
        rings = shapely.linearrings(points, indices=np.repeat(np.arange(len(kept)), [len(ring) for _, ring in kept]))
        shapely.polygons(rings, indices=np.array([row for row, _ in kept]), out=shapes)
        is_broken = ~shapely.is_valid(shapes)
        shapes[is_broken] = shapely.make_valid(shapes[is_broken])
    return shapes


def _portions(grids: Sequence[Outlined]) -> Iterator[list[Rings]]:
    some: list[Rings] = []
    for grid in grids:
        some.append([np.asarray(ring, np.float64).reshape(-1, 2)[:, ::-1] for ring in grid.rings])
        if len(some) == _AT_ONCE:
            yield some
            some = []
    yield some
