"""The clock of a drill, on a base whose time the tests move."""

import heapq
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from comms.drill.clock import SPEEDS, DrillClock, Motion

BEGIN_AT = 1_700_000_000.0


class _Handle:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Base:
    """Moved by `pass_s`, which calls back in the order of time."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self._count = 0
        self._timers: list[tuple[float, int, _Handle]] = []

    def time(self) -> float:
        return self.now_s

    def call_at(self, when: float, callback: Callable[[], object], /) -> _Handle:
        handle = _Handle(callback)
        self._count += 1
        heapq.heappush(self._timers, (when, self._count, handle))
        return handle

    def pass_s(self, seconds: float, *, late_s: float = 0.0) -> None:
        """`late_s`: the machine was busy, and all that was due comes together at the end."""
        until = self.now_s + seconds
        if late_s:
            self.now_s = until
        while self._timers and self._timers[0][0] <= until:
            when, _, handle = heapq.heappop(self._timers)
            self.now_s = max(self.now_s, when)
            if handle.callback is not None:
                handle.callback()
        self.now_s = until

    def settle(self, most: int = 10_000) -> None:
        """As much as a jump needs."""
        for _ in range(most):
            if not any(handle.callback is not None for _, _, handle in self._timers):
                return
            self.pass_s(1e-5)


@pytest.fixture
def base() -> Base:
    return Base()


@pytest.fixture
def clock(base: Base) -> DrillClock:
    return DrillClock(base, begin_at=BEGIN_AT)


def test_it_stands_until_it_is_resumed(base: Base, clock: DrillClock) -> None:
    fired: list[float] = []
    clock.call_at(5.0, lambda: fired.append(clock.monotonic()))
    base.pass_s(60.0)
    assert (clock.monotonic(), clock.now(), clock.is_paused, fired) == (0.0, BEGIN_AT, True, [])
    clock.resume()
    base.pass_s(4.0)
    assert (clock.monotonic(), fired) == (4.0, [])
    base.pass_s(2.0)
    assert (clock.monotonic(), fired) == (6.0, [5.0])


@pytest.mark.parametrize("speed", SPEEDS)
def test_it_runs_at_its_speed(base: Base, clock: DrillClock, speed: float) -> None:
    clock.set_speed(speed)
    clock.resume()
    base.pass_s(3.0)
    assert clock.monotonic() == pytest.approx(3.0 * speed)


def test_another_speed_is_refused(clock: DrillClock) -> None:
    with pytest.raises(ValueError, match="×1, ×2, ×5, ×10, ×60"):
        clock.set_speed(3.0)


def test_a_change_of_speed_moves_what_is_due(base: Base, clock: DrillClock) -> None:
    fired: list[float] = []
    clock.resume()
    clock.call_at(60.0, lambda: fired.append(clock.monotonic()))
    base.pass_s(30.0)
    clock.set_speed(10.0)
    base.pass_s(2.9)
    assert fired == []
    base.pass_s(0.2)
    assert fired == [60.0]


def test_ties_fire_in_the_order_of_setting_and_cancelled_ones_never(base: Base, clock: DrillClock) -> None:
    fired: list[str] = []
    clock.call_at(2.0, lambda: fired.append("second"))
    clock.call_at(1.0, lambda: fired.append("first"))
    clock.call_at(2.0, lambda: fired.append("third"))
    clock.call_at(2.0, lambda: fired.append("never")).cancel()
    clock.resume()
    base.pass_s(3.0)
    assert fired == ["first", "second", "third"]


def test_on_a_machine_that_cannot_follow_nothing_is_seen_late(base: Base, clock: DrillClock) -> None:
    """Ten seconds go by in one blow: each timer still sees its own second, and what it sets comes in its order."""
    seen: list[tuple[str, float]] = []

    def tick() -> None:
        seen.append(("tick", clock.monotonic()))
        if len(seen) < 20:
            clock.call_at(clock.monotonic() + 1.0, tick)

    clock.call_at(1.0, tick)
    clock.call_at(4.5, lambda: seen.append(("once", clock.monotonic())))
    clock.resume()
    base.pass_s(10.0, late_s=10.0)
    base.pass_s(0.0)
    assert seen == [
        ("tick", 1.0), ("tick", 2.0), ("tick", 3.0), ("tick", 4.0), ("once", 4.5),
        ("tick", 5.0), ("tick", 6.0), ("tick", 7.0), ("tick", 8.0), ("tick", 9.0), ("tick", 10.0),
    ]  # fmt: skip


def test_a_timer_for_a_time_that_is_over_fires_at_the_next_turn(base: Base, clock: DrillClock) -> None:
    clock.resume()
    base.pass_s(10.0)
    fired: list[float] = []
    clock.call_at(3.0, lambda: fired.append(clock.monotonic()))
    assert fired == []
    base.pass_s(0.0)
    assert fired == [10.0]


def test_one_set_for_this_very_instant_waits_for_the_next_turn(base: Base, clock: DrillClock) -> None:
    fired: list[str] = []

    def first() -> None:
        clock.call_at(clock.monotonic(), lambda: fired.append("after"))
        fired.append("first")

    clock.call_at(1.0, first)
    clock.call_at(1.0, lambda: fired.append("second"))
    clock.resume()
    base.pass_s(2.0)
    assert fired == ["first", "second", "after"]


@pytest.mark.parametrize("runs", [False, True])
def test_a_jump_lets_everything_between_happen(base: Base, clock: DrillClock, runs: bool) -> None:
    seen: list[float] = []

    def tick() -> None:
        seen.append(clock.monotonic())
        clock.call_at(clock.monotonic() + 60.0, tick)

    arrived: list[float] = []
    if runs:
        clock.resume()
    clock.call_at(60.0, tick)
    clock.jump(300.0, then=lambda: arrived.append(clock.monotonic()))
    assert clock.motion is Motion.JUMPING
    base.pass_s(0.5)
    assert seen == [60.0, 120.0, 180.0, 240.0, 300.0]
    assert len(arrived) == 1
    assert arrived[0] == pytest.approx(300.0, abs=0.01)
    assert clock.is_paused is not runs


def test_a_jump_waits_until_everybody_has_followed(base: Base, clock: DrillClock) -> None:
    is_settled = False
    clock.is_settled = lambda: is_settled
    fired: list[float] = []
    clock.call_at(1.0, lambda: fired.append(clock.monotonic()))
    clock.jump(5.0)
    base.pass_s(0.01)
    assert fired == []
    is_settled = True
    base.pass_s(0.01)
    assert (fired, clock.monotonic(), clock.is_paused) == ([1.0], 5.0, True)


def test_a_jump_can_be_stopped_and_does_not_go_back(base: Base, clock: DrillClock) -> None:
    clock.call_at(10.0, clock.pause)
    arrived: list[float] = []
    clock.jump(20.0, then=lambda: arrived.append(clock.monotonic()))
    base.pass_s(0.01)
    assert (clock.monotonic(), clock.is_paused, arrived) == (10.0, True, [])
    with pytest.raises(ValueError, match="does not go back"):
        clock.jump(9.0)


class ClockMachine(RuleBasedStateMachine):
    """Whatever is done to it: time never goes back, timers fire once, in order, at their own second or when set."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Base()
        self.clock = DrillClock(self.base, begin_at=BEGIN_AT)
        self.last_s = 0.0
        self.count = 0
        self.pending: dict[int, tuple[float, Any]] = {}
        self.fired: list[tuple[float, int]] = []

    @rule(ahead_s=st.sampled_from([-5.0, 0.0, 0.1, 0.3, 1.0, 7.5, 60.0]), again=st.booleans())
    def set_timer(self, ahead_s: float, again: bool) -> None:
        self._set(self.clock.monotonic() + ahead_s, again=again)

    def _set(self, due_s: float, *, again: bool) -> None:
        number, due_s = self.count, max(due_s, self.clock.monotonic())
        self.count += 1

        def fire() -> None:
            due, _ = self.pending.pop(number)
            assert self.clock.monotonic() == due, "a timer sees its own second"
            self.fired.append((due, number))
            if again:
                self._set(due + 0.7, again=False)

        self.pending[number] = (due_s, self.clock.call_at(due_s, fire))

    @precondition(lambda self: self.pending)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.pending)))
        self.pending.pop(number)[1].cancel()

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.5, 3.0, 20.0]), is_late=st.booleans())
    def pass_time(self, seconds: float, is_late: bool) -> None:
        self.base.pass_s(seconds, late_s=seconds if is_late else 0.0)

    @rule()
    def pause(self) -> None:
        self.clock.pause()

    @rule()
    def resume(self) -> None:
        self.clock.resume()

    @rule(speed=st.sampled_from(SPEEDS))
    def set_speed(self, speed: float) -> None:
        self.clock.set_speed(speed)

    @rule(ahead_s=st.sampled_from([0.0, 1.0, 30.0]))
    def jump(self, ahead_s: float) -> None:
        self.clock.jump(self.clock.monotonic() + ahead_s)

    @invariant()
    def time_never_goes_back(self) -> None:
        now_s = self.clock.monotonic()
        assert now_s >= self.last_s
        self.last_s = now_s

    @invariant()
    def nothing_is_overdue_and_all_came_in_order(self) -> None:
        now_s = self.clock.monotonic()
        assert all(due_s >= now_s for due_s, _ in self.pending.values()), "time passed a timer that has not fired"
        assert self.fired == sorted(self.fired)


TestClockMachine = ClockMachine.TestCase
TestClockMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
