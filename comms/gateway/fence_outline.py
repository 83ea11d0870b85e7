"""Borders without flapping: how deep inside a shape a reading lies, and sides that change only when readings agree.

A side counts when two readings in a row lie beyond the border by more than their accuracy (at most 50 m, and at most
half the size of the shape, so that a small fence can be entered with a poor phone).
"""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.fence import FenceCircle, FencePolygon, FenceShape
from comms.domain.position import EARTH_RADIUS_M

Rows = NDArray[np.intp]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
METRES_A_DEGREE = float(np.radians(EARTH_RADIUS_M))
UNKNOWN_ACCURACY_M = 15.0
LARGEST_MARGIN_M = 50.0
LEAST_MARGIN_M = 3.0
VOTES = 2
"""Readings in a row that must agree."""
UNKNOWN = -1


class Outline:
    """A shape as signed depth in metres: positive inside, negative outside. Exact near the border; whoever is far
    outside gets minus infinity."""

    def __init__(self, shape: FenceShape) -> None:
        ring = np.array([(shape.lat, shape.lon)] if isinstance(shape, FenceCircle) else shape.ring)
        self._lat, self._lon = (ring.min(axis=0) + ring.max(axis=0)) / 2
        self._metres_a_lon_degree = METRES_A_DEGREE * float(np.cos(np.radians(self._lat)))
        self._polygon: shapely.Polygon | None = None
        self._radius_m = 0.0
        if isinstance(shape, FencePolygon):
            self._polygon = shapely.Polygon(np.column_stack(self._local(ring[:, 0], ring[:, 1])))
            self._border = self._polygon.boundary
            shapely.prepare((self._polygon, self._border))
            self.size_m = float(np.sqrt(self._polygon.area / np.pi))
            x_min, y_min, x_max, y_max = self._polygon.bounds
            reach_x, reach_y = max(-x_min, x_max), max(-y_min, y_max)
        else:
            self._radius_m = self.size_m = reach_x = reach_y = shape.radius_m
        self._reach_lat = (reach_y + LARGEST_MARGIN_M) / METRES_A_DEGREE
        self._reach_lon = (reach_x + LARGEST_MARGIN_M) / self._metres_a_lon_degree

    def _local(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        return (lon - self._lon) * self._metres_a_lon_degree, (lat - self._lat) * METRES_A_DEGREE

    def may_reach(self, lat: Floats, lon: Floats) -> Bools:
        """False for who is certainly outside, by more than any margin."""
        near: Bools = (abs(lat - self._lat) <= self._reach_lat) & (abs(lon - self._lon) <= self._reach_lon)
        return near

    def depth_m(self, lat: Floats, lon: Floats) -> Floats:
        depth = np.full(len(lat), -np.inf)
        near = np.flatnonzero(self.may_reach(lat, lon))
        if len(near):
            x, y = self._local(lat[near], lon[near])
            if self._polygon is None:
                depth[near] = self._radius_m - np.hypot(x, y)
            else:
                away = shapely.distance(self._border, shapely.points(x, y))
                depth[near] = np.where(shapely.contains_xy(self._polygon, x, y), away, -away)
        return depth


def margins(accuracy_m: NDArray[np.float32], size_m: float) -> Floats:
    """How far beyond a border a reading must lie to count."""
    known = np.where(np.isnan(accuracy_m), UNKNOWN_ACCURACY_M, accuracy_m).astype(np.float64)
    return np.minimum(np.clip(known, LEAST_MARGIN_M, LARGEST_MARGIN_M), size_m / 2)


@dataclass(slots=True, eq=False)
class Vote:
    """A claim about each row that changes only when readings in a row agree. -1 is not known yet."""

    said: NDArray[np.int8] = field(default_factory=lambda: np.full(0, UNKNOWN, np.int8))
    votes: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    leaning: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    """What the votes are for."""

    def grow(self, rows: int) -> None:
        more = rows - len(self.said)
        if more > 0:
            self.said = np.concatenate((self.said, np.full(more, UNKNOWN, np.int8)))
            self.votes = np.concatenate((self.votes, np.zeros(more, np.int8)))
            self.leaning = np.concatenate((self.leaning, np.zeros(more, np.int8)))

    def take(self, rows: Rows, claims: Bools, counts: Bools) -> tuple[Rows, Rows]:
        """Rows that were known and changed, and rows first known now. What does not count is no agreement either."""
        self.votes[rows[~counts]] = 0
        rows, claims = rows[counts], claims[counts].astype(np.int8)
        differ = self.said[rows] != claims
        agree = self.leaning[rows] == claims
        votes = np.where(differ, np.where(agree, self.votes[rows] + 1, 1), 0).astype(np.int8)
        self.votes[rows], self.leaning[rows] = votes, claims
        sure = votes >= VOTES
        changing, claims = rows[sure], claims[sure]
        was_known = self.said[changing] != UNKNOWN
        self.said[changing], self.votes[changing] = claims, 0
        return changing[was_known], changing[~was_known]
