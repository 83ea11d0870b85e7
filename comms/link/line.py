"""One signed-in connection: frames in and out in order, answers to their askers, pings, and the end of it."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Protocol, TypeVar

from websockets.asyncio.client import ClientConnection

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import CommandId
from comms.link.clock import Clock
from comms.link.wire import reply_id, salvage_refusal
from comms.protocol.codec import decode_push, encode
from comms.protocol.commands import Command, Ping
from comms.protocol.pushes import Push, Refused, SessionEnded

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class LinkLostError(Exception):
    """The connection died, or was not there, before the answer came."""


class Listener(Protocol):
    """Who is told what comes in on a line."""

    def pushed(self, push: Push) -> None: ...
    def positions(self, frame: bytes) -> None: ...
    def answered(self, command_id: CommandId, answer: Push) -> None:
        """An answer to a command that was sent without `ask`."""
        ...

    def measured(self, latency_ms: float) -> None: ...


def deliver(callback: Callable[[_T], None], value: _T) -> None:
    """The link's border: a fault in what listens is written down and does not cost the connection."""
    try:
        callback(value)
    except Exception:  # noqa: BLE001 - the link loop is one of the four borders that catch everything
        _log.exception("a listener of the link failed on %s", type(value).__name__)


class Line:
    """Lives as long as its connection. `ping_interval_s` and `silence_limit_s` as in LinkTiming."""

    def __init__(
        self,
        connection: ClientConnection,
        listener: Listener,
        *,
        clock: Clock,
        ping_interval_s: float,
        silence_limit_s: float,
    ) -> None:
        self._connection = connection
        self._listener = listener
        self._clock = clock
        self._ping_interval_s = ping_interval_s
        self._silence_limit_s = silence_limit_s
        self._heard_at = clock.monotonic()
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self._waiting: dict[CommandId, asyncio.Future[Push]] = {}
        self._ended: Refused | None = None

    def send(self, command: Command) -> None:
        """Queue a command behind those before it."""
        self._outgoing.put_nowait(encode(command))

    def ask(self, command: Command) -> "asyncio.Future[Push]":
        """Send, and the answer to come; LinkLostError in it when the line ends first."""
        future: asyncio.Future[Push] = asyncio.get_running_loop().create_future()
        self._waiting[command.id] = future
        self.send(command)
        return future

    async def serve(self) -> Refused | None:
        """Until the connection ends. Returns the gateway's reason when it ended the session with one."""
        tasks = [  # of two that end together, the first says why: silence before what it led to
            asyncio.create_task(self._keep_alive(), name="link-ping"),
            asyncio.create_task(self._read(), name="link-read"),
            asyncio.create_task(self._write(), name="link-write"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._lose()
        for task in tasks:
            if task in done and self._ended is None:
                task.result()
        return self._ended

    def _lose(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(LinkLostError("the connection was lost"))
        self._waiting.clear()

    async def _read(self) -> None:
        async for frame in self._connection:
            self._heard_at = self._clock.monotonic()
            if isinstance(frame, bytes):
                deliver(self._listener.positions, frame)
            else:
                self._take(frame)
            if self._ended is not None:
                return

    def _take(self, frame: str) -> None:
        try:
            push = decode_push(frame)
        except UNREADABLE as error:
            _log.warning("the gateway sent an unreadable frame, which is skipped: %s", error)
            refused = salvage_refusal(frame)
            if refused is not None:
                self._resolve(refused.id, refused)
            return
        command_id = reply_id(push)
        if command_id is not None:
            self._resolve(command_id, push)
            return
        if isinstance(push, SessionEnded):
            self._ended = Refused(code=push.code, text=push.text)
        deliver(self._listener.pushed, push)

    def _resolve(self, command_id: CommandId, answer: Push) -> None:
        future = self._waiting.pop(command_id, None)
        if future is None:
            self._listener.answered(command_id, answer)
        elif not future.done():
            future.set_result(answer)

    async def _write(self) -> None:
        while True:
            await self._connection.send(await self._outgoing.get())

    async def _keep_alive(self) -> None:
        while True:
            sent_at = self._clock.monotonic()
            ping = Ping(id=CommandId(f"ping-{uuid.uuid4().hex}"))
            answer = self.ask(ping)
            try:
                await asyncio.wait([answer], timeout=self._ping_interval_s)
            finally:
                self._waiting.pop(ping.id, None)
            if answer.done():
                elapsed_s = self._clock.monotonic() - sent_at
                deliver(self._listener.measured, elapsed_s * 1000)
                await asyncio.sleep(self._ping_interval_s)
            elif self._clock.monotonic() - self._heard_at > self._silence_limit_s:
                self._connection.transport.abort()
                raise TimeoutError("nothing came from the gateway for a while; the connection is half-open")
