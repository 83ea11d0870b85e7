"""An in-process gateway that speaks the real protocol types from a script: for what a real one would not do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from comms.domain.ids import CommandId, JurisdictionId, PartyId, UnitId
from comms.protocol.codec import Unreadable, decode_command, encode
from comms.protocol.commands import (
    Command,
    DeskResume,
    DeskSignIn,
    Ping,
    PositionReport,
    TerminalEnrol,
    TerminalSignIn,
    TokenRefresh,
)
from comms.protocol.pushes import Done, Enrolled, Pong, PositionTaken, Push, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION

DUTY = PartyId("officer:duty")


def welcome(command_id: CommandId, party: PartyId = DUTY) -> Welcome:
    return Welcome(
        id=command_id,
        protocol=PROTOCOL_VERSION,
        party=party,
        name="scripted",
        jurisdiction_id=JurisdictionId("900000/s01"),
        server_time=0.0,
    )


def polite_answer(command: Command) -> Push:
    """What a gateway in good order would say."""
    match command:
        case DeskSignIn() | DeskResume():
            return welcome(command.id)
        case TerminalSignIn():
            return welcome(command.id, PartyId(f"unit:{command.device_token}"))
        case TerminalEnrol():
            return Enrolled(id=command.id, device_token=command.code, unit_id=UnitId(command.code))
        case TokenRefresh():
            return TokenGranted(id=command.id, token="fresh", token_expires_at=1e12, refresh_token="next")
        case Ping():
            return Pong(id=command.id, server_time=0.0)
        case PositionReport():
            return PositionTaken(id=command.id, taken=len(command.fixes))
        case _:
            return Done(id=command.id)


@dataclass(eq=False)
class Peer:
    """One connection as the script sees it."""

    connection: ServerConnection
    number: int
    received: list[Command] = field(default_factory=list)

    async def receive(self) -> Command:
        frame = await self.connection.recv()
        command = decode_command(frame)
        assert not isinstance(command, Unreadable), command
        self.received.append(command)
        return command

    async def send(self, push: Push) -> None:
        await self.connection.send(encode(push))

    async def send_raw(self, frame: str | bytes) -> None:
        await self.connection.send(frame)

    async def greet(self) -> None:
        """Answer commands politely until the peer is signed in."""
        while True:
            answer = polite_answer(await self.receive())
            await self.send(answer)
            if isinstance(answer, Welcome):
                return

    async def be_polite(self) -> None:
        """Answer everything until the connection ends."""
        while True:
            await self.send(polite_answer(await self.receive()))

    def kill(self) -> None:
        """As a dead process would: no closing words."""
        self.connection.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


@dataclass(eq=False)
class ScriptedServer:
    """`peers` holds every connection there was, in order."""

    script: Script
    port: int = 0
    peers: list[Peer] = field(default_factory=list)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1"

    async def handle(self, connection: ServerConnection) -> None:
        peer = Peer(connection, number=len(self.peers))
        self.peers.append(peer)
        async with self._arrived:
            self._arrived.notify_all()
        try:
            await self.script(peer)
        except ConnectionClosed:
            return

    async def nth_peer(self, number: int) -> Peer:
        """Wait for the connection with this number, from 0."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.peers) > number)
        return self.peers[number]


@asynccontextmanager
async def scripted_server(script: Script, *, port: int = 0) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(script)
    async with serve(
        server.handle, "127.0.0.1", port, compression=None, ping_interval=None, close_timeout=0.2, backlog=4096
    ) as listening:
        server.port = next(iter(listening.sockets)).getsockname()[1]
        yield server
