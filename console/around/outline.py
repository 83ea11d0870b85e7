"""The outline asked about: what lies inside it, how far from its middle, and which share of a grid it takes."""

from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.order import CircleTarget
from comms.domain.position import distances_m

Shape = CircleTarget | PolygonTarget
METRES_A_DEGREE = 111_195.0
_CIRCLE_CORNERS = 64


class Outline:
    """Columns are float64 degrees of WGS-84, NaN where a place is not known."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.polygon: shapely.Polygon = _polygon(shape)
        """x = longitude, y = latitude."""
        if isinstance(shape, CircleTarget):
            self.lat, self.lon = shape.lat, shape.lon
        else:
            middle = self.polygon.centroid
            self.lat, self.lon = middle.y, middle.x
        shapely.prepare(self.polygon)

    def inside(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.intp]:
        """Rows inside, in their order: those in the bounding box are looked at closely."""
        west, south, east, north = self.polygon.bounds
        near = np.flatnonzero((lat >= south) & (lat <= north) & (lon >= west) & (lon <= east))
        if isinstance(self.shape, CircleTarget):
            is_inside = self.distances_m(lat[near], lon[near]) <= self.shape.radius_m
        else:
            is_inside = shapely.contains_xy(self.polygon, lon[near], lat[near])
        rows: NDArray[np.intp] = near[is_inside]
        return rows

    def has(self, *, lat: float, lon: float) -> bool:
        return bool(len(self.inside(np.array([lat]), np.array([lon]))))

    def distances_m(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
        """From its middle."""
        return distances_m(lat, lon, lat=self.lat, lon=self.lon)


def _polygon(shape: Shape) -> shapely.Polygon:
    """Of a circle one that has the circle inside it, so that no place of the circle is lost by the bounding box."""
    if isinstance(shape, PolygonTarget):
        return shapely.make_valid(shapely.Polygon([(lon, lat) for lat, lon in shape.corners]))
    turns = np.linspace(0.0, 2 * np.pi, _CIRCLE_CORNERS, endpoint=False)
    reach = shape.radius_m / METRES_A_DEGREE / cos(np.pi / _CIRCLE_CORNERS)
    lat = shape.lat + reach * np.sin(turns)
    lon = shape.lon + reach * np.cos(turns) / max(0.01, cos(radians(shape.lat)))
    return shapely.Polygon(np.column_stack((lon, lat)))
