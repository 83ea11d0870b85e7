"""Streets joined into a graph, and the quickest ways on it, against a slow search written here."""

import gzip
import heapq
import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.position import distance_m
from comms.domain.street_graph import NEAR_STREET_M, OFF_STREET_MPS, SPEED_MPS, StreetGraph, Travel, fastest_mps
from comms.domain.street_joints import join
from comms.fleet.street_net import StreetNet
from tests.support.town import sample_town

DATA = Path(__file__).parents[3] / "shared" / "data"
REAL = DATA / "boundaries" / "shenzhen_futian_osm_roads.graphml.gz"
LAT, LON = 23.0, 113.7
M = 1 / 111_195.0
"""A metre in degrees of latitude."""
E = M / math.cos(math.radians(LAT))


@dataclass(frozen=True)
class Line:
    line: tuple[tuple[float, float], ...]
    rank: int = 0


def metres(*points: tuple[float, float], rank: int = 0) -> Line:
    """A street through points (east, north) in metres."""
    return Line(tuple((LAT + north * M, LON + east * E) for east, north in points), rank)


def slow_seconds(graph: StreetGraph, start: int, travel: Travel) -> list[float]:
    """Dijkstra with a heap over plain lists."""
    ways: dict[int, list[tuple[int, float]]] = {}
    for one, other, rank, length_m in zip(
        graph.first.tolist(), graph.second.tolist(), graph.rank.tolist(), graph.length_m.tolist(), strict=True
    ):
        took = length_m / SPEED_MPS[travel][rank]
        ways.setdefault(one, []).append((other, took))
        ways.setdefault(other, []).append((one, took))
    best = [math.inf] * len(graph)
    best[start] = 0.0
    front = [(0.0, start)]
    while front:
        so_far, node = heapq.heappop(front)
        if so_far > best[node]:
            continue
        for there, took in ways.get(node, ()):
            if so_far + took < best[there]:
                best[there] = so_far + took
                heapq.heappush(front, (best[there], there))
    return best


def test_streets_that_cross_without_a_common_point_meet() -> None:
    graph = StreetGraph([metres((-100, 0), (100, 0)), metres((0, -100), (0, 100))])
    assert (len(graph), len(graph.first)) == (5, 4)
    reach = graph.reach(lat=LAT, lon=LON - 100 * E, travel=Travel.ON_FOOT)
    assert reach is not None
    there = graph.footing([LAT + 100 * M], [LON])
    assert graph.seconds_to(reach, there)[0] == pytest.approx(200 / 1.3, rel=1e-3)
    path, length_m = graph.path_to(reach, there, 0)
    assert length_m == pytest.approx(200, rel=1e-3)
    assert path[1] == pytest.approx((LAT, LON), abs=1e-6)


def test_a_street_that_ends_just_short_of_another_joins_it() -> None:
    graph = StreetGraph([metres((-100, 0), (100, 0)), metres((0, 1.5), (0, 80))])
    assert len(graph.first) == 3
    apart = StreetGraph([metres((-100, 0), (100, 0)), metres((0, 5), (0, 80))])
    assert len(apart.first) == 2


def test_streets_laid_over_one_another_are_one_and_keep_the_better_rank() -> None:
    graph = StreetGraph([metres((0, 0), (100, 0), rank=2), metres((0, 0), (100, 0), rank=0)])
    assert graph.rank.tolist() == [0]


def test_nothing_to_route_on_is_said() -> None:
    with pytest.raises(ValueError, match="no streets"):
        StreetGraph([])
    with pytest.raises(ValueError, match="longer than a point"):
        join([(np.zeros((2, 2)), 0)])


def test_far_from_every_street_there_is_no_way() -> None:
    graph = StreetGraph([metres((0, 0), (100, 0))])
    off = NEAR_STREET_M + 10
    assert graph.reach(lat=LAT + off * M, lon=LON, travel=Travel.ON_FOOT) is None
    reach = graph.reach(lat=LAT, lon=LON, travel=Travel.ON_FOOT)
    assert reach is not None
    assert math.isinf(graph.seconds_to(reach, graph.footing([LAT + off * M], [LON]))[0])


def test_streets_that_do_not_meet_have_no_way_between_them() -> None:
    graph = StreetGraph([metres((0, 0), (100, 0)), metres((0, 200), (100, 200))])
    reach = graph.reach(lat=LAT, lon=LON, travel=Travel.ON_FOOT)
    assert reach is not None
    assert math.isinf(graph.seconds_to(reach, graph.footing([LAT + 200 * M], [LON]))[0])


