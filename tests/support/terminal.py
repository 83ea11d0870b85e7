"""A scripted client on a real WebSocket: sign in, ask, and wait for what the gateway says. No timing, no retries."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from types import UnionType
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from comms.domain.events import Event, Recorded
from comms.domain.ids import CommandId, OfficerId, UnitId
from comms.domain.unit import VideoConsent
from comms.protocol.codec import decode_push, encode
from comms.protocol.commands import Command, DeskSignIn, PictureSubscribe, TerminalEnrol, TerminalSignIn
from comms.protocol.errors import Locale
from comms.protocol.pushes import Enrolled, EventPush, PictureSnapshot, Push, Refused, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import PASSWORD, Site

_T = TypeVar("_T")
WAIT_S = 40.0
"""Not a measure of anything: what has not come by then will not come."""
_numbers = count(1)


def new_id() -> CommandId:
    return CommandId(f"c{next(_numbers):06d}")


class ConnectionEnded(Exception):
    """The gateway closed the connection, or died."""


class Peer:
    """One connection. Everything that arrives is kept in `pushes`, in order; `frames` are the binary ones, `texts` the
    others as they came."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.pushes: list[Push] = []
        self.frames: list[bytes] = []
        self.texts: list[str] = []
        self.is_over = False
        self._read_from = 0
        self._arrived = asyncio.Condition()
        self._reader = asyncio.create_task(self._read(), name="test peer")

    async def _read(self) -> None:
        try:
            async for data in self.socket:
                async with self._arrived:
                    if isinstance(data, bytes):
                        self.frames.append(data)
                    else:
                        self.texts.append(data)
                        self.pushes.append(decode_push(data))
                    self._arrived.notify_all()
        except ConnectionClosed:
            pass
        finally:
            async with self._arrived:
                self.is_over = True
                self._arrived.notify_all()

    async def close(self) -> None:
        if not self.is_over:
            await self.socket.close()
        await self._reader

    # --- asking ---------------------------------------------------------------------------------------

    async def send(self, command: Command) -> None:
        await self.send_text(encode(command))

    async def send_text(self, text: str | bytes) -> None:
        try:
            await self.socket.send(text)
        except ConnectionClosed:
            raise ConnectionEnded from None

    async def ask(self, command: Command) -> Push:
        """The one reply to this command, also when it is sent for the second time."""
        after = len(self.pushes)
        await self.send(command)
        return await self.reply(command.id, after=after)

    async def reply(self, command_id: CommandId, *, after: int = 0) -> Push:
        return await self.find(lambda push: getattr(push, "id", None) == command_id, after=after)

    async def ask_for(self, command: Command, kind: type[_T]) -> _T:
        """The reply, which must be of this kind."""
        reply = await self.ask(command)
        assert isinstance(reply, kind), reply
        return reply

    # --- waiting --------------------------------------------------------------------------------------

    async def find(self, wanted: Callable[[Push], bool], *, after: int = 0) -> Push:
        """The first push that fits, whenever it came; `after` skips those before that index."""
        async with self._arrived:
            at = after
            while True:
                while at < len(self.pushes):
                    if wanted(self.pushes[at]):
                        return self.pushes[at]
                    at += 1
                if self.is_over:
                    raise ConnectionEnded
                await asyncio.wait_for(self._arrived.wait(), WAIT_S)

    async def next(self, kind: type[_T], wanted: Callable[[_T], bool] = lambda _: True) -> _T:
        """The next push of this kind that fits and was not returned by `next` before."""
        push = await self.find(lambda push: isinstance(push, kind) and wanted(push), after=self._read_from)
        self._read_from = next(at for at in range(self._read_from, len(self.pushes)) if self.pushes[at] is push) + 1
        assert isinstance(push, kind)
        return push

    async def event(self, kind: type[_T], wanted: Callable[[_T], bool] = lambda _: True) -> _T:
        """The first event of this kind that fits."""
        found = await self.find(
            lambda push: (
                isinstance(push, EventPush) and isinstance(push.recorded.event, kind) and wanted(push.recorded.event)
            )
        )
        assert isinstance(found, EventPush)
        assert isinstance(found.recorded.event, kind)
        return found.recorded.event

    async def frame(self, after: int = 0) -> bytes:
        """The first binary frame with at least this index."""
        async with self._arrived:
            while len(self.frames) <= after:
                if self.is_over:
                    raise ConnectionEnded
                await asyncio.wait_for(self._arrived.wait(), WAIT_S)
            return self.frames[after]

    async def ended(self) -> None:
        """Until the connection is over."""
        async with self._arrived:
            while not self.is_over:
                await asyncio.wait_for(self._arrived.wait(), WAIT_S)

    def all(self, kind: type[_T] | UnionType) -> list[Any]:
        return [push for push in self.pushes if isinstance(push, kind)]

    @property
    def recorded(self) -> list[Recorded]:
        return [push.recorded for push in self.pushes if isinstance(push, EventPush)]

    @property
    def events(self) -> list[Event]:
        return [recorded.event for recorded in self.recorded]

    # --- signing in -----------------------------------------------------------------------------------

    async def sign_in_desk(self, officer_id: OfficerId, password: str = PASSWORD) -> Push:
        return await self.ask(
            DeskSignIn(id=new_id(), protocol=PROTOCOL_VERSION, name=officer_id, password=password, locale=Locale.EN)
        )

    async def enrol(self, code: str, device_key: str = "") -> Push:
        return await self.ask(
            TerminalEnrol(id=new_id(), protocol=PROTOCOL_VERSION, code=code, device_key=device_key, device_name="test")
        )

    async def sign_in_terminal(self, device_token: str, consent: VideoConsent = VideoConsent.ASK) -> Push:
        return await self.ask(
            TerminalSignIn(
                id=new_id(),
                protocol=PROTOCOL_VERSION,
                device_token=device_token,
                locale=Locale.EN,
                video_consent=consent,
            )
        )

    async def subscribe(self) -> PictureSnapshot:
        return await self.ask_for(PictureSubscribe(id=new_id()), PictureSnapshot)


@asynccontextmanager
async def peer(site: Site, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    """A fresh connection that has not signed in."""
    socket = await connect(site.url, ssl=tls, max_size=None, ping_interval=None, compression=None, proxy=None)
    made = Peer(socket)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def desk(site: Site, officer_id: OfficerId) -> AsyncIterator[Peer]:
    """A desk that has signed in."""
    async with peer(site) as made:
        welcome = await made.sign_in_desk(officer_id)
        assert isinstance(welcome, Welcome), welcome
        yield made


@asynccontextmanager
async def terminal(
    site: Site, unit_id: UnitId, consent: VideoConsent = VideoConsent.ASK, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Peer]:
    """A unit's terminal that has signed in; the first time it enrols, later it uses its device token."""
    async with peer(site, tls=tls) as made:
        if unit_id not in site.device_tokens:
            enrolled = await made.enrol(site.codes[unit_id])
            assert isinstance(enrolled, Enrolled), enrolled
            site.device_tokens[unit_id] = enrolled.device_token
        welcome = await made.sign_in_terminal(site.device_tokens[unit_id], consent)
        assert isinstance(welcome, Welcome), welcome
        yield made


def code_of(push: Push) -> str:
    """The code of a refusal, which it must be."""
    assert isinstance(push, Refused), push
    return push.code.value
