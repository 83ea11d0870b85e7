"""The desk's outgoing voice as aiortc takes it: packets that are encoded already."""

import asyncio
import fractions
from collections.abc import Callable
from typing import Any

import av
from aiortc import MediaStreamTrack

from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ
from comms.media.voice import VoicePacket, VoiceSender

_TIME_BASE = fractions.Fraction(1, AUDIO_RATE_HZ)


class VoiceTrack(MediaStreamTrack):
    """Yields nothing at all between talk bursts, so the sender's task just waits. Timestamps run in real time."""

    kind = "audio"

    def __init__(self, *, clock: Callable[[], float]) -> None:
        super().__init__()
        self.made = 0
        """Packets, since the start; they leave one by one in this order."""
        self._clock = clock
        self._started_at = clock()
        self._sender: VoiceSender | None = None
        self._packets: asyncio.Queue[Any] = asyncio.Queue()
        self._next_pts = 0

    @property
    def is_talking(self) -> bool:
        return self._sender is not None

    def begin(self, frame_ms: int) -> None:
        """A new burst; one that is under way ends first."""
        self.end()
        self._sender = VoiceSender(frame_ms=frame_ms)
        self._next_pts = max(self._next_pts, int((self._clock() - self._started_at) * AUDIO_RATE_HZ))

    def feed(self, pcm: Pcm) -> None:
        """From the microphone, all the time; dropped between bursts."""
        if self._sender is not None:
            self._put(self._sender.feed(pcm))

    def end(self) -> None:
        if self._sender is not None:
            self._put(self._sender.flush())
            self._sender = None

    def _put(self, packets: list[VoicePacket]) -> None:
        for voice in packets:
            packet: Any = av.Packet(voice.payload)
            packet.pts = self._next_pts
            packet.time_base = _TIME_BASE
            self._next_pts += voice.samples
            self.made += 1
            self._packets.put_nowait(packet)

    async def recv(self) -> Any:
        return await self._packets.get()
