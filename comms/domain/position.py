"""Position reports: one reading of where a terminal is, and when a reading cannot be believed."""

from enum import StrEnum
from math import asin, cos, isfinite, radians, sin, sqrt

import msgspec
import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of GRS80."""
FUTURE_TOLERANCE_S = 60.0
"""A phone's clock may run ahead by this much before its reports are refused."""


class Fix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading in WGS-84. `at` is Unix seconds; None means the terminal does not know."""

    at: float
    lat: float
    lon: float
    accuracy_m: float | None = None
    heading_deg: float | None = None
    speed_mps: float | None = None
    battery_pct: int | None = None


class FixFault(StrEnum):
    OUT_OF_RANGE = "out_of_range"
    NULL_ISLAND = "null_island"
    IN_THE_FUTURE = "in_the_future"
    NOT_A_NUMBER = "not_a_number"


def fix_fault(fix: Fix, *, now: float) -> FixFault | None:
    """Why a reading must not be drawn, or None when it may. `now` is Unix seconds."""
    numbers = (fix.at, fix.lat, fix.lon, fix.accuracy_m or 0.0, fix.heading_deg or 0.0, fix.speed_mps or 0.0)
    if not all(isfinite(number) for number in numbers):
        return FixFault.NOT_A_NUMBER
    if abs(fix.lat) > 90 or abs(fix.lon) > 180:
        return FixFault.OUT_OF_RANGE
    if abs(fix.lat) < 1e-6 and abs(fix.lon) < 1e-6:
        return FixFault.NULL_ISLAND
    if fix.at > now + FUTURE_TOLERANCE_S:
        return FixFault.IN_THE_FUTURE
    return None


def distance_m(*, lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in metres (haversine)."""
    half_lat = radians(lat_b - lat_a) / 2
    half_lon = radians(lon_b - lon_a) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord)))


def distances_m(lats: NDArray[np.float64], lons: NDArray[np.float64], *, lat: float, lon: float) -> NDArray[np.float64]:
    """Great-circle distances of many places from one; NaN where a place is not known."""
    lats_rad, here = np.radians(lats), np.radians(lat)
    half_lat, half_lon = (lats_rad - here) / 2, np.radians(lons - lon) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(here) * np.cos(lats_rad) * np.sin(half_lon) ** 2
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    return metres
