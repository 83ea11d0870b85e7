"""Admission: nobody is refused twice who comes when he was told to, a crowd is spread out, an emergency never waits."""

import heapq
import itertools
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.gateway.admission import EARLY_S, Admission, AdmissionPlan

PLAN = AdmissionPlan(first_rate=100.0, least_rate=10.0, most_rate=1_000.0, burst_s=0.25, longest_wait_s=100.0)


def test_a_few_come_in_at_once() -> None:
    admission = Admission(PLAN, now=0.0)
    assert [admission.ask(f"u{no}", now=0.0) for no in range(25)] == [None] * 25


def test_beyond_the_burst_each_is_told_a_time_of_its_own() -> None:
    admission = Admission(PLAN, now=0.0)
    for no in range(25):
        admission.ask(f"u{no}", now=0.0)
    waits = [admission.ask(f"v{no}", now=0.0) for no in range(3)]
    assert waits == pytest.approx([0.02, 0.03, 0.04])
    assert admission.waiting == admission.put_off == 3


def test_a_crowd_that_comes_when_told_is_let_in_at_its_second_try() -> None:
    admission = Admission(PLAN, now=0.0)
    told = {f"u{no}": admission.ask(f"u{no}", now=0.0) for no in range(2_000)}
    again = sorted((wait_s, who) for who, wait_s in told.items() if wait_s is not None)
    assert len(again) == 1_975
    assert [who for at, who in again if admission.ask(who, now=at) is not None] == []
    assert admission.waiting == 0
    per_second = Counter(int(at) for at, _ in again)
    assert max(per_second.values()) <= 101


def test_who_comes_for_the_first_time_does_not_go_before_those_who_waited() -> None:
    admission = Admission(PLAN, now=0.0)
    while admission.ask(f"u{admission.let_in}", now=0.0) is None:
        pass
    waiting = f"u{admission.let_in}"
    while admission.ask(f"new{admission.let_in}", now=0.03) is None:
        pass
    assert admission.ask("newer", now=0.03) is not None, "nothing is left"
    assert admission.ask(waiting, now=0.03) is None


def test_coming_before_the_time_changes_nothing() -> None:
    admission = Admission(PLAN, now=0.0)
    waits = [admission.ask(f"u{no}", now=0.0) for no in range(500)]
    assert waits[-1] is not None
    while admission.ask(f"new{admission.let_in}", now=1.0) is None:
        pass
    assert admission.ask("u499", now=1.0) == pytest.approx(waits[-1] - 1.0)


def test_who_does_not_come_holds_up_nobody() -> None:
    admission = Admission(PLAN, now=0.0)
    for no in range(200):
        admission.ask(f"u{no}", now=0.0)
    assert [admission.ask(f"v{no}", now=1.0) for no in range(25)] == [None] * 25
    assert admission.ask("late", now=20.0) is None
    assert admission.waiting == 0


def test_an_emergency_comes_in_whatever_waits_and_newcomers_make_up_for_it() -> None:
    admission = Admission(PLAN, now=0.0)
    for no in range(5_000):
        admission.ask(f"u{no}", now=0.0)
    assert [admission.ask(f"e{no}", now=0.0, is_emergency=True) for no in range(50)] == [None] * 50
    assert admission.ask("u4999", now=0.0, is_emergency=True) is None
    assert admission.ask("new", now=0.2) is not None
    assert admission.ask("u25", now=0.2) is None
    assert admission.ask("new", now=1.0) is None


def test_a_late_loop_lets_fewer_in_and_one_on_time_more() -> None:
    admission = Admission(PLAN, now=0.0)
    admission.looked(PLAN.late_s + 0.01)
    assert admission.rate == pytest.approx(PLAN.first_rate * PLAN.cut)
    for _ in range(50):
        admission.looked(1.0)
    assert admission.rate == PLAN.least_rate
    admission.looked(0.0)
    assert admission.rate == PLAN.least_rate, "nobody waits: there is no reason to let more in"
    for _ in range(200):
        for no in range(50):
            admission.ask(f"u{no}", now=0.0)
        admission.looked(0.001)
    assert admission.rate == PLAN.most_rate


def test_between_late_and_on_time_it_stays() -> None:
    admission = Admission(PLAN, now=0.0)
    for no in range(50):
        admission.ask(f"u{no}", now=0.0)
    admission.looked((PLAN.on_time_s + PLAN.late_s) / 2)
    assert admission.rate == PLAN.first_rate


def test_nobody_is_told_to_wait_longer_than_the_longest() -> None:
    admission = Admission(AdmissionPlan(first_rate=10.0, burst_s=0.1, longest_wait_s=5.0), now=0.0)
    waits = [admission.ask(f"u{no}", now=0.0) for no in range(500)]
    told = [wait for wait in waits if wait is not None]
    assert max(told) <= 5.0
    assert admission.waiting < 50, "so many find a time of their own"
    later = sorted(told[60:])
    assert later[0] >= 2.5
    assert max(after - before for before, after in itertools.pairwise(later)) < 0.05, "spread out"


@settings(deadline=None, max_examples=30)
@given(
    crowd=st.integers(1, 300),
    rate=st.floats(5.0, 500.0),
    lateness=st.lists(st.floats(0.0, 0.3), max_size=30),
    seed=st.integers(0, 1_000),
)
def test_whatever_happens_all_come_in_and_never_faster_than_allowed(
    crowd: int, rate: float, lateness: list[float], seed: int
) -> None:
    """A crowd that obeys, while the loop is late now and then and a tenth of it are emergencies."""
    plan = AdmissionPlan(first_rate=rate, least_rate=5.0, most_rate=500.0)
    admission, dice = Admission(plan, now=0.0), random.Random(seed)
    due = [(dice.random(), f"u{no}", dice.random() < 0.1) for no in range(crowd)]
    ordinary: list[float] = []
    looks = list(lateness)
    heapq.heapify(due)
    while due:
        now, who, is_emergency = heapq.heappop(due)
        if looks and dice.random() < 0.1:
            admission.looked(looks.pop())
        wait_s = admission.ask(who, now=now, is_emergency=is_emergency)
        if wait_s is None:
            ordinary += [] if is_emergency else [now]
            continue
        assert not is_emergency
        assert 0.0 < wait_s <= plan.longest_wait_s + 1e-6
        heapq.heappush(due, (now + wait_s, who, is_emergency))
    assert admission.let_in == crowd
    for index, start in enumerate(ordinary):
        within = sum(1 for at in ordinary[index:] if at < start + 1.0)
        assert within <= plan.most_rate * (1.0 + 2 * plan.burst_s) + 1


def test_a_promise_holds_a_little_early() -> None:
    admission = Admission(PLAN, now=0.0)
    waits = [admission.ask(f"u{no}", now=0.0) for no in range(26)]
    assert waits[-1] is not None
    assert waits[-1] / 2 < EARLY_S
    assert admission.ask("u25", now=waits[-1] / 2) is None
