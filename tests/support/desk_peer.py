"""A DeskPeer with a tone for a microphone, for media tests."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from comms.media.forwarder import MediaSession
from comms.media.opus import Pcm
from comms.media.pcm import PacedSink, PacedSource
from comms.media.peer import DeskPeer, PeerState
from comms.media.picture import VideoPicture
from tests.support.media import MediaSite, until
from tests.support.sound import oscillator


class Desk:
    def __init__(self, name: str, *, tone_hz: float) -> None:
        self.name = name
        self.session: MediaSession
        self.events: list[str] = []
        self.states: list[PeerState] = []
        self.heard: list[Pcm] = []
        self.seen: dict[str, list[VideoPicture]] = {}
        self.peer = DeskPeer(
            clock=time.monotonic,
            source=PacedSource(oscillator(tone_hz), clock=time.monotonic),
            sink=PacedSink(self.heard.append, clock=time.monotonic),
            on_video_frame=lambda mid, picture: self.seen.setdefault(mid, []).append(picture),
            on_state=self.states.append,
        )

    @property
    def sound(self) -> Pcm:
        return np.concatenate([np.zeros(0, dtype=np.int16), *self.heard])


@asynccontextmanager
async def desk_at(site: MediaSite, name: str = "desk", *, tone_hz: float = 700.0) -> AsyncIterator[Desk]:
    desk = Desk(name, tone_hz=tone_hz)
    try:
        session = site.forwarder.open_session(
            name,
            await desk.peer.offer(),
            on_connected=lambda: desk.events.append("connected"),
            on_lost=lambda: desk.events.append("lost"),
        )
        assert isinstance(session, MediaSession)
        desk.session = session
        await desk.peer.accept(session.sdp)
        async with asyncio.timeout(10):
            await desk.peer.connected()
        await until(lambda: desk.events)
        yield desk
    finally:
        await desk.peer.close()
