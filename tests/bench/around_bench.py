"""`around.answer`: all that is inside a circle or a shape somebody drew in a city, as the officer is told it.

100,000 units, 130,000 cameras, 120,000 places, 10,000 grids. Baseline: a plain loop over the same units, cameras and
places that measures each one's distance and keeps those inside.
"""

import time

import numpy as np

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.order import CircleTarget
from comms.domain.position import distance_m
from console.around.around import Around
from console.around.outline import METRES_A_DEGREE, Shape
from console.around.surroundings import Surroundings
from tests.bench.city import CAMERAS, GRIDS, PLACES, UNITS, city_area, city_desk, clustered
from tests.bench.record import Record, record

ASKED, LOOPED, RADII_M, CORNERS = 100, 5, (300.0, 1_000.0, 3_000.0), 12
TARGET_MS = 50.0
"""It is answered on the interface thread, which never blocks longer."""


def _places() -> list[tuple[float, float]]:
    lat, lon = clustered(ASKED, 7)
    return list(zip(lat.tolist(), lon.tolist(), strict=True))


def _drawn(lat: float, lon: float, radius_m: float) -> PolygonTarget:
    """A star about the place, so that its bounding box is not half of the answer."""
    turns = np.linspace(0.0, 2 * np.pi, CORNERS, endpoint=False)
    reach = radius_m / METRES_A_DEGREE * np.where(np.arange(CORNERS) % 2 == 0, 1.0, 0.5)
    corners = zip((lat + reach * np.sin(turns)).tolist(), (lon + reach * np.cos(turns)).tolist(), strict=True)
    return PolygonTarget(corners=tuple(corners))


def _answer_ms(around: Around, kind: str) -> list[float]:
    took = []
    for number, (lat, lon) in enumerate(_places()):
        radius_m = RADII_M[number % len(RADII_M)]
        shape: Shape = CircleTarget(lat=lat, lon=lon, radius_m=radius_m)
        if kind == "drawn":
            shape = _drawn(lat, lon, radius_m)
        started = time.perf_counter()
        answer = around.answer(around.subject(lat=lat, lon=lon), shape)
        took.append((time.perf_counter() - started) * 1e3)
        if answer.cameras is None:
            raise RuntimeError("the ground was not looked at")
    return took


def _loop_ms(columns: list[tuple[list[float], list[float]]]) -> list[float]:
    took = []
    for number, (lat, lon) in enumerate(_places()[:LOOPED]):
        started = time.perf_counter()
        for lats, lons in columns:
            metres = [distance_m(lat_a=lat, lon_a=lon, lat_b=one, lon_b=other)
                      for one, other in zip(lats, lons, strict=True)]  # fmt: skip
            sorted(row for row, far in enumerate(metres) if far <= RADII_M[number % len(RADII_M)])
        took.append((time.perf_counter() - started) * 1e3)
    return took


def records() -> list[Record]:
    area = city_area()
    desk = city_desk(area)
    around = Around(desk.store)
    around.surroundings = ground = Surroundings(area)
    positions = desk.store.positions
    columns = [(one.lat.tolist(), one.lon.tolist()) for one in (positions, ground.cameras, ground.places)]
    loop_ms = _loop_ms(columns)
    return [
        record(
            "around.answer",
            _answer_ms(around, kind),
            unit="ms",
            params={"units": UNITS, "cameras": CAMERAS, "places": PLACES, "grids": GRIDS, "shape": kind},
            baseline="plain loop",
            baseline_values=loop_ms,
            target=TARGET_MS,
        )
        for kind in ("circle", "drawn")
    ]
