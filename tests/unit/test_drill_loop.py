"""The loop of a headless drill: nothing waits, and everything comes in one order."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from comms.drill.headless import run_headless
from comms.drill.loop import HurriedLoop, StuckError


def test_hours_take_no_time_and_timers_keep_their_order() -> None:
    async def main() -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []
        loop = asyncio.get_running_loop()

        async def sleeper(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            seen.append((name, loop.time()))

        await asyncio.gather(sleeper("day", 86_400.0), sleeper("hour", 3600.0), sleeper("soon", 0.5))
        return seen

    assert run_headless(main) == [("soon", 0.5), ("hour", 3600.0), ("day", 86_400.0)]


def test_what_goes_to_threads_elsewhere_is_done_in_place() -> None:
    async def main() -> tuple[int, str, float]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as executor:
            ident = await loop.run_in_executor(executor, threading.get_ident)
            try:
                await loop.run_in_executor(None, int, "no number")
            except ValueError as error:
                return ident, str(error), loop.time()
        raise AssertionError("a mistake comes to who asked")

    ident, error, passed_s = run_headless(main)
    assert (ident, passed_s) == (threading.get_ident(), 0.0)
    assert "no number" in error


def test_what_was_sent_has_arrived_before_time_goes_on() -> None:
    async def main() -> list[str]:
        seen: list[str] = []
        reader, writer = await _pair(seen)
        loop = asyncio.get_running_loop()
        loop.call_later(0.001, seen.append, "later")
        writer.write(b"x" * 500_000)
        await reader
        return seen

    assert run_headless(main) == ["all of it", "later"][:1]


async def _pair(seen: list[str]) -> "tuple[asyncio.Future[None], asyncio.StreamWriter]":
    import socket

    ours, theirs = socket.socketpair()
    _, writer = await asyncio.open_connection(sock=ours)
    reader, other = await asyncio.open_connection(sock=theirs)

    async def read() -> None:
        await reader.readexactly(500_000)
        seen.append("all of it")
        writer.close()
        other.close()

    return asyncio.ensure_future(read()), writer


def test_one_in_which_nobody_has_anything_to_do_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comms.drill.loop.STUCK_S", 0.01)

    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(StuckError):
        run_headless(main)


def test_a_loop_in_a_hurry_does_not_sleep() -> None:
    """Polled, it comes back without the timer being due; asked to sleep, it sleeps until it is."""

    async def main() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, HurriedLoop)
        turns = 0

        def is_hurried() -> bool:
            nonlocal turns
            turns += 1
            return turns < 50

        loop.is_hurried = is_hurried
        await asyncio.sleep(0.05)
        return turns

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        assert runner.run(main()) >= 50
