"""`nearest.rank`: the best 20 of 100,000 units for a place, routed on a city's streets, reasons and ways included.

Streets are a warped lattice of 30,625 crossings. Baseline: the same units ranked by the straight line alone.
"""

import time

import numpy as np

from comms.domain.nearest import Candidates, rank
from comms.domain.street_graph import StreetGraph, Travel
from comms.protocol.area import Street
from tests.bench.record import Record, record

SIDE, BLOCK_M = 175, 150.0
UNITS, ASKED, BEST = 100_000, 200, 20
TARGET_MS = 100.0
_SOUTH, _WEST = 22.5, 113.5
_METRES_A_DEGREE = 111_195.0


def city_streets(side: int = SIDE) -> list[Street]:
    """Every twelfth line a main road, every fourth a street, the rest lanes."""
    roll = np.random.default_rng(1)
    cross = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), -1) * BLOCK_M
    cross = cross + roll.normal(0, 20.0, cross.shape)
    lat = _SOUTH + cross[..., 1] / _METRES_A_DEGREE
    lon = _WEST + cross[..., 0] / (_METRES_A_DEGREE * np.cos(np.radians(_SOUTH)))
    streets = []
    for index in range(side):
        rank_of = 0 if index % 12 == 0 else 1 if index % 4 == 0 else 2
        for line in ((lat[index], lon[index]), (lat[:, index], lon[:, index])):
            points = tuple(zip(line[0].tolist(), line[1].tolist(), strict=True))
            streets.append(Street(name=f"{index}", rank=rank_of, line=points))
    return streets


def _candidates(graph: StreetGraph) -> Candidates:
    roll = np.random.default_rng(2)
    return Candidates(
        lat=roll.uniform(graph.node_lat.min(), graph.node_lat.max(), UNITS),
        lon=roll.uniform(graph.node_lon.min(), graph.node_lon.max(), UNITS),
        status=roll.choice(7, UNITS, p=(0.6, 0.1, 0.05, 0.05, 0.1, 0.05, 0.05)).astype(np.uint8),
        load=roll.integers(0, 3, UNITS),
        is_own_grid=roll.uniform(size=UNITS) < 0.01,
        has_skills=roll.uniform(size=UNITS) < 0.1,
        may_be_sent=np.ones(UNITS, np.bool_),
    )


def _times_ms(candidates: Candidates, graph: StreetGraph | None, places: StreetGraph, travel: Travel) -> list[float]:
    roll = np.random.default_rng(3)
    took = []
    for node in roll.integers(0, len(places), ASKED):
        lat, lon = float(places.node_lat[node]) + 2e-4, float(places.node_lon[node]) + 3e-4
        started = time.perf_counter()
        found = rank(candidates, lat=lat, lon=lon, count=BEST, travel=travel, graph=graph)
        took.append((time.perf_counter() - started) * 1e3)
        if len(found) != BEST:
            raise RuntimeError(f"{len(found)} units found, {BEST} asked for")
    return took


def records() -> list[Record]:
    graph = StreetGraph(city_streets())
    candidates = _candidates(graph)
    return [
        record(
            "nearest.rank",
            _times_ms(candidates, graph, graph, travel),
            unit="ms",
            params={"units": UNITS, "nodes": len(graph), "best": BEST, "travel": travel.value},
            baseline="straight line",
            baseline_values=_times_ms(candidates, None, graph, travel),
            target=TARGET_MS,
        )
        for travel in Travel
    ]
