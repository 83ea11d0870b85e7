"""Waiting on a clock that is handed in: a drill's seconds may be shorter than life's."""

import asyncio

from comms.link.clock import Clock


async def pause(clock: Clock, seconds: float) -> None:
    """Returns after so many seconds of that clock. Cancellable."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not future.done():
            future.set_result(None)

    timer = clock.call_at(clock.monotonic() + seconds, wake)
    try:
        await future
    finally:
        timer.cancel()
