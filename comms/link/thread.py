"""The comms thread: the one asyncio loop with every socket and all media, away from the screen's thread."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 10.0


class CommsThread:
    """Owns its loop and every task on it: `stop()` cancels what is left and returns when the thread is gone."""

    def __init__(self, *, name: str = "comms") -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._is_up = threading.Event()

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        if self._thread is not None:
            raise RuntimeError("the comms thread was already started")
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()
        if not self._is_up.wait(START_TIMEOUT_S):
            raise RuntimeError("the comms thread did not come up")

    def submit(
        self, function: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        """Run a coroutine function there. Cancelling the future cancels the coroutine."""
        return asyncio.run_coroutine_threadsafe(function(*args, **kwargs), self._running_loop())

    def call(self, function: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call a plain function there, soon, in the order of the calls."""
        self._running_loop().call_soon_threadsafe(lambda: function(*args, **kwargs))

    def stop(self) -> None:
        """Safe to call twice. Raises TimeoutError when a task there refuses to end."""
        if self._thread is None:
            return
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():
            raise TimeoutError("a task of the comms thread does not end")

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._loop.is_closed():
            raise RuntimeError("the comms thread is not running")
        return self._loop

    def _run(self) -> None:
        asyncio.run(self._until_stopped())  # cancels and awaits every task that is left

    async def _until_stopped(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._is_up.set()
        await self._stop.wait()
