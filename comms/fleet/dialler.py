"""Opens connections a few at a time, so that a fleet starting in one process is no flood no town ever saw."""

import asyncio
import ssl as tls
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from websockets.uri import WebSocketURI, parse_uri

from comms.fleet.socket import TerminalSocket

AT_ONCE = 96
"""Terminals between their first byte and having signed in with media. The gateway answers hundreds a second."""
CONNECT_TIMEOUT_S = 10.0
SETTLE_TIMEOUT_S = 10.0


class Caller(Protocol):
    """Who wants a connection."""

    def make_socket(self, uri: WebSocketURI) -> TerminalSocket: ...
    def dial_failed(self) -> None: ...


class Dialler:
    """A caller holds its place until it calls `settled`, or for SETTLE_TIMEOUT_S."""

    def __init__(
        self,
        url: str,
        *,
        ssl: tls.SSLContext | None = None,
        at_once: int = AT_ONCE,
        socket_path: Path | None = None,
    ) -> None:
        """With a `socket_path` it goes there, wherever the url points."""
        self._uri = parse_uri(url)
        self._socket_path = socket_path
        self._ssl = ssl if self._uri.secure else None
        self.at_once = at_once
        """May be changed while it works."""
        self._waiting: deque[Caller] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._places: dict[Caller, asyncio.TimerHandle] = {}
        self._is_closed = False

    def dial(self, caller: Caller) -> None:
        """One of `make_socket` (then its own callbacks) or `dial_failed` follows."""
        self._waiting.append(caller)
        self._pump()

    def settled(self, caller: Caller) -> None:
        """The caller has signed in, or failed: its place is free."""
        place = self._places.pop(caller, None)
        if place is not None:
            place.cancel()
            self._pump()

    async def close(self) -> None:
        self._is_closed = True
        self._waiting.clear()
        for place in self._places.values():
            place.cancel()
        self._places.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _pump(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and len(self._places) < self.at_once and not self._is_closed:
            caller = self._waiting.popleft()
            self._places[caller] = loop.call_later(SETTLE_TIMEOUT_S, self.settled, caller)
            task = loop.create_task(self._connect(caller), name="fleet-dial")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self, caller: Caller) -> None:
        loop = asyncio.get_running_loop()
        make: Callable[[], TerminalSocket] = lambda: caller.make_socket(self._uri)  # noqa: E731 - typed for mypy
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                if self._socket_path is not None:
                    await loop.create_unix_connection(make, str(self._socket_path))
                else:
                    await loop.create_connection(make, self._uri.host, self._uri.port, ssl=self._ssl)
        except (OSError, TimeoutError):
            self.settled(caller)
            caller.dial_failed()
