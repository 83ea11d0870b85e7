"""Work beside the interface is given up in the middle when the window closes."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from console.gate import Gate
from ui.background import Background, GivenUpError


def test_a_piece_in_hand_is_given_up_between_two_steps(qtbot: QtBot) -> None:
    background = Background(Gate())
    begun, stopping = threading.Event(), threading.Event()
    taken: list[None] = []

    def work() -> None:
        begun.set()
        while True:
            stopping.wait(0.01)
            background.stand_back()

    background.start(work, taken.append)
    assert begun.wait(5)
    background.stop()
    with pytest.raises(GivenUpError):
        background.stand_back()
    background.start(work, taken.append)
    qtbot.wait(1)
    assert not taken


def test_results_come_in_order_and_what_broke_is_raised_at_the_border(qtbot: QtBot) -> None:
    background = Background(Gate())
    taken: list[int] = []
    failed: list[str] = []

    def broken() -> int:
        raise ValueError("no ground")

    with qtbot.captureExceptions() as exceptions:
        background.start(lambda: 1, taken.append)
        background.start(broken, taken.append, failed=lambda: failed.append("failed"))
        background.start(lambda: 2, taken.append)
        qtbot.waitUntil(lambda: taken == [1, 2])
    assert failed == ["failed"]
    assert [str(error) for _, error, _ in exceptions] == ["no ground"]
    background.stop()
