"""A gateway that gets no memory any more ends at once, so that whoever started it starts it anew.

Without this it lived on as good as dead: it took connections, could not read a byte from any, and nobody started it
anew because it was there. Nothing that was acknowledged is lost, because it was durable first.
"""

import asyncio
import os
import threading
from typing import Any

EXIT_OUT_OF_MEMORY = 4
_WORDS = (
    b"This gateway got no memory any more and has ended, so that it is started anew; what it acknowledged is on the "
    b"disk. If it happens again, give it more memory.\n"
)
"""Made beforehand: there is nothing left to make it of."""


def end_when_out_of_memory(loop: asyncio.AbstractEventLoop) -> None:
    """From now on, wherever in this process it is noticed; once a process, which is this gateway's alone."""
    loop.set_exception_handler(_in_loop)
    threading.excepthook = _in_thread


def out_of_memory(error: MemoryError) -> None:
    """For the borders that catch everything. It returns where the process is not the gateway's alone."""
    asyncio.get_running_loop().call_exception_handler({"message": "out of memory", "exception": error})


def _in_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if isinstance(context.get("exception"), MemoryError):
        _end()
    loop.default_exception_handler(context)


def _in_thread(failed: threading.ExceptHookArgs) -> None:
    if issubclass(failed.exc_type, MemoryError):
        _end()
    threading.__excepthook__(failed)


def _end() -> None:
    os.write(2, _WORDS)
    os._exit(EXIT_OUT_OF_MEMORY)
