"""Which grid a place lies in, from a tree of the grids' outlines."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import contains


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
        for row, grid in enumerate(grids):
            self.shapes[row] = _polygon(grid)
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


def _polygon(grid: Outlined) -> shapely.Polygon:
    rings = [[(lon, lat) for lat, lon in ring] for ring in grid.rings]
    return shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
