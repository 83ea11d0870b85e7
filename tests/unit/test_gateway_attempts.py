"""Limits on wrong sign-ins and on commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.gateway import attempts as attempts_module
from comms.gateway.allowance import Allowance
from comms.gateway.attempts import FIRST_LOCK_S, FORGET_AFTER_S, LONGEST_LOCK_S, Attempts


def fail(attempts: Attempts, key: str, times: int, now: float = 0.0) -> float | None:
    for _ in range(times):
        attempts.failed(key, now=now)
    return attempts.wait_s(key, now=now)


def test_five_tries_then_a_wait_that_grows() -> None:
    attempts = Attempts(free_tries=5)
    assert attempts.wait_s("a", now=0.0) is None
    assert fail(attempts, "a", 4) is None
    waits = [fail(attempts, "a", 1) for _ in range(8)]
    assert waits[:3] == [FIRST_LOCK_S, 2 * FIRST_LOCK_S, 4 * FIRST_LOCK_S]
    assert waits[-1] == LONGEST_LOCK_S
    assert attempts.wait_s("b", now=0.0) is None


def test_the_wait_passes_success_forgets_and_so_does_time() -> None:
    attempts = Attempts(free_tries=5)
    fail(attempts, "a", 5)
    assert attempts.wait_s("a", now=FIRST_LOCK_S - 1) == 1.0
    assert attempts.wait_s("a", now=FIRST_LOCK_S) is None
    attempts.succeeded("a")
    assert fail(attempts, "a", 4) is None
    assert fail(attempts, "a", 1, now=FORGET_AFTER_S + 1) is None


def test_what_was_no_wrong_try_is_taken_back_and_those_before_it_count() -> None:
    attempts = Attempts(free_tries=5)
    attempts.forgive("a")
    assert fail(attempts, "a", 5) is not None
    attempts.forgive("a")
    assert attempts.wait_s("a", now=0.0) is None
    assert fail(attempts, "a", 1) is not None


def test_names_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts_module, "_MOST_KEPT", 20)
    attempts = Attempts(free_tries=2)
    fail(attempts, "attacked", 2)
    for at in range(500):
        attempts.failed(f"guess {at}", now=1.0)
    assert attempts.wait_s("attacked", now=1.0) is not None, "a lock in force is not pushed out by guesses"
    assert len(attempts._records) <= 21


@given(st.lists(st.floats(min_value=0.0, max_value=1.0), max_size=200))
def test_never_more_than_the_rate_and_a_burst(gaps: list[float]) -> None:
    allowance, now, passed = Allowance(rate=10.0, burst=20, now=0.0), 0.0, 0
    for gap in gaps:
        now += gap
        wait_s = allowance.take(now)
        if wait_s is None:
            passed += 1
        else:
            assert 0 < wait_s <= 0.1
    assert passed <= 20 + now * 10 + 1
