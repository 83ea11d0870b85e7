"""Trails: the past joined to what is heard, in order, nothing twice, no longer than they may be."""

import numpy as np

from comms.domain.ids import UnitId
from comms.domain.track import Track
from console.store.trails import LONGEST_S, MOST_TRAILS, Trails

A, B = UnitId("a"), UnitId("b")


def track(*at: float) -> Track:
    times, single = np.array(at), np.zeros(len(at), np.float32)
    return Track(times, times / 1e4, times / 1e3, single, single, single, single)


def test_the_past_comes_before_what_was_heard_meanwhile_and_nothing_twice() -> None:
    trails = Trails()
    assert trails.keep((A, B, A)) == (A, B)
    assert trails.keep((A, B)) == ()
    for at in (1010.0, 1010.0, 1005.0, float("nan"), 1015.0):
        trails.hear(A, at=at, lat=23.0, lon=113.0)
    trails.join(A, track(1000.0, 1005.0, 1010.0))
    trails.join(B, track(700.0, 1000.0))
    rows, is_linked = trails.since(A, 0.0)
    assert rows[:, 0].tolist() == [1000.0, 1005.0, 1010.0, 1015.0]
    assert is_linked.tolist() == [False, True, True, True]
    assert trails.since(A, 1006.0)[0][:, 0].tolist() == [1010.0, 1015.0]
    assert trails.since(B, 0.0)[1].tolist() == [False, False]  # nobody heard of it for five minutes


def test_whoever_is_not_kept_is_forgotten_and_readings_that_are_too_old_too() -> None:
    trails = Trails()
    trails.keep((A, B))
    trails.join(A, track(1000.0))
    trails.hear(A, at=1001.0 + LONGEST_S, lat=23.0, lon=113.0)
    assert len(trails.since(A, 0.0)[0]) == 1
    assert trails.keep((B,)) == ()
    trails.join(A, track(1000.0))
    assert trails.unit_ids == (B,)
    many = [UnitId(f"u{number}") for number in range(MOST_TRAILS + 5)]
    assert trails.keep(many) == tuple(many[:MOST_TRAILS])
    trails.clear()
    assert not len(trails)


def test_a_trail_without_a_reading_is_empty() -> None:
    trails = Trails()
    trails.keep((A,))
    assert len(trails.since(A, 0.0)[0]) == 0
