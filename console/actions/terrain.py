"""The static map made ready for questions: which grid, which way, how many. Made once for an area, on a worker."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId
from comms.domain.street_graph import StreetGraph
from comms.protocol.area import Area, Grid


class GridTree:
    """The grids of an area by place. `shapes` are polygons with x = longitude, y = latitude."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        self.grids = tuple(grids)
        self.shapes: NDArray[np.object_] = np.array([_polygon(grid) for grid in grids], np.object_)
        self.tree = shapely.STRtree(self.shapes)

    def at(self, *, lat: float, lon: float) -> Grid | None:
        """The grid a place lies in; on a border the first of them."""
        found = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self.grids[int(found.min())] if len(found) else None


def _polygon(grid: Grid) -> shapely.Polygon:
    rings = [[(lon, lat) for lat, lon in ring] for ring in grid.rings]
    return shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))


class Terrain:
    """`streets` is None for an area without any that can be routed on."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.grids = GridTree(area.grids)
        self.streets: StreetGraph | None = None
        try:
            self.streets = StreetGraph(area.streets)
        except ValueError:
            pass  # ranking falls back to the straight line, and says so

    def grid_id_at(self, *, lat: float, lon: float) -> JurisdictionId | None:
        grid = self.grids.at(lat=lat, lon=lon)
        return grid.jurisdiction_id if grid is not None else None
