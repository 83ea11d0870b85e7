"""A stage for the web terminal: a gateway without rules. It speaks the real protocol types, serves the real files
and carries real media, and does exactly what the test says. For what the real gateway shows only by chance."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from comms.domain.ids import JurisdictionId, PartyId, TalkgroupId, UnitId
from comms.domain.talkgroup import Talkgroup
from comms.gateway.static_files import StaticFiles
from comms.media.forwarder import Forwarder, MediaSession
from comms.protocol import codec
from comms.protocol.commands import Command, MediaOffer, Ping, PositionReport, TerminalEnrol, TerminalSignIn
from comms.protocol.errors import Locale
from comms.protocol.pushes import Done, Enrolled, MediaAnswer, Pong, PositionTaken, Push, Welcome
from comms.protocol.version import PROTOCOL_VERSION

CODE = "STAGE-CODE-1"
TOKEN = "stage-device-token"
UNIT = UnitId("u1")
PARTY = PartyId("unit:u1")
GROUPS = tuple(
    Talkgroup(id=TalkgroupId(key), name=name, jurisdiction_id=JurisdictionId("441900"))
    for key, name in (("tg1", "东城一组"), ("tg2", "东城街道全体"), ("tg3", "应急联动"))
)
_PATIENCE_S = 40.0

Answer = Callable[[Any], Push | None]
C = TypeVar("C", bound=Command)


class Stage:
    """One terminal at a time. `answers` overrides what a command type gets; None keeps silent."""

    def __init__(self, forwarder: Forwarder) -> None:
        self.forwarder = forwarder
        self.received: list[Command] = []
        self.answers: dict[type, Answer] = {}
        self.url = ""
        self.pushed_at_sign_in: tuple[Push, ...] = ()
        """What comes ahead of the welcome, as open orders do."""
        self.is_media_up = asyncio.Event()
        self.is_silent = False
        """Answers nothing, as a network that swallows everything."""
        self.locale = Locale.ZH_CN
        """Of the last sign-in."""
        self._files = StaticFiles()
        self._news = asyncio.Condition()
        self._connection: ServerConnection | None = None

    async def push(self, push: Push) -> None:
        assert self._connection is not None
        await self._connection.send(codec.encode(push))

    async def drop(self) -> None:
        """End the connection as a dying gateway does."""
        assert self._connection is not None
        self._connection.transport.abort()

    def of(self, kind: type[C]) -> list[C]:
        return [command for command in self.received if isinstance(command, kind)]

    async def wait_for(self, kind: type[C], count: int = 1) -> C:
        """The `count`-th command of this type, when it has come."""
        async with self._news, asyncio.timeout(_PATIENCE_S):
            await self._news.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    async def serve_files(self, _connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/v1":
            return None
        return self._files.respond(request.path)

    async def talk(self, connection: ServerConnection) -> None:
        self._connection = connection
        with suppress(ConnectionClosed):  # dropped by the test, or the page left
            async for frame in connection:
                command = codec.decode_command(frame)
                assert not isinstance(command, codec.Unreadable), command
                async with self._news:
                    self.received.append(command)
                    self._news.notify_all()
                if self.is_silent:
                    continue
                if isinstance(command, TerminalSignIn):
                    self.locale = command.locale
                    for push in self.pushed_at_sign_in:
                        await self.push(push)
                answer = self.answers.get(type(command), self._usual)(command)
                if answer is not None:
                    await connection.send(codec.encode(answer))

    def _usual(self, command: Command) -> Push | None:
        match command:
            case TerminalEnrol():
                return Enrolled(id=command.id, device_token=TOKEN, unit_id=UNIT)
            case TerminalSignIn():
                return self.welcome(command)
            case MediaOffer():
                return self._answer_media(command)
            case PositionReport():
                return PositionTaken(id=command.id, taken=len(command.fixes))
            case Ping():
                return Pong(id=command.id, server_time=time.time())
            case _:
                return Done(id=command.id)

    def welcome(self, command: TerminalSignIn) -> Welcome:
        return Welcome(
            id=command.id,
            protocol=PROTOCOL_VERSION,
            party=PARTY,
            name="张建国",
            jurisdiction_id=JurisdictionId("441900/s01/v02/g003"),
            server_time=time.time(),
            talkgroups=GROUPS,
            affiliated=(GROUPS[0].id, GROUPS[1].id),
            position_interval_s=1.0,
        )

    def _answer_media(self, command: MediaOffer) -> Push:
        self.is_media_up.clear()
        session = self.forwarder.open_session(
            "terminal", command.sdp, on_connected=self.is_media_up.set, on_lost=self.is_media_up.clear
        )
        assert isinstance(session, MediaSession), session
        return MediaAnswer(id=command.id, sdp=session.sdp)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    forwarder = Forwarder(host="127.0.0.1", clock=time.monotonic)
    await forwarder.start()
    it = Stage(forwarder)
    try:
        async with serve(
            it.talk, "127.0.0.1", 0, process_request=it.serve_files, max_size=codec.MAX_FRAME_BYTES
        ) as server:
            port = server.sockets[0].getsockname()[1]
            it.url = f"http://localhost:{port}/terminal/"
            yield it
    finally:
        await forwarder.close()
