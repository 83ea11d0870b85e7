"""Others stand back while the interface's thread computes, and never for longer than a turn may take."""

import pytest

from console.gate import AT_ONCE, LONGEST_S, PAUSE_S, WORK_S, YIELD_S, Gate, Unhurried


class Interface:
    """A thread's clock that moves as it is told, and how often others looked at it."""

    def __init__(self) -> None:
        self.computed_s = self.now_s = 0.0
        self.turns_left = 0
        self.pauses = 0
        self.gate = Gate(lambda: self.computed_s)
        self.stand_back = self.gate.bystander(self._pause, lambda: self.now_s)
        self.stand_back()
        self.pauses = 0

    def work(self, pauses: int) -> None:
        """Computes until others have looked so often."""
        self.computed_s += PAUSE_S
        self.turns_left = pauses - 1

    def _pause(self, seconds: float) -> None:
        self.pauses += 1
        self.now_s += seconds
        if self.turns_left > 0:
            self.turns_left -= 1
            self.computed_s += PAUSE_S


@pytest.fixture
def interface() -> Interface:
    return Interface()


def test_nobody_waits_while_it_sleeps(interface: Interface) -> None:
    interface.computed_s += 5e-6  # a timer woke it
    interface.stand_back()
    assert interface.pauses == 0


@pytest.mark.parametrize("turns", [1, 7])
def test_others_wait_until_it_rests(interface: Interface, turns: int) -> None:
    interface.work(turns)
    interface.stand_back()
    assert interface.pauses == turns


def test_a_thread_that_wakes_now_and_then_rests(interface: Interface) -> None:
    interface.now_s += 0.005
    interface.computed_s += 0.0005
    interface.stand_back()
    assert interface.pauses == 0
    interface.now_s += 0.005
    interface.computed_s += 0.001
    interface.stand_back()
    assert interface.pauses == 1


def test_a_long_turn_holds_nobody_up_until_it_has_rested_again(interface: Interface) -> None:
    most = round(LONGEST_S / PAUSE_S)
    interface.work(10 * most)
    interface.stand_back()
    assert interface.pauses == most
    interface.computed_s += 1.0
    interface.stand_back()
    assert interface.pauses == most
    interface.turns_left = 0
    interface.stand_back()
    interface.work(3)
    interface.stand_back()
    assert interface.pauses == most + 3


def test_a_closed_gate_counts_as_work_however_little_is_computed(interface: Interface) -> None:
    with interface.gate, interface.gate:
        interface.stand_back()
    assert interface.pauses == round(LONGEST_S / PAUSE_S)
    interface.stand_back()
    assert not interface.gate.is_closed


def test_this_threads_own_clock_tells_that_it_computes() -> None:
    pauses: list[float] = []
    stand_back = Gate().bystander(pauses.append)
    sum(range(200_000))
    stand_back()
    assert pauses, "the one who asks is the interface's thread itself: it is never at rest"


def test_whoever_walks_through_a_sequence_stands_back_every_few_steps() -> None:
    steps: list[int] = []
    held = range(2 * AT_ONCE + 1)
    walked = Unhurried(held, lambda: steps.append(len(steps)))
    assert (len(walked), walked[1], walked[1:3], steps) == (len(held), 1, range(1, 3), [])
    assert list(walked) == list(held)
    assert steps == [0, 1, 2]


def test_who_comes_after_the_drawers_waits_for_them_but_works_in_between() -> None:
    interface = Interface()
    latecomer = interface.gate.latecomer(interface._pause, lambda: interface.now_s)
    latecomer()
    interface.pauses = 0
    with interface.gate.drawing:
        interface.now_s += WORK_S / 2
        latecomer()
        assert interface.pauses == 0
        interface.now_s += WORK_S
        latecomer()
        assert interface.pauses == round(YIELD_S / PAUSE_S)
        latecomer()
        assert interface.pauses == round(YIELD_S / PAUSE_S), "it has waited long enough for a while"
    assert not interface.gate.drawing.is_on
    interface.now_s += WORK_S
    latecomer()
    assert interface.pauses == round(YIELD_S / PAUSE_S)


def test_who_draws_what_pictures_are_made_of_waits_while_one_is() -> None:
    interface = Interface()
    supplier = interface.gate.supplier(interface._pause, lambda: interface.now_s)
    supplier()
    interface.pauses = 0
    with interface.gate.drawing:
        supplier()
        assert interface.pauses == 0
        with interface.gate.picturing:
            supplier()
            assert interface.pauses == round(YIELD_S / PAUSE_S)
    supplier()
    assert interface.pauses == round(YIELD_S / PAUSE_S)
