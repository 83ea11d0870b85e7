"""The client end of the WebSocket, for desks and terminals: sign-in, requests, reconnecting.

Everything here runs on one asyncio loop. The callbacks are called on that loop and must not block.
"""

import asyncio
import logging
import random
import ssl as tls
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from comms.domain.ids import CommandId
from comms.link.cause import Setback, setback_of
from comms.link.clock import Clock
from comms.link.line import Line, LinkLostError, deliver
from comms.link.outbox import Outbox
from comms.link.reconnect import BackOff, BackOffPlan
from comms.link.sign_in import Introduction
from comms.link.state import FINAL_REFUSALS, LinkPhase, LinkState
from comms.link.wire import BrokenPeerError
from comms.protocol.commands import Command
from comms.protocol.pushes import Enrolled, Push, Refused, TokenGranted, Welcome

__all__ = ["Link", "LinkLostError", "LinkPhase", "LinkState", "LinkTiming"]

_wire_log = logging.getLogger(f"{__name__}.wire")
_wire_log.setLevel(logging.WARNING)  # below that it writes every frame down, and the first has the password
MAX_PUSH_BYTES = 256 * 1024 * 1024
"""A picture of a city with its open orders, or an area; far above any real one."""


@dataclass(frozen=True, slots=True)
class LinkTiming:
    """Seconds. A connection on which nothing came for `silence_limit_s` is half-open and dropped: pings go out
    every `ping_interval_s` and each is answered, so silence of more than two means the other end is gone."""

    back_off: BackOffPlan = field(default_factory=BackOffPlan)
    connect_timeout_s: float = 10.0
    sign_in_timeout_s: float = 10.0
    ping_interval_s: float = 5.0
    silence_limit_s: float = 9.0
    close_timeout_s: float = 1.0


