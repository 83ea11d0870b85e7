"""The comms thread: work goes in, answers come out, nothing stays behind."""

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from comms.link.thread import CommsThread


def test_submits_and_answers() -> None:
    thread = CommsThread()
    thread.start()
    try:

        async def work(left: int, *, right: int) -> tuple[int, str]:
            return left + right, threading.current_thread().name

        assert thread.is_running
        assert thread.submit(work, 1, right=2).result(5) == (3, "comms")
    finally:
        thread.stop()
    assert not thread.is_running


def test_an_error_comes_back_to_the_one_who_asked() -> None:
    thread = CommsThread()
    thread.start()

    async def fail() -> None:
        raise ValueError("no")

    try:
        with pytest.raises(ValueError, match="no"):
            thread.submit(fail).result(5)
    finally:
        thread.stop()


def test_calls_keep_their_order() -> None:
    thread = CommsThread()
    thread.start()
    seen: list[int] = []
    done = threading.Event()
    for number in range(100):
        thread.call(seen.append, number)
    thread.call(done.set)
    assert done.wait(5)
    thread.stop()
    assert seen == list(range(100))


def test_stop_cancels_what_is_left_and_waits_for_it() -> None:
    thread = CommsThread()
    thread.start()
    began, cleaned_up = threading.Event(), threading.Event()

    async def last_for_ever() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            cleaned_up.set()

    future = thread.submit(last_for_ever)
    assert began.wait(5)
    thread.stop()
    assert cleaned_up.is_set()
    with pytest.raises(CancelledError):
        future.result(0)
    thread.stop()


def test_not_before_the_start_and_not_after_the_end() -> None:
    thread = CommsThread()
    with pytest.raises(RuntimeError):
        thread.call(print)
    thread.stop()
    thread.start()
    with pytest.raises(RuntimeError):
        thread.start()
    thread.stop()
    with pytest.raises(RuntimeError):
        thread.call(print)
