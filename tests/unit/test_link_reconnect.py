"""Back-off: how long to wait, whatever happens."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.link.reconnect import LEAST, BackOff, BackOffPlan

PLAN = BackOffPlan(first_s=0.2, limit_s=10.0, factor=2.0, steady_s=5.0)


def test_waits_double_up_to_the_limit() -> None:
    back_off = BackOff(PLAN, random=lambda: 1.0)
    waits = [back_off.lost(now=0.0) for _ in range(8)]
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


def test_jitter_spreads_over_all_but_a_tenth() -> None:
    assert BackOff(PLAN, random=lambda: 0.0).lost(now=0.0) == pytest.approx(0.02)


def test_what_the_gateway_asked_for_is_never_come_before_and_hardly_after() -> None:
    assert BackOff(PLAN, random=lambda: 0.0).lost(now=0.0, at_least_s=7.0) == 7.0
    assert BackOff(PLAN, random=lambda: 1.0).lost(now=0.0, at_least_s=7.0) == pytest.approx(7.7)


def test_who_was_told_when_to_come_comes_then_however_often_it_failed() -> None:
    back_off = BackOff(PLAN, random=lambda: 1.0)
    back_off.signed_in(now=0.0, spread_s=30.0)
    assert [back_off.lost(now=1.0, told_s=2.0) for _ in range(3)] == [pytest.approx(2.2)] * 3


def test_ten_thousand_that_lost_one_gateway_come_back_spread_out() -> None:
    roll = random.Random(1).random
    plan = BackOffPlan(first_s=1.0)
    waits = sorted(BackOff(plan, random=roll).lost(now=0.0) for _ in range(10_000))
    busiest = max(sum(1 for wait in waits if start <= wait * 10 < start + 1) for start in range(10))
    assert busiest < 1_300


def test_a_steady_session_begins_again_from_the_shortest() -> None:
    back_off = BackOff(PLAN, random=lambda: 1.0)
    for _ in range(5):
        back_off.lost(now=0.0)
    back_off.signed_in(now=10.0)
    assert back_off.lost(now=15.0) == 0.2


def test_a_gateway_that_drops_everybody_at_once_is_not_hammered() -> None:
    back_off = BackOff(PLAN, random=lambda: 1.0)
    waits = []
    for turn in range(6):
        back_off.signed_in(now=float(turn))
        waits.append(back_off.lost(now=turn + 0.1))
    assert waits[-1] == 6.4


def test_the_gateway_says_over_how_long_all_of_its_site_come_back() -> None:
    back_off = BackOff(PLAN, random=lambda: 1.0)
    back_off.signed_in(now=0.0, spread_s=5.0)
    assert [back_off.lost(now=now) for now in (10.0, 20.0, 30.0)] == [5.0, 10.0, 10.0]
    back_off.signed_in(now=40.0)
    assert back_off.lost(now=50.0) == PLAN.first_s


def test_reset_is_for_people_who_ask() -> None:
    back_off = BackOff(PLAN, random=lambda: 1.0)
    for _ in range(5):
        back_off.lost(now=0.0)
    back_off.reset()
    assert back_off.lost(now=0.0) == 0.2


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 100), st.floats(0, 30)), max_size=40),
    st.floats(0, 1, exclude_max=True),
)
def test_every_wait_is_bounded(steps: list[tuple[bool, float, float]], roll: float) -> None:
    back_off = BackOff(PLAN, random=lambda: roll)
    now = 0.0
    for is_signed_in, lasted_s, asked_s in steps:
        if is_signed_in:
            back_off.signed_in(now=now)
        now += lasted_s
        wait_s = back_off.lost(now=now, at_least_s=asked_s)
        assert max(PLAN.first_s * LEAST, asked_s) <= wait_s <= max(PLAN.limit_s, asked_s * (1 + LEAST))
