"""Web Mercator: WGS-84 degrees to the unit square and back. x runs east, y runs south, both 0 to 1.

Formulas of EPSG:3857, scaled so that zoom z has 256 * 2**z pixels across.
"""

from math import asinh, atan, cos, degrees, pi, radians, sinh, tan

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

TILE_PX = 256
EQUATOR_M = 40_075_016.686
"""Circumference of the sphere of EPSG:3857, radius 6,378,137 m."""
MAX_LAT = 85.0511287798066
"""Latitude at which the square ends."""


def world_of(*, lat: float, lon: float) -> tuple[float, float]:
    """The world point of one place; latitudes beyond the square are clipped to its edge."""
    clipped = radians(min(MAX_LAT, max(-MAX_LAT, lat)))
    return (lon + 180.0) / 360.0, 0.5 - asinh(tan(clipped)) / (2 * pi)


def place_of(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude in degrees of a world point."""
    return degrees(atan(sinh(pi * (1.0 - 2.0 * y)))), x * 360.0 - 180.0


def worlds_of(*, lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
    """World coordinates of many places, shapes kept; NaN stays NaN."""
    lats = np.radians(np.clip(np.asarray(lat, np.float64), -MAX_LAT, MAX_LAT))
    xs: Floats = (np.asarray(lon, np.float64) + 180.0) / 360.0
    ys: Floats = 0.5 - np.arcsinh(np.tan(lats)) / (2 * np.pi)
    return xs, ys


def metres_per_pixel(*, lat: float, zoom: float) -> float:
    """Ground metres across one logical pixel at a latitude."""
    return float(EQUATOR_M * cos(radians(lat)) / (TILE_PX * 2.0**zoom))
