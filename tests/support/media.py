"""A forwarder with clients on loopback, for media tests."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from comms.media.client import TERMINAL_LINES, MediaClient, MediaLine
from comms.media.dtls import Certificate
from comms.media.forwarder import Forwarder, MediaSession
from comms.media.rtp import RtpPacket

FRAME = 960
"""20 ms at 48 kHz."""


async def until(condition: Callable[[], object], *, timeout_s: float = 30.0) -> None:
    """Let the loop run until the condition holds."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.002)


class Caller:
    """A client and what has reached it."""

    def __init__(self, name: str, client: MediaClient) -> None:
        self.name = name
        self.client = client
        self.session: MediaSession
        self.events: list[str] = []
        self.heard: list[tuple[str, RtpPacket]] = []
        self.seen: list[tuple[str, RtpPacket]] = []
        self.key_frame_requests = 0
        client.on_audio = lambda mid, packet: self.heard.append((mid, packet))
        client.on_video = lambda mid, packet: self.seen.append((mid, packet))
        client.on_key_frame_request = self._count_key_frame_request

    def _count_key_frame_request(self) -> None:
        self.key_frame_requests += 1

    def payloads(self, mid: str = "0") -> list[bytes]:
        return [packet.payload for heard_mid, packet in self.heard if heard_mid == mid]

    def say(self, *payloads: bytes) -> int:
        """One talk burst. Returns the last sequence number."""
        last = -1
        for index, payload in enumerate(payloads):
            last = self.client.send_audio(payload, FRAME, is_marked=index == 0)
        return last

    async def speak(self, *payloads: bytes, every_s: float) -> int:
        """One talk burst in real time. Returns the last sequence number."""
        last = -1
        for index, payload in enumerate(payloads):
            last = self.client.send_audio(payload, FRAME, is_marked=index == 0)
            await asyncio.sleep(every_s)
        return last


class MediaSite:
    def __init__(self, forwarder: Forwarder, clock: Callable[[], float]) -> None:
        self.forwarder = forwarder
        self.clock = clock
        self.callers: list[Caller] = []
        self._certificate = Certificate()

    def invite(self, name: str, lines: Sequence[MediaLine] = TERMINAL_LINES, *, port: int | None = None) -> Caller:
        """A client whose offer was answered; not yet connected. `port` sends it elsewhere than the answer says."""
        caller = Caller(name, MediaClient(clock=self.clock, lines=lines, certificate=self._certificate))
        self.callers.append(caller)
        session = self.forwarder.open_session(
            name,
            caller.client.offer(),
            on_connected=lambda: caller.events.append("connected"),
            on_lost=lambda: caller.events.append("lost"),
        )
        assert isinstance(session, MediaSession)
        caller.session = session
        answer = session.sdp
        if port is not None:
            answer = answer.replace(f" {self.forwarder.address[1]} ", f" {port} ")
        caller.client.accept(answer)
        return caller

    async def join(self, name: str, lines: Sequence[MediaLine] = TERMINAL_LINES) -> Caller:
        caller = self.invite(name, lines)
        await caller.client.connected()
        await until(lambda: "connected" in caller.events)
        return caller


@asynccontextmanager
async def media_site(
    *, clock: Callable[[], float] = time.monotonic, advertised: tuple[str, int] | None = None
) -> AsyncIterator[MediaSite]:
    forwarder = Forwarder(host="127.0.0.1", advertised=advertised, clock=clock)
    await forwarder.start()
    site = MediaSite(forwarder, clock)
    try:
        yield site
    finally:
        for caller in site.callers:
            caller.client.close()
        await forwarder.close()