def test_along_one_street_and_beside_it() -> None:
    graph = StreetGraph([metres((0, 0), (1000, 0), rank=1)])
    reach = graph.reach(lat=LAT, lon=LON + 200 * E, travel=Travel.E_BIKE)
    assert reach is not None
    there = graph.footing([LAT + 26 * M], [LON + 750 * E])
    assert graph.seconds_to(reach, there)[0] == pytest.approx(550 / 5.5 + 26 / OFF_STREET_MPS, rel=1e-3)
    path, length_m = graph.path_to(reach, there, 0)
    assert len(path) == 2
    assert length_m == pytest.approx(576, rel=1e-3)


def test_an_e_bike_prefers_the_main_road_and_a_walker_the_short_lane() -> None:
    round_about = metres((0, 0), (0, 60), (300, 60), (300, 0), rank=0)
    graph = StreetGraph([round_about, metres((0, 0), (300, 0), rank=2)])
    there = graph.footing([LAT], [LON + 300 * E])
    for travel, wanted_m in ((Travel.ON_FOOT, 300), (Travel.E_BIKE, 420)):
        reach = graph.reach(lat=LAT, lon=LON, travel=travel)
        assert reach is not None
        assert graph.path_to(reach, there, 0)[1] == pytest.approx(wanted_m, rel=1e-3)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=6),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(list(Travel)),
    st.data(),
)
def test_any_streets_are_joined_soundly_and_routed_as_a_slow_search_does(
    drawn: list[list[tuple[int, int]]], travel: Travel, data: st.DataObject
) -> None:
    lines = [metres(*((20.0 * x, 20.0 * y) for x, y in points), rank=i % 3) for i, points in enumerate(drawn)]
    if all(len(set(line.line)) < 2 for line in lines):
        return
    graph = StreetGraph(lines)
    assert (graph.length_m > 0).all()
    pairs = set(zip(graph.first.tolist(), graph.second.tolist(), strict=True))
    assert len(pairs) == len(graph.first)
    start = data.draw(st.integers(0, len(graph) - 1))
    _check_against_slow(graph, start, travel)


def _check_against_slow(graph: StreetGraph, start: int, travel: Travel, every: int = 1) -> None:
    reach = graph.reach(lat=float(graph.node_lat[start]), lon=float(graph.node_lon[start]), travel=travel)
    assert reach is not None
    nodes = np.arange(0, len(graph), every)
    there = graph.footing(graph.node_lat[nodes], graph.node_lon[nodes])
    found = graph.seconds_to(reach, there)
    wanted = np.array(slow_seconds(graph, start, travel))[nodes]
    assert np.isfinite(found).tolist() == np.isfinite(wanted).tolist()
    is_joined = np.isfinite(wanted)
    np.testing.assert_allclose(found[is_joined], wanted[is_joined], atol=0.5, rtol=1e-6)
    for index in np.flatnonzero(is_joined)[::7]:
        path, length_m = graph.path_to(reach, there, int(index))
        assert length_m / fastest_mps(travel) <= found[index] + 0.5
        assert length_m >= 0.99 * distance_m(lat_a=path[0][0], lon_a=path[0][1], lat_b=path[-1][0], lon_b=path[-1][1])


def test_the_sample_town_is_the_net_its_walkers_use() -> None:
    streets = sample_town(units=1).area.streets
    graph, net = StreetGraph(streets), StreetNet(streets)
    assert (len(graph), len(graph.first)) == (len(net), len(net.neighbours) // 2)
    _check_against_slow(graph, 17, Travel.E_BIKE, every=5)


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.exists(), reason="the shared real data is absent")
def test_real_streets_of_a_district() -> None:
    graph = StreetGraph(_real_streets())
    assert 1_700 < len(graph) < 12_000
    _check_against_slow(graph, 100, Travel.ON_FOOT, every=11)


def _real_streets() -> Iterable[Line]:
    """Edges of an OSMnx GraphML file; a LINESTRING where the street bends, else a straight line."""
    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ET.fromstring(gzip.decompress(REAL.read_bytes()))
    keys = {key.get("id"): key.get("attr.name") for key in root.iter(f"{space}key")}
    places: dict[str | None, tuple[float, float]] = {}
    for node in root.iter(f"{space}node"):
        values = {keys[data.get("key")]: data.text or "" for data in node.iter(f"{space}data")}
        places[node.get("id")] = (float(values["y"]), float(values["x"]))
    for edge in root.iter(f"{space}edge"):
        values = {keys[data.get("key")]: data.text or "" for data in edge.iter(f"{space}data")}
        if "geometry" in values:
            pairs = values["geometry"].partition("(")[2].rstrip(")").split(",")
            line = tuple((float(lat), float(lon)) for lon, lat in (pair.split() for pair in pairs))
        else:
            line = (places[edge.get("source")], places[edge.get("target")])
        rank = 0 if values.get("highway", "") in ("primary", "trunk", "motorway") else 1
        yield Line(line, rank)
