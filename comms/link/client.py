"""The client end of the WebSocket, for desks and terminals: sign-in, requests, reconnecting.

Everything here runs on one asyncio loop. The callbacks are called on that loop and must not block.
"""

import asyncio
import logging
import random
import ssl as tls
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from comms.domain.ids import CommandId
from comms.link.clock import Clock
from comms.link.outbox import Outbox
from comms.link.reconnect import BackOff, BackOffPlan
from comms.link.state import FINAL_REFUSALS, LinkPhase, LinkState
from comms.link.wire import BrokenPeerError, reply_id, salvage_refusal
from comms.protocol.codec import decode_push, encode
from comms.protocol.commands import Command, Ping
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Enrolled, Pong, Push, Refused, SessionEnded, TokenGranted, Welcome

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

MAX_PUSH_BYTES = 256 * 1024 * 1024
"""A picture of a city with its open orders, or an area; far above any real one."""
SIGN_IN_STEPS = 3
"""Refresh or enrol, sign in, and one more try after an expired token."""


class LinkLostError(Exception):
    """The connection died, or was not there, before the answer came."""


@dataclass(frozen=True, slots=True)
class LinkTiming:
    """Seconds. A connection on which nothing came for `silence_limit_s` is half-open and dropped: pings go out
    every `ping_interval_s` and each is answered, so silence of more than two means the other end is gone."""

    back_off: BackOffPlan = field(default_factory=BackOffPlan)
    connect_timeout_s: float = 10.0
    sign_in_timeout_s: float = 10.0
    ping_interval_s: float = 5.0
    silence_limit_s: float = 12.0
    close_timeout_s: float = 1.0


@dataclass(eq=False, slots=True)
class _Line:
    """One signed-in connection: what goes out, in order, and what waits for an answer on it."""

    connection: ClientConnection
    heard_at: float
    outgoing: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    waiting: dict[CommandId, "asyncio.Future[Push]"] = field(default_factory=dict)
    ended: Refused | None = None

    def lose(self, detail: str) -> None:
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(LinkLostError(detail))
        self.waiting.clear()


