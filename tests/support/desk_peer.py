"""A DeskPeer with a tone for a microphone, for media tests."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np

from comms.media.forwarder import MediaSession
from comms.media.opus import Pcm
from comms.media.pcm import PacedSink, PacedSource
from comms.media.peer import DeskPeer, PeerState
from comms.media.picture import VideoPicture
from comms.media.video import EncodedPicture
from comms.media.voice import VoiceSender
from tests.support.media import Caller, MediaSite, until
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
        async with asyncio.timeout(30):
            await desk.peer.connected()
        await until(lambda: desk.events)
        yield desk
    finally:
        await desk.peer.close()


async def speak(caller: Caller, frequency_hz: float, seconds: float) -> int:
    """A tone in real time. Returns the last sequence number."""
    sender, tone = VoiceSender(), oscillator(frequency_hz)
    last = -1
    start_s = time.monotonic()
    for number in range(int(seconds * 50)):
        for voice in sender.feed(tone(960)):
            last = caller.client.send_audio(voice.payload, voice.samples, is_marked=number == 0)
        await asyncio.sleep(max(0.0, start_s + (number + 1) * 0.02 - time.monotonic()))
    return last


async def show(camera: Caller, film: Sequence[EncodedPicture], desk: Desk, mid: str, *, count: int) -> None:
    """Send pictures, 30 a second, until the slot has shown so many more; from the first one when asked for a key
    frame."""
    wanted = len(desk.seen.get(mid, [])) + count
    number, asked = 0, camera.key_frame_requests
    async with asyncio.timeout(30):
        while len(desk.seen.get(mid, [])) < wanted:
            if camera.key_frame_requests != asked:
                number, asked = 0, camera.key_frame_requests
            camera.client.send_video(film[number % len(film)].payloads)
            number += 1
            await asyncio.sleep(1 / 30)
