"""Every unit's own ground: the grid or jurisdiction it answers for, and since when it has been outside."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import parent
from comms.gateway.fence_outline import METRES_A_DEGREE, Floats, Rows, Vote, margins
from comms.protocol.area import Area
from comms.protocol.frames import PositionColumns

_INSIDE = 1
_LARGE_M = 1e6
Geometries = NDArray[np.object_]


class HomeGround:
    """`outside_since` is Unix seconds by row; NaN for who is at home, or has no ground of his own."""

    def __init__(self, area: Area) -> None:
        south, west, north, east = area.bounds
        self._lat, self._lon = (south + north) / 2, (west + east) / 2
        self._metres_a_lon_degree = METRES_A_DEGREE * float(np.cos(np.radians(self._lat)))
        self._parts: dict[JurisdictionId, list[shapely.Geometry]] = {}
        """Of a grid and of everything above it."""
        for grid in area.grids:
            polygon = self._polygon(grid.rings)
            above: JurisdictionId | None = grid.jurisdiction_id
            while above is not None:
                self._parts.setdefault(above, []).append(polygon)
                above = parent(above)
        self._grounds: dict[JurisdictionId, shapely.Geometry | None] = {}
        self._own: Geometries = np.full(0, None, object)
        self._vote = Vote()
        self.outside_since: Floats = np.zeros(0)

    def _polygon(self, rings: Sequence[Sequence[tuple[float, float]]]) -> shapely.Polygon:
        shell, *holes = (np.column_stack(self._local(*np.array(ring).T)) for ring in rings)
        return shapely.make_valid(shapely.Polygon(shell, holes))

    def _local(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        return (lon - self._lon) * self._metres_a_lon_degree, (lat - self._lat) * METRES_A_DEGREE

    def grow(self, rows: int) -> None:
        more = rows - len(self._own)
        if more > 0:
            self._own = np.concatenate((self._own, np.full(more, None, object)))
            self.outside_since = np.concatenate((self.outside_since, np.full(more, np.nan)))
            self._vote.grow(rows)

    def settle(self, homes: list[JurisdictionId], *, first: int = 0) -> None:
        """Whose ground is which, for rows from `first` on."""
        for row, home in enumerate(homes, first):
            self._own[row] = self._ground(home)

    def _ground(self, home: JurisdictionId) -> shapely.Geometry | None:
        if home not in self._grounds:
            parts = self._parts.get(home)
            ground = shapely.union_all(parts) if parts else None
            if ground is not None:
                shapely.prepare(ground)
            self._grounds[home] = ground
        return self._grounds[home]

    def look(self, columns: PositionColumns, moved: Rows) -> None:
        rows = moved[self._own[moved] != None]  # noqa: E711 - elementwise
        if not len(rows):
            return
        points = shapely.points(*self._local(columns.lat[rows], columns.lon[rows]))
        is_home = shapely.contains(self._own[rows], points)
        away = np.full(len(rows), _LARGE_M)
        out = ~is_home
        away[out] = shapely.distance(self._own[rows[out]], points[out])
        counts = is_home | (away > margins(columns.accuracy_m[rows], _LARGE_M))
        for changed in self._vote.take(rows, is_home, counts):
            is_inside = self._vote.said[changed] == _INSIDE
            self.outside_since[changed] = np.where(is_inside, np.nan, columns.at[changed])