class Link:
    """One party's connection to its gateway, kept up until `close()`.

    `sign_in` is asked for the first command of every connection, and again on the same connection after an
    enrolment or a token refresh was answered, or a token had expired: so it can choose each time. None: there is
    nothing to sign in with; the link waits in phase `refused` for `try_again()`.
    `on_push` gets everything unasked, and of the replies those of signing in (welcome, enrolled, token granted).
    """

    def __init__(
        self,
        url: str,
        *,
        sign_in: Callable[[], Command | None],
        on_push: Callable[[Push], None],
        on_positions: Callable[[bytes], None],
        on_state: Callable[[LinkState], None],
        clock: Clock,
        ssl: tls.SSLContext | None = None,
        timing: LinkTiming | None = None,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self._url = url
        self._sign_in = sign_in
        self._on_push = on_push
        self._on_positions = on_positions
        self._on_state = on_state
        self._clock = clock
        self._ssl = ssl
        self._timing = timing or LinkTiming()
        self._back_off = BackOff(self._timing.back_off, random=jitter or random.Random().random)
        self._outbox = Outbox()
        self._durable: dict[CommandId, asyncio.Future[Push]] = {}
        self._line: _Line | None = None
        self._task: asyncio.Task[None] | None = None
        self._again = asyncio.Event()
        self._is_closing = False
        self.state = LinkState(phase=LinkPhase.CLOSED)

    @property
    def latency_ms(self) -> float | None:
        """Round trip of the last ping on this connection."""
        return self.state.latency_ms

    @property
    def unanswered(self) -> tuple[Command, ...]:
        """Durable commands still on their way, oldest first."""
        return self._outbox.unanswered()

    # --- life -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, sign in, serve, reconnect, until `close()`. Runs once at a time."""
        if self._task is not None:
            raise RuntimeError("this link is already running")
        self._task = asyncio.current_task()
        self._is_closing = False
        try:
            while not self._is_closing:
                await self._attempt()
        finally:
            self._task = None
            self._lose_durable()
            self._announce(LinkState(phase=LinkPhase.CLOSED))

    async def close(self) -> None:
        """End the connection and `run()`. Durable commands without an answer raise LinkLostError in their callers."""
        self._is_closing = True
        task = self._task
        if task is None or task is asyncio.current_task():
            return
        task.cancel()
        await asyncio.wait([task])

    def try_again(self) -> None:
        """Attempt to connect now: the officer gave new credentials, or the network came back."""
        self._back_off.reset()
        self._again.set()

    async def _attempt(self) -> None:
        """One connection from its first byte to its loss, and the wait after it."""
        self._announce(LinkState(phase=LinkPhase.CONNECTING))
        refused, detail = None, ""
        try:
            async with connect(
                self._url,
                ssl=self._ssl,
                compression=None,
                proxy=None,
                ping_interval=None,
                open_timeout=self._timing.connect_timeout_s,
                close_timeout=self._timing.close_timeout_s,
                max_size=MAX_PUSH_BYTES,
            ) as connection:
                refused = await self._sign_in_and_serve(connection)
        except (OSError, WebSocketException, TimeoutError, BrokenPeerError) as error:
            detail = str(error) or type(error).__name__
        await self._wait(refused, detail)

    async def _wait(self, refused: Refused | None, detail: str) -> None:
        self._again.clear()
        if refused is not None and refused.code in FINAL_REFUSALS:
            self._announce(LinkState(phase=LinkPhase.REFUSED, refused=refused, detail=refused.text))
            await self._again.wait()
            return
        at_least_s = (refused.retry_after_s or 0.0) if refused is not None else 0.0
        wait_s = self._back_off.lost(now=self._clock.monotonic(), at_least_s=at_least_s)
        retry_at = self._clock.now() + wait_s
        self._announce(LinkState(phase=LinkPhase.WAITING, retry_at=retry_at, refused=refused, detail=detail))
        try:
            async with asyncio.timeout(wait_s):
                await self._again.wait()
        except TimeoutError:
            return

    # --- signing in ----------------------------------------------------------------------------------

    async def _sign_in_and_serve(self, connection: ClientConnection) -> Refused | None:
        self._announce(LinkState(phase=LinkPhase.SIGNING_IN))
        async with asyncio.timeout(self._timing.sign_in_timeout_s):
            answer, early = await self._introduce(connection)
        if isinstance(answer, Refused):
            return answer
        line = _Line(connection, heard_at=self._clock.monotonic())
        try:
            self._open(line, answer)
            for push in early:
                self._deliver(self._on_push, push)
            await self._serve(line)
        finally:
            self._line = None
            line.lose("the connection was lost")
        return line.ended

    async def _introduce(self, connection: ClientConnection) -> tuple[Welcome | Refused, list[Push]]:
        """The welcome, or the no, and what came unasked before it."""
        early: list[Push] = []
        refused: Refused | None = None
        for _ in range(SIGN_IN_STEPS):
            command = self._sign_in()
            if command is None:
                no_credentials = Refused(code=RefusalCode.WRONG_CREDENTIALS, text="")
                return refused or no_credentials, early
            await connection.send(encode(command))
            answer = await self._answer_to(connection, command.id, early)
            match answer:
                case Welcome():
                    return answer, early
                case Enrolled() | TokenGranted():
                    self._deliver(self._on_push, answer)
                case Refused(code=RefusalCode.TOKEN_EXPIRED):
                    refused = answer
                    self._announce(LinkState(phase=LinkPhase.SIGNING_IN, refused=answer, detail=answer.text))
                case Refused():
                    return answer, early
                case _:
                    raise BrokenPeerError(f"{type(answer).__name__} is no answer to a sign-in")
        if refused is not None:
            return refused, early
        raise BrokenPeerError("signing in did not come to an end")

    async def _answer_to(self, connection: ClientConnection, command_id: CommandId, early: list[Push]) -> Push:
        while True:
            frame = await connection.recv()
            if isinstance(frame, bytes):
                continue
            try:
                push = decode_push(frame)
            except msgspec.DecodeError as error:
                raise BrokenPeerError(f"unreadable answer to the sign-in: {error}") from error
            if isinstance(push, SessionEnded):
                return Refused(id=command_id, code=push.code, text=push.text)
            if reply_id(push) == command_id or (isinstance(push, Refused) and not push.id):
                return push
            early.append(push)

    def _open(self, line: _Line, welcome: Welcome) -> None:
        """From now on requests go out; those kept from before go first."""
        self._line = line
        self._back_off.signed_in(now=self._clock.monotonic())
        for command in self._outbox.unanswered():
            line.outgoing.put_nowait(encode(command))
        self._deliver(self._on_push, welcome)
        self._announce(LinkState(phase=LinkPhase.ONLINE))

    # --- serving -------------------------------------------------------------------------------------

    async def _serve(self, line: _Line) -> None:
        tasks = [
            asyncio.create_task(self._read(line), name="link-read"),
            asyncio.create_task(self._write(line), name="link-write"),
            asyncio.create_task(self._keep_alive(line), name="link-ping"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in done:
            task.result()

    async def _read(self, line: _Line) -> None:
        async for frame in line.connection:
            line.heard_at = self._clock.monotonic()
            if isinstance(frame, bytes):
                self._deliver(self._on_positions, frame)
            else:
                self._take(line, frame)
            if line.ended is not None:
                return

    def _take(self, line: _Line, frame: str) -> None:
        try:
            push = decode_push(frame)
        except msgspec.DecodeError as error:
            _log.warning("the gateway sent an unreadable frame, which is skipped: %s", error)
            refused = salvage_refusal(frame)
            if refused is not None:
                self._resolve(line, refused.id, refused)
            return
        if isinstance(push, SessionEnded):
            line.ended = Refused(code=push.code, text=push.text)
            self._deliver(self._on_push, push)
            return
        command_id = reply_id(push)
        if command_id is None:
            self._deliver(self._on_push, push)
        else:
            self._resolve(line, command_id, push)

    def _resolve(self, line: _Line, command_id: CommandId, answer: Push) -> None:
        """An answer nobody waits for any more (a cancelled request, a durable one answered twice) is dropped."""
        self._outbox.answered(command_id)
        future = line.waiting.pop(command_id, None) or self._durable.pop(command_id, None)
        if future is not None and not future.done():
            future.set_result(answer)

    async def _write(self, line: _Line) -> None:
        while True:
            await line.connection.send(await line.outgoing.get())

    async def _keep_alive(self, line: _Line) -> None:
        while True:
            sent_at = self._clock.monotonic()
            ping = Ping(id=CommandId(f"ping-{uuid.uuid4().hex}"))
            answer = self._ask(line, ping)
            done, _ = await asyncio.wait([answer], timeout=self._timing.ping_interval_s)
            if done and isinstance(answer.result(), Pong):
                latency_ms = (self._clock.monotonic() - sent_at) * 1000
                self._announce(LinkState(phase=LinkPhase.ONLINE, latency_ms=latency_ms))
                await asyncio.sleep(max(0.0, self._timing.ping_interval_s - latency_ms / 1000))
            line.waiting.pop(ping.id, None)
            if self._clock.monotonic() - line.heard_at > self._timing.silence_limit_s:
                line.connection.transport.abort()
                raise TimeoutError("nothing came from the gateway for a while; the connection is half-open")

    def _ask(self, line: _Line, command: Command) -> "asyncio.Future[Push]":
        future: asyncio.Future[Push] = asyncio.get_running_loop().create_future()
        line.waiting[command.id] = future
        line.outgoing.put_nowait(encode(command))
        return future

    # --- requests ---------------------------------------------------------------------------------------

    async def request(self, command: Command) -> Push:
        """The one answer; a refusal is a value. Raises LinkLostError when the link is or goes down first."""
        if self._line is None:
            raise LinkLostError("not connected")
        return await self._ask(self._line, command)

    async def request_durable(self, command: Command) -> Push:
        """As `request`, but kept and sent again, with the same id, until answered, whatever the network does.

        A cancelled caller does not take the command back. Raises LinkLostError only when the link is closed."""
        if self._outbox.add(command):
            self._durable[command.id] = asyncio.get_running_loop().create_future()
            if self._line is not None:
                self._line.outgoing.put_nowait(encode(command))
        return await asyncio.shield(self._durable[command.id])

    def _lose_durable(self) -> None:
        for future in self._durable.values():
            if not future.done():
                future.set_exception(LinkLostError("the link was closed"))
                future.exception()  # a caller that was cancelled does not ask any more
        self._durable.clear()

    # --- callbacks ----------------------------------------------------------------------------------------

    def _announce(self, state: LinkState) -> None:
        self.state = state
        self._deliver(self._on_state, state)

    def _deliver(self, callback: Callable[[_T], None], value: _T) -> None:
        """The link's border: a fault in what listens is written down and does not cost the connection."""
        try:
            callback(value)
        except Exception:  # noqa: BLE001 - the link loop is one of the four borders that catch everything
            _log.exception("a listener of the link failed on %s", type(value).__name__)
