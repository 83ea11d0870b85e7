"""What a track says: distances, gaps, stops, and fewer readings that still show the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.position import EARTH_RADIUS_M
from comms.domain.track import (
    GAP_S,
    Track,
    empty_track,
    figures,
    find_stops,
    gaps,
    joined,
    metres,
    thinned,
)

METRE = float(np.degrees(1 / EARTH_RADIUS_M))


def track(at: list[float], north_m: list[float], east_m: list[float] | None = None) -> Track:
    """About (23, 113), battery counting up so that rows can be told apart."""
    unknown = np.full(len(at), np.nan, np.float32)
    lat = 23.0 + np.array(north_m) * METRE
    lon = 113.0 + np.array(east_m or [0.0] * len(at)) * METRE / np.cos(np.radians(23.0))
    return Track(np.array(at, float), lat, lon, unknown, unknown, unknown, np.arange(len(at), dtype=np.float32))


def walk(count: int, mps: float = 1.2) -> Track:
    return track([5.0 * row for row in range(count)], [5.0 * mps * row for row in range(count)])


def test_distance_is_of_what_was_heard_and_not_across_gaps() -> None:
    found = figures(track([0, 10, 10 + GAP_S + 1, 141], [0, 10, 5000, 5010]))
    assert found.distance_m == pytest.approx(20, abs=0.01)
    assert found.heard_s == 20
    assert found.gaps == 1
    assert found.average_mps == pytest.approx(1.0, abs=0.001)
    assert figures(empty_track()).average_mps == 0.0


def test_joined_is_in_order_of_time_and_has_every_moment_once() -> None:
    late = track([30, 10], [3, 1])
    whole = joined([track([20, 30.04], [2, 99]), late, empty_track()])
    assert whole.at.tolist() == [10, 20, 30.04]
    assert len(joined([])) == 0
    assert whole.between(20, 30.04).at.tolist() == [20]


def test_a_stay_is_found_once_with_its_place_and_time() -> None:
    out = [10.0 * row for row in range(13)]
    at = [*(5.0 * row for row in range(13)), *(60 + 5.0 * row for row in range(1, 61)), 400.0, 405.0]
    stay = [120.0 + (row % 3) for row in range(60)]
    (stop,) = find_stops(track(at, [*out, *stay, 300.0, 350.0]), radius_m=15, least_s=120)
    assert stop.lat == pytest.approx(23.0 + 121 * METRE, abs=3 * METRE)
    assert stop.since <= 65
    assert stop.until == 360
    assert stop.seconds >= 295
    assert find_stops(walk(500), radius_m=30, least_s=180) == []


def test_a_gap_ends_a_stay_and_an_excursion_makes_none() -> None:
    still = [5.0 * row for row in range(20)]
    with_gap = track([*still, *(500 + at for at in still)], [0.0] * 40)
    assert find_stops(with_gap, radius_m=30, least_s=120) == []
    assert len(find_stops(with_gap, radius_m=30, least_s=60)) == 2
    there_and_back = track([0, 60, 120, 180, 240], [0, 200, 0, 200, 0])
    assert find_stops(there_and_back, radius_m=30, least_s=120) == []


def test_fewer_readings_keep_ends_corners_and_gaps() -> None:
    north = [float(min(row, 500)) for row in range(1000)]
    east = [float(max(0, row - 500)) for row in range(1000)]
    at = [5.0 * row + (3600.0 if row >= 700 else 0.0) for row in range(1000)]
    whole = track(at, north, east)
    few = thinned(whole, 100)
    assert len(few) <= 110
    assert {0.0, 500.0, 699.0, 700.0, 999.0} <= set(few.battery_pct.tolist())
    assert len(gaps(few)) == 1
    assert figures(few).distance_m == pytest.approx(figures(whole).distance_m, rel=0.01)
    assert thinned(whole, 1000) is whole


@given(st.lists(st.tuples(st.integers(0, 5000), st.floats(-500, 500), st.floats(-500, 500)), max_size=80))
def test_stops_are_what_they_say(rows: list[tuple[int, float, float]]) -> None:
    given_rows = (
        joined([track(*[[float(value) for value in column] for column in zip(*rows, strict=True)])])
        if rows
        else empty_track()
    )
    last = -1
    for stop in find_stops(given_rows, radius_m=50, least_s=60, gap_s=100):
        assert stop.first > last
        last = stop.last
        inside = given_rows.rows(slice(stop.first, stop.last + 1))
        assert stop.seconds >= 60
        assert len(gaps(inside, 100)) == 0
        assert metres(inside.lat[0], inside.lon[0], inside.lat, inside.lon).max() <= 50
