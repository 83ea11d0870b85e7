"""A mouth and ears for the figures: clicks spoken at known instants, found again in what a loudspeaker would play.

The clock is `perf_counter` on both sides. A microphone hands a frame over when it is full, so a click at the frame's
first sample is one frame older than its packet; a loudspeaker is fed in blocks of 10 ms by a clock of its own.
"""

import asyncio
import time
from dataclasses import dataclass, field

import numpy as np

from comms.media.opus import Pcm
from comms.media.rtp import RtpPacket
from comms.media.voice import VoiceReceiver, VoiceSender
from tests.bench.terminal import BenchTerminal

RATE_HZ = 48_000
FRAME_SAMPLES = 960
BLOCK_SAMPLES = 480
CLICK_SAMPLES = 240
CLICK_EVERY_S = 0.4
CLICK_LEVEL = 26_000
HEARD_LEVEL = 7_000
"""Opus softens a click; noise between the clicks stays far below this."""
NOISE_LEVEL = 400
LONGEST_DELAY_S = 0.35
"""Below the spacing of the clicks, so that one is never taken for the next."""


@dataclass(slots=True)
class Burst:
    """What was said: each packet's payload, in order, and when each click left the lips."""

    payloads: list[bytes] = field(default_factory=list)
    clicks_s: list[float] = field(default_factory=list)
    last_sequence: int | None = None


class Mouth:
    """Talks through a terminal's media session as its microphone would: one frame each frame time."""

    def __init__(self, terminal: BenchTerminal) -> None:
        self._terminal = terminal
        self._noise = np.random.default_rng(7)

    async def talk(self, duration_s: float) -> Burst:
        frame_ms = self._terminal.frame_ms
        sender = VoiceSender(frame_ms=frame_ms)
        samples = RATE_HZ * frame_ms // 1000
        burst = Burst()
        began_s = time.perf_counter()
        every = max(1, round(CLICK_EVERY_S * 1000 / frame_ms))
        for index in range(int(duration_s * 1000 / frame_ms)):
            has_click = index % every == every // 2
            if has_click:
                burst.clicks_s.append(began_s + index * frame_ms / 1000)
            full_s = began_s + (index + 1) * frame_ms / 1000
            await asyncio.sleep(max(0.0, full_s - time.perf_counter()))
            for packet in sender.feed(self._frame(samples, has_click=has_click)):
                burst.payloads.append(packet.payload)
                burst.last_sequence = self._terminal.media.send_audio(
                    packet.payload, packet.samples, is_marked=index == 0
                )
        return burst

    def _frame(self, samples: int, *, has_click: bool) -> Pcm:
        pcm = self._noise.integers(-NOISE_LEVEL, NOISE_LEVEL, samples).astype(np.int16)
        if has_click:
            pcm[:CLICK_SAMPLES] = CLICK_LEVEL * np.sin(2 * np.pi * 1000 * np.arange(CLICK_SAMPLES) / RATE_HZ)
        return pcm


class Ear:
    """A listener with the product's own jitter buffer and decoder, pulled as a sound card would pull."""

    def __init__(self, terminal: BenchTerminal) -> None:
        self._receiver = VoiceReceiver(clock=time.perf_counter)
        self._payloads: set[bytes] = set()
        self._heard_s: list[float] = []
        self._task: asyncio.Task[None] | None = None
        terminal.on_audio = self._take

    def start(self) -> None:
        self._task = asyncio.create_task(self._play())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _take(self, packet: RtpPacket, _at_s: float) -> None:
        self._payloads.add(packet.payload)
        self._receiver.put(packet)

    async def _play(self) -> None:
        began_s = time.perf_counter()
        block = 0
        while True:
            block += 1
            due_s = began_s + block * BLOCK_SAMPLES / RATE_HZ
            await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
            loud = np.flatnonzero(np.abs(self._receiver.pull(BLOCK_SAMPLES).astype(np.int32)) > HEARD_LEVEL)
            is_new = not self._heard_s or time.perf_counter() - self._heard_s[-1] > CLICK_EVERY_S / 2
            if len(loud) and is_new:
                self._heard_s.append(time.perf_counter() + int(loud[0]) / RATE_HZ)

    def missing(self, burst: Burst) -> int:
        """Packets of the burst that never came."""
        return sum(payload not in self._payloads for payload in burst.payloads)

    def delays_ms(self, burst: Burst) -> list[float]:
        """Mouth to ear, for the clicks that came out."""
        found = []
        for click_s in burst.clicks_s:
            after = [heard_s - click_s for heard_s in self._heard_s if 0 <= heard_s - click_s < LONGEST_DELAY_S]
            if after:
                found.append(after[0] * 1e3)
        return found

    def forget(self) -> None:
        self._heard_s.clear()
        self._payloads.clear()
