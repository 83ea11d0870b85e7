"""Units as the map needs them: world coordinates in step with the store's columns, and queries over all rows.

Queries are brute force on purpose: at 100,000 rows they take 0.1 to 1.1 ms, and an index would have to follow
20,000 moves a second.
"""

import copy
from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from console.store.positions import PositionTable
from console.store.staleness import VERY_STALE
from ui.map.projection import Floats, worlds_of
from ui.map.view import View

Rows = NDArray[np.intp]


class Freshness(IntEnum):
    """A stale position is drawn hollow, a very stale one faded. When that is differs by unit, see `staleness`."""

    FRESH = 0
    STALE = 1
    VERY_STALE = 2


class UnitColumns:
    """`x`, `y` world coordinates by row of the PositionTable, NaN where the position is not known."""

    def __init__(self, positions: PositionTable) -> None:
        self.positions = positions
        self.version = 0
        """Grows with every change."""
        self.x: Floats = np.zeros(0)
        self.y: Floats = np.zeros(0)
        self.read_all()

    def __len__(self) -> int:
        return len(self.x)

    def still(self) -> "UnitColumns":
        """For another thread to read: the rows are those of now, whatever comes after; their values may be newer."""
        still = copy.copy(self)
        still.positions = copy.copy(self.positions)
        return still

    def read_all(self) -> None:
        self.version += 1
        self.x, self.y = worlds_of(lat=self.positions.lat, lon=self.positions.lon)

    def read(self, rows: Rows) -> None:
        """Rows that moved."""
        self.version += 1
        if len(self.positions) != len(self.x):
            self.read_all()
        else:
            self.x[rows], self.y[rows] = worlds_of(lat=self.positions.lat[rows], lon=self.positions.lon[rows])

    def grow(self) -> None:
        """Take in units that were defined since, or changed."""
        self.version += 1
        if len(self.positions) != len(self.x):
            self.read_all()

    def freshness(self, rows: Rows, now: float) -> NDArray[np.uint8]:
        """Freshness codes; a position without a time counts as very stale."""
        shares = self.positions.staleness(rows, now)
        # Sums of claims, for a NaN fulfils none, and bytes are quicker than a choice of numbers.
        is_fresh, is_not_old = shares <= 1.0, shares <= VERY_STALE
        codes: NDArray[np.uint8] = Freshness.VERY_STALE - is_fresh.view(np.uint8) - is_not_old.view(np.uint8)
        return codes

    def is_seen(self, view: View, margin_px: float, rows: Rows | None = None) -> NDArray[np.bool_]:
        """A mask over these rows, or all."""
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])
        x_min, y_min, x_max, y_max = view.bounds(margin_px)
        return (x > x_min) & (x < x_max) & (y > y_min) & (y < y_max)

    def visible(self, view: View, margin_px: float) -> Rows:
        return np.flatnonzero(self.is_seen(view, margin_px))

    def near(self, view: View, px: float, py: float, reach_px: float) -> Rows:
        """Rows within reach of a pixel, nearest first."""
        x, y = view.world_at(px, py)
        reach = reach_px / view.scale
        rows = np.flatnonzero((np.abs(self.x - x) <= reach) & (np.abs(self.y - y) <= reach))
        distance = np.hypot(self.x[rows] - x, self.y[rows] - y)
        order = np.argsort(distance, kind="stable")
        return rows[order][distance[order] <= reach]

    def in_box(self, view: View, first: tuple[float, float], second: tuple[float, float]) -> Rows:
        """Rows in the rectangle between two pixels."""
        xs, ys = zip(view.world_at(*first), view.world_at(*second), strict=True)
        return np.flatnonzero((self.x >= min(xs)) & (self.x <= max(xs)) & (self.y >= min(ys)) & (self.y <= max(ys)))

    def in_circle(self, *, lat: float, lon: float, radius_m: float) -> Rows:
        """Rows within great-circle distance of a place."""
        return np.flatnonzero(self.positions.distances_m(lat=lat, lon=lon) <= radius_m)

    def in_polygon(self, corners: Sequence[tuple[float, float]]) -> Rows:
        """Rows inside an outline of (lat, lon), not closed: those in its bounding box are looked at one by one."""
        if len(corners) < 3:
            return np.zeros(0, np.intp)
        xs, ys = worlds_of(lat=np.array([lat for lat, _ in corners]), lon=np.array([lon for _, lon in corners]))
        near = np.flatnonzero((self.x >= xs.min()) & (self.x <= xs.max()) & (self.y >= ys.min()) & (self.y <= ys.max()))
        outline = shapely.Polygon(np.column_stack((xs, ys)))
        shapely.prepare(outline)
        inside: Rows = near[shapely.contains_xy(outline, self.x[near], self.y[near])]
        return inside

    def unit_ids(self, rows: Rows) -> list[UnitId]:
        return self.positions.unit_ids(rows)

    def row_of(self, unit_id: UnitId) -> int | None:
        """The unit's row, when it has a position to show."""
        row = self.positions.row_of(unit_id)
        return row if row is not None and row < len(self.x) and not np.isnan(self.x[row]) else None
