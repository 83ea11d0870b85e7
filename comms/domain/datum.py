"""Datums in use in China, and the way between them. Inside the product every place is WGS-84.

Arrays in, arrays out, float64 degrees, any shape. GCJ-02 (高德, 腾讯) is WGS-84 moved by some
hundred metres, BD-09 (百度) is GCJ-02 moved again; the way back has no formula and is found by iteration. CGCS2000
differs from WGS-84 by less than a decimetre and is taken as the same: a null transform, as in the EPSG register.
"""

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
Pair = tuple[Degrees, Degrees]
"""Latitudes, longitudes."""

AXIS_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
"""Of the ellipsoid of Krasovsky, on which GCJ-02 is defined."""
SOUTH, NORTH, WEST, EAST = 0.8293, 55.8271, 72.004, 137.8347
"""Outside this box GCJ-02 and BD-09 do not exist and nothing is moved."""
_BD_SPIN = np.pi * 3000.0 / 180.0
_BD_LAT, _BD_LON = 0.006, 0.0065
_STEPS = 7
"""Each step back leaves less than a hundredth of the error: the first guess is off by a kilometre at most."""


class Datum(StrEnum):
    """What a latitude and longitude are in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    CGCS2000 = "cgcs2000"

    @property
    def label(self) -> str:
        """As it is written on maps, the same in every language."""
        return _TITLES[self]


_TITLES = {Datum.WGS84: "WGS-84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09", Datum.CGCS2000: "CGCS2000"}


def convert(lat: Any, lon: Any, *, source: Datum, target: Datum) -> Pair:
    """Arrays (or numbers) in `source`, as arrays in `target`. NaN stays NaN."""
    lats, lons = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    if _family(source) is _family(target):
        return lats.copy(), lons.copy()
    wgs_lat, wgs_lon = _to_wgs84(lats, lons, source)
    return _from_wgs84(wgs_lat, wgs_lon, target)


def is_shifted(lat: Any, lon: Any) -> NDArray[np.bool_]:
    """True where GCJ-02 and BD-09 differ from WGS-84."""
    lats, lons = np.asarray(lat), np.asarray(lon)
    inside: NDArray[np.bool_] = (lats >= SOUTH) & (lats <= NORTH) & (lons >= WEST) & (lons <= EAST)
    return inside


def gcj02_from_wgs84(lat: Degrees, lon: Degrees) -> Pair:
    moved = is_shifted(lat, lon)
    more_lat, more_lon = _shift(lat, lon)
    return np.where(moved, lat + more_lat, lat), np.where(moved, lon + more_lon, lon)


def wgs84_from_gcj02(lat: Degrees, lon: Degrees) -> Pair:
    """By iteration, to a hundredth of a millimetre."""
    wgs_lat, wgs_lon = lat, lon
    for _ in range(_STEPS):
        more_lat, more_lon = _shift(wgs_lat, wgs_lon)
        wgs_lat, wgs_lon = lat - more_lat, lon - more_lon
    moved = is_shifted(lat, lon)
    return np.where(moved, wgs_lat, lat), np.where(moved, wgs_lon, lon)


def bd09_from_gcj02(lat: Degrees, lon: Degrees) -> Pair:
    moved = is_shifted(lat, lon)
    bd_lat, bd_lon = _spun(lat, lon)
    return np.where(moved, bd_lat, lat), np.where(moved, bd_lon, lon)


def gcj02_from_bd09(lat: Degrees, lon: Degrees) -> Pair:
    """The usual closed formula is off by up to a metre; this is its exact inverse."""
    gcj_lat, gcj_lon = lat - _BD_LAT, lon - _BD_LON
    for _ in range(_STEPS):
        bd_lat, bd_lon = _spun(gcj_lat, gcj_lon)
        gcj_lat, gcj_lon = gcj_lat + lat - bd_lat, gcj_lon + lon - bd_lon
    moved = is_shifted(lat, lon)
    return np.where(moved, gcj_lat, lat), np.where(moved, gcj_lon, lon)


def _family(datum: Datum) -> Datum:
    return Datum.WGS84 if datum is Datum.CGCS2000 else datum


def _to_wgs84(lat: Degrees, lon: Degrees, source: Datum) -> Pair:
    if source is Datum.BD09:
        lat, lon = gcj02_from_bd09(lat, lon)
    if source in (Datum.BD09, Datum.GCJ02):
        lat, lon = wgs84_from_gcj02(lat, lon)
    return lat, lon


def _from_wgs84(lat: Degrees, lon: Degrees, target: Datum) -> Pair:
    if target in (Datum.BD09, Datum.GCJ02):
        lat, lon = gcj02_from_wgs84(lat, lon)
    if target is Datum.BD09:
        lat, lon = bd09_from_gcj02(lat, lon)
    return lat, lon


def _shift(lat: Degrees, lon: Degrees) -> Pair:
    """How far GCJ-02 lies from WGS-84, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (ripple + _waves(y, 160.0, 320.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (ripple + _waves(x, 150.0, 300.0)) * 2.0 / 3.0
    phi = np.radians(lat)
    flat = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (flat * np.sqrt(flat))
    parallel_m = AXIS_M / np.sqrt(flat) * np.cos(phi)
    return np.degrees(north_m / meridian_m), np.degrees(east_m / parallel_m)


def _waves(value: Degrees, middle: float, long: float) -> Degrees:
    waves: Degrees = 20.0 * np.sin(np.pi * value) + 40.0 * np.sin(np.pi * value / 3.0)
    return waves + middle * np.sin(np.pi * value / 12.0) + long * np.sin(np.pi * value / 30.0)


def _spun(lat: Degrees, lon: Degrees) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_SPIN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_SPIN)
    return radius * np.sin(angle) + _BD_LAT, radius * np.cos(angle) + _BD_LON
