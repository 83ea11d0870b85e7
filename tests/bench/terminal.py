"""A terminal in the bench's own process, so that both ends of a figure read the same clock."""

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from comms.domain.ids import CommandId, OfficerId, TalkgroupId
from comms.link.client import Link
from comms.link.clock import WallClock
from comms.link.state import LinkState
from comms.media.client import DESK_LINES, TERMINAL_LINES, MediaClient
from comms.media.rtp import RtpPacket
from comms.protocol.address import ahead
from comms.protocol.commands import (
    AffiliationSet,
    Command,
    DeskSignIn,
    FloorRelease,
    FloorRequest,
    MediaOffer,
    TerminalEnrol,
    TerminalSignIn,
)
from comms.protocol.pushes import Enrolled, FloorGranted, FloorIdle, MediaAnswer, Push, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.bench.site import GROUP, OFFICER, PASSWORD


def new_id() -> CommandId:
    return CommandId(uuid.uuid4().hex)


class BenchTerminal:
    """Signs in with an enrolment code, or as the duty officer, with media; keeps when each kind of push came."""

    def __init__(
        self,
        url: str,
        *,
        code: str | None,
        officer: OfficerId = OFFICER,
        token: str | None = None,
        is_emergency: bool = False,
    ) -> None:
        self.on_audio: Callable[[RtpPacket, float], None] | None = None
        """The packet and the `perf_counter` second it came at."""
        self.on_positions: Callable[[bytes, float], None] | None = None
        self.on_push: Callable[[Push, float], None] | None = None
        self.frame_ms = 20
        """What the last grant asked for."""
        self._code, self._officer = code, officer
        self._device_key = secrets.token_urlsafe(32)
        self.token = token
        """Of its device, once enrolled."""
        self._is_emergency = is_emergency
        self._welcome: asyncio.Future[Welcome] = asyncio.get_running_loop().create_future()
        self._waiting: list[tuple[type[Push], asyncio.Future[float]]] = []
        self.link = Link(
            ahead(url) if is_emergency or code is None else url,
            sign_in=self._sign_in,
            on_push=self._take,
            on_positions=self._take_positions,
            on_state=self._take_state,
            clock=WallClock(),
        )
        lines = DESK_LINES if code is None else TERMINAL_LINES
        self.media = MediaClient(clock=time.monotonic, lines=lines)
        self.media.on_audio = self._take_audio
        self._task = asyncio.create_task(self.link.run())

    def _sign_in(self) -> Command:
        if self._code is None:
            return DeskSignIn(id=new_id(), protocol=PROTOCOL_VERSION, name=self._officer, password=PASSWORD)
        if self.token is None:
            return TerminalEnrol(id=new_id(), protocol=PROTOCOL_VERSION, code=self._code, device_key=self._device_key)
        return TerminalSignIn(
            id=new_id(), protocol=PROTOCOL_VERSION, device_token=self.token, is_emergency=self._is_emergency
        )

    async def start(self, *, has_media: bool = True) -> None:
        await asyncio.wait_for(asyncio.shield(self._welcome), 30)
        if self._code is None:
            await self.link.request(AffiliationSet(id=new_id(), talkgroup_ids=(GROUP,)))
        if has_media:
            await self.set_up_media()

    async def set_up_media(self) -> None:
        answer = await self.link.request(MediaOffer(id=new_id(), sdp=self.media.offer()))
        if not isinstance(answer, MediaAnswer):
            raise RuntimeError(f"no media: {answer}")
        self.media.accept(answer.sdp)
        await asyncio.wait_for(self.media.connected(), 30)

    async def stop(self) -> None:
        self.media.close()
        await self.link.close()
        await asyncio.wait([self._task])

    def _take(self, push: Push) -> None:
        now = time.perf_counter()
        match push:
            case Welcome():
                if not self._welcome.done():
                    self._welcome.set_result(push)
            case FloorGranted():
                self.frame_ms = push.frame_ms
            case Enrolled():
                self.token = push.device_token
            case _:
                pass
        for entry in [entry for entry in self._waiting if isinstance(push, entry[0])]:
            self._waiting.remove(entry)
            if not entry[1].done():
                entry[1].set_result(now)
        if self.on_push is not None:
            self.on_push(push, now)

    def _take_positions(self, frame: bytes) -> None:
        if self.on_positions is not None:
            self.on_positions(frame, time.perf_counter())

    def _take_state(self, state: LinkState) -> None:
        if state.refused is not None and not self._welcome.done():
            self._welcome.set_exception(RuntimeError(state.refused.text))

    def _take_audio(self, _mid: str, packet: RtpPacket) -> None:
        if self.on_audio is not None:
            self.on_audio(packet, time.perf_counter())

    def next(self, kind: type[Push]) -> "asyncio.Future[float]":
        """Resolves with the `perf_counter` second of the next push of this kind."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting.append((kind, future))
        return future

    async def press(self, group: TalkgroupId = GROUP, *, is_emergency: bool = False) -> float:
        """Ask for the floor; the time from asking to `floor.granted`, in milliseconds (MCPTT KPI 1)."""
        granted = self.next(FloorGranted)
        asked_s = time.perf_counter()
        request = FloorRequest(id=new_id(), talkgroup_id=group, is_emergency=is_emergency)
        answer = asyncio.ensure_future(self.link.request(request))
        granted_s = await asyncio.wait_for(granted, 10)
        await answer
        return (granted_s - asked_s) * 1e3

    async def release(self, *, last_sequence: int | None, group: TalkgroupId = GROUP) -> None:
        """Release, and wait until the floor is free again."""
        idle = self.next(FloorIdle)
        await self.link.request(FloorRelease(id=new_id(), talkgroup_id=group, last_sequence=last_sequence))
        await asyncio.wait_for(idle, 10)


@asynccontextmanager
async def terminals(url: str, codes: list[str | None], *, has_media: bool = True) -> AsyncIterator[list[BenchTerminal]]:
    """Terminals for these codes (None: the duty officer's desk), signed in with media, stopped at the end."""
    made = [BenchTerminal(url, code=code) for code in codes]
    try:
        for terminal in made:
            await terminal.start(has_media=has_media)
        yield made
    finally:
        for terminal in made:
            await terminal.stop()