def manner(timing: LinkTiming) -> dict[str, Any]:
    return dict(
        compression=None,
        proxy=None,
        ping_interval=None,  # ours are on the level of the protocol, so that they measure what is felt
        open_timeout=timing.connect_timeout_s,
        close_timeout=timing.close_timeout_s,
        max_size=MAX_PUSH_BYTES,
        logger=_wire_log,
    )


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
        shows_certificate: bool = False,
        socket_path: Path | None = None,
        timing: LinkTiming | None = None,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self._url = url
        self._sign_in = sign_in
        self._on_push = on_push
        self._on_positions = on_positions
        self._on_state = on_state
        self._clock = clock
        self._ssl, self._shows_certificate = ssl, shows_certificate
        self._through: dict[str, Any] = {"unix": True, "path": str(socket_path)} if socket_path is not None else {}
        self._timing = timing or LinkTiming()
        self._back_off = BackOff(self._timing.back_off, random=jitter or random.Random().random)
        self._outbox = Outbox()
        self._durable: dict[CommandId, asyncio.Future[Push]] = {}
        self._line: Line | None = None
        self._runner: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
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
        if self._runner is not None:
            raise RuntimeError("this link is already running")
        self._runner = asyncio.current_task()
        self._is_closing = False
        self._ended.clear()
        try:
            while not self._is_closing:
                await self._attempt()
        except asyncio.CancelledError:
            if not self._is_closing or self._runner is None:
                raise
            self._runner.uncancel()  # it was close(), not the owner: end as a function that is done
        finally:
            self._runner = None
            self._lose_durable()
            self._announce(LinkState(phase=LinkPhase.CLOSED))
            self._ended.set()

    async def close(self) -> None:
        """End the connection and `run()`. Durable commands without an answer raise LinkLostError in their callers."""
        if self._runner is None or self._is_closing:
            return
        self._is_closing = True
        self._runner.cancel()
        await self._ended.wait()

    def try_again(self) -> None:
        """Attempt to connect now: the officer gave new credentials, or the network came back."""
        self._back_off.reset()
        self._again.set()

    async def _attempt(self) -> None:
        """One connection from its first byte to its loss, and the wait after it."""
        self._announce(LinkState(phase=LinkPhase.CONNECTING))
        refused, setback = None, setback_of(None)
        try:
            async with connect(self._url, ssl=self._ssl, **manner(self._timing), **self._through) as connection:
                refused = await self._hold(connection)
        except (OSError, WebSocketException, TimeoutError, BrokenPeerError) as error:
            setback = setback_of(error, shows_certificate=self._shows_certificate)
        await self._wait(refused, setback)

    async def _hold(self, connection: ClientConnection) -> Refused | None:
        self._announce(LinkState(phase=LinkPhase.SIGNING_IN))
        introduction = Introduction(connection, next_command=self._sign_in, on_step=self._stepped)
        async with asyncio.timeout(self._timing.sign_in_timeout_s):
            answer = await introduction.run()
        if isinstance(answer, Refused):
            return answer
        line = Line(
            connection,
            self,
            clock=self._clock,
            ping_interval_s=self._timing.ping_interval_s,
            silence_limit_s=self._timing.silence_limit_s,
        )
        self._open(line, answer, introduction.early)
        try:
            return await line.serve()
        finally:
            self._line = None

    def _open(self, line: Line, welcome: Welcome, early: list[Push]) -> None:
        """From now on requests go out; those kept from before go first."""
        self._line = line
        self._back_off.signed_in(now=self._clock.monotonic(), spread_s=welcome.return_within_s)
        for command in self._outbox.unanswered():
            line.send(command)
        self.pushed(welcome)
        self._announce(LinkState(phase=LinkPhase.ONLINE))
        for push in early:
            self.pushed(push)

    async def _wait(self, refused: Refused | None, setback: Setback) -> None:
        self._again.clear()
        if refused is not None and refused.code in FINAL_REFUSALS:
            self._announce(LinkState(phase=LinkPhase.REFUSED, refused=refused, detail=refused.text))
            await self._again.wait()
            return
        detail, cause, at_least_s = setback
        told_s = (refused.retry_after_s or 0.0) if refused is not None else 0.0
        wait_s = self._back_off.lost(now=self._clock.monotonic(), at_least_s=at_least_s, told_s=told_s)
        retry_at = self._clock.now() + wait_s
        waiting = LinkState(phase=LinkPhase.WAITING, retry_at=retry_at, refused=refused, detail=detail, cause=cause)
        self._announce(waiting)
        try:
            async with asyncio.timeout(wait_s):
                await self._again.wait()
        except TimeoutError:
            return

    # --- requests ---------------------------------------------------------------------------------------

    async def request(self, command: Command) -> Push:
        """The one answer; a refusal is a value. Raises LinkLostError when the link is or goes down first."""
        if self._line is None:
            raise LinkLostError("not connected")
        return await self._line.ask(command)

    async def request_durable(self, command: Command) -> Push:
        """As `request`, but kept and sent again, with the same id, until answered, whatever the network does.

        A cancelled caller does not take the command back. Raises LinkLostError only when the link is closed."""
        if self._outbox.add(command) and self._line is not None:
            self._line.send(command)
        if command.id not in self._durable:
            self._durable[command.id] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._durable[command.id])

    def _lose_durable(self) -> None:
        for future in self._durable.values():
            if not future.done():
                future.set_exception(LinkLostError("the link was closed"))
                future.exception()  # a caller that was cancelled does not ask any more
        self._durable.clear()

    # --- what the line tells --------------------------------------------------------------------------------

    def pushed(self, push: Push) -> None:
        deliver(self._on_push, push)

    def positions(self, frame: bytes) -> None:
        self._on_positions(frame)

    def answered(self, command_id: CommandId, answer: Push) -> None:
        """An answer nobody waits for any more (a cancelled request, one answered twice) is dropped."""
        self._outbox.answered(command_id)
        future = self._durable.pop(command_id, None)
        if future is not None and not future.done():
            future.set_result(answer)

    def measured(self, latency_ms: float) -> None:
        self._announce(LinkState(phase=LinkPhase.ONLINE, latency_ms=latency_ms))

    def _stepped(self, answer: Enrolled | TokenGranted | Refused) -> None:
        if isinstance(answer, Refused):
            self._announce(LinkState(phase=LinkPhase.SIGNING_IN, refused=answer, detail=answer.text))
        else:
            self.pushed(answer)

    def _announce(self, state: LinkState) -> None:
        self.state = state
        deliver(self._on_state, state)
