"""Garbage is collected on Qt's thread alone while the desk runs."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from console import collecting
from console.collecting import collect_due, collecting_here


class Cycle(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture(autouse=True)
def _widgets_die_here() -> Iterator[None]:
    """Python searches as it does outside the tests, and nothing of theirs is set aside."""
    gc.unfreeze()
    gc.enable()
    yield
    gc.collect()


def test_another_thread_does_not_collect_what_lives_here(qtbot: QtBot) -> None:
    died_on: list[threading.Thread] = []
    with collecting_here():
        assert not gc.isenabled()
        weakref.finalize(Cycle(), lambda: died_on.append(threading.current_thread()))
        busy = threading.Thread(target=lambda: [[number] for number in range(50_000)])
        busy.start()
        busy.join()
        assert died_on == []
        gc.collect()
        assert died_on == [threading.main_thread()]
    assert gc.isenabled()


def test_a_generation_is_collected_when_it_is_due(qtbot: QtBot) -> None:
    with collecting_here():
        gc.collect()
        assert collect_due() is None
        kept = [[number] for number in range(3 * gc.get_threshold()[0])]
        assert collect_due() == 0
        assert kept


def test_what_a_town_is_loaded_with_is_kept_unsearched(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST", 1_000)
    with collecting_here():
        gc.collect()
        kept = [[number] for number in range(2_000)]
        assert collect_due() is None
        assert gc.get_freeze_count() > len(kept)
        assert gc.get_count()[0] < 1_000


def test_what_a_full_search_left_over_is_set_aside_until_the_end(qtbot: QtBot) -> None:
    young, middle, old = gc.get_threshold()
    with collecting_here():
        for _ in range(old + 1):
            gc.collect(1)
        assert collect_due() == 2
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    assert (young, middle, old) == gc.get_threshold()
