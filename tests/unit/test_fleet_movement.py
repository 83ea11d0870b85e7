"""Walking: on the streets, at a walker's pace, near home, the same every time, and to where one is sent."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.position import distance_m
from comms.fleet.movement import LONGEST_CATCH_UP_S, Movement
from comms.fleet.street_net import StreetNet
from comms.protocol.area import Street
from tests.support.town import sample_town

TOWN = sample_town(units=120)
NET = StreetNet(TOWN.area.streets)
HOMES = np.array([grid.rings[0][0] for grid in TOWN.area.grids])


def walkers(seed: int = 1) -> Movement:
    return Movement(NET, HOMES, seed=seed, start_s=0.0)


def places(movement: Movement) -> np.ndarray:
    return np.array([movement.at(row) for row in range(len(movement))])


def test_the_same_seed_walks_the_same_way_however_often_asked() -> None:
    one, two = walkers(), walkers()
    one.advance(300.0)
    for now_s in np.arange(0.0, 300.1, 0.7):
        two.advance(float(now_s))
        two.whereabouts()
    two.advance(300.0)
    assert np.array_equal(places(one), places(two))
    other = walkers(seed=2)
    other.advance(300.0)
    assert not np.array_equal(places(one), places(other))


def test_nobody_is_faster_than_an_ebike_and_somebody_moves() -> None:
    movement = walkers()
    before = places(movement)
    moved = np.zeros(len(movement))
    for now_s in range(1, 241):
        movement.advance(float(now_s))
        after = places(movement)
        steps = np.array(
            [distance_m(lat_a=a[0], lon_a=a[1], lat_b=b[0], lon_b=b[1]) for a, b in zip(before, after, strict=True)]
        )
        assert steps.max() < 4.0 * 1.15 + 0.1
        moved += steps
        before = after
    assert np.mean(moved > 20) > 0.9


def test_everybody_stays_near_home() -> None:
    movement = walkers()
    for now_s in range(0, 3600, 60):
        movement.advance(float(now_s))
    for place, home in zip(places(movement), HOMES, strict=True):
        assert distance_m(lat_a=place[0], lon_a=place[1], lat_b=home[0], lon_b=home[1]) < 1_300


def test_one_who_is_sent_arrives_by_the_shortest_way_and_waits() -> None:
    movement = walkers()
    lat, lon = HOMES[-1]
    movement.send(0, lat=lat, lon=lon)
    assert not movement.has_arrived(0)
    assert movement.distance_left_m(0) > 5_000
    seconds = 0
    while not movement.has_arrived(0):
        seconds += 1
        movement.advance(float(seconds))
        assert seconds < 4 * 3600
    assert movement.distance_left_m(0) < 1.0
    movement.hold(0)
    there = movement.at(0)
    movement.advance(seconds + 120.0)
    assert movement.at(0) == there
    assert movement.whereabouts().speed_mps[0] == 0
    movement.release(0)
    assert movement.has_arrived(0)
    assert movement.distance_left_m(0) == 0.0
    movement.advance(seconds + 700.0)
    assert movement.at(0) != there


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(NET) - 1), st.integers(0, len(NET) - 1))
def test_routes_are_connected_and_as_long_back_as_forth(start: int, destination: int) -> None:
    way, back = NET.route(start, destination), NET.route(destination, start)
    assert way is not None
    assert back is not None
    assert (way[0], way[-1]) == (start, destination)

    def length_m(nodes: list[int]) -> float:
        return sum(NET._length_m(a, b) for a, b in itertools.pairwise(nodes))

    assert length_m(way) == pytest.approx(length_m(back))
    for here, there in itertools.pairwise(way):
        assert there in NET.neighbours[NET.first[here] : NET.first[here + 1]]


def test_a_place_no_street_leads_to_is_as_near_as_one_gets() -> None:
    island = StreetNet(
        [
            Street(name="a", rank=2, line=((23.0, 113.0), (23.001, 113.0))),
            Street(name="b", rank=2, line=((24.0, 113.0), (24.0, 113.0), (24.001, 113.0))),
        ]
    )
    movement = Movement(island, np.array([[23.0, 113.0]]), seed=1, start_s=0.0)
    movement.send(0, lat=24.0, lon=113.0)
    movement.advance(5.0)
    assert movement.has_arrived(0)
    assert island.route(0, 2) is None


def _square() -> StreetNet:
    """A short way from the south-west to the north-west, and a long one round by the east."""
    return StreetNet(
        [
            Street(name="west", rank=2, line=((23.0, 113.0), (23.001, 113.0), (23.002, 113.0))),
            Street(name="round", rank=2, line=((23.0, 113.0), (23.0, 113.002), (23.002, 113.002), (23.002, 113.0))),
        ]
    )


def test_one_goes_round_a_closed_street_and_takes_it_again_when_it_is_open() -> None:
    net = _square()
    assert net.route(0, 2) == [0, 1, 2]
    net.close("fire", lat=23.001, lon=113.0, radius_m=30.0)
    assert net.route(0, 2) == [0, 3, 4, 2]
    assert net.route(0, 1) == [0, 1], "who is called behind the tape gets there"
    net.close("flood", lat=23.001, lon=113.002, radius_m=30.0)
    assert net.route(0, 2) == [0, 1, 2], "where all ways are closed, the shortest"
    net.reopen("flood")
    net.reopen("nothing")
    assert net.route(0, 2) == [0, 3, 4, 2]
    net.reopen("fire")
    assert not net.is_any_closed
    assert net.route(0, 2) == [0, 1, 2]


def test_a_street_that_only_touches_the_circle_is_closed() -> None:
    net = _square()
    net.close("middle", lat=23.0005, lon=113.0, radius_m=5.0)
    pairs = np.array([[0, 1], [1, 0], [1, 2], [0, 3]])
    assert net.are_closed(pairs[:, 0], pairs[:, 1]).tolist() == [True, True, False, False]


def test_who_strolls_does_not_enter_a_closed_street() -> None:
    net = _square()
    movement = Movement(net, np.tile([[23.0, 113.0]], (20, 1)), seed=3, start_s=0.0)
    net.close("west", lat=23.001, lon=113.0, radius_m=30.0)
    for now_s in range(0, 1200, 5):
        movement.advance(float(now_s))
        lat, lon = places(movement).T
        assert not ((lat > 23.0001) & (lat < 23.0019) & (lon < 113.0001)).any()
    movement.send(0, lat=23.001, lon=113.0)
    for now_s in range(1200, 2400, 5):
        movement.advance(float(now_s))
    assert movement.at(0) == (23.001, 113.0)


def test_a_clock_that_jumps_or_goes_back_does_no_harm() -> None:
    movement = walkers()
    movement.advance(10 * LONGEST_CATCH_UP_S)
    before = places(movement)
    movement.advance(0.0)
    assert np.array_equal(places(movement), before)


def test_readings_are_believable() -> None:
    movement = walkers()
    movement.advance(200.0)
    seen = movement.whereabouts()
    for row in range(len(movement)):
        lat, lon = movement.at(row)
        assert distance_m(lat_a=lat, lon_a=lon, lat_b=seen.lat[row], lon_b=seen.lon[row]) < 3.0
    assert ((seen.heading_deg >= 0) & (seen.heading_deg < 360)).all()
    assert (seen.accuracy_m > 0).all()


def test_no_streets_no_walk() -> None:
    with pytest.raises(ValueError, match="nowhere to walk"):
        StreetNet([])
