"""The rehearsal's voice and ear in place of a sound card: something is said all the time, what is heard is measured."""

import asyncio
from collections.abc import Callable

import numpy as np

from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ

LOUD = 400
"""Of 32,767: far above concealment noise, far below any voice."""
_PITCH_HZ = 160.0


class Mouth:
    """A voice without end: harmonics in syllables."""

    def __init__(self) -> None:
        self._at = 0

    def __call__(self, count: int) -> Pcm:
        at_s = (self._at + np.arange(count)) / AUDIO_RATE_HZ
        self._at += count
        wave = sum(np.sin(2 * np.pi * _PITCH_HZ * order * at_s) / order for order in range(1, 6))
        pcm: Pcm = (wave * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at_s)) * 6000).astype(np.int16)
        return pcm


class Ear:
    """Fed on the comms thread with 10 ms blocks; `heard` waits there."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._moved = asyncio.Event()
        self.loud_blocks = 0
        self.first_at: float | None = None
        """Monotonic seconds of the first loud block since `listen_anew`."""

    def __call__(self, block: Pcm) -> None:
        if np.abs(block.astype(np.int32)).max(initial=0) >= LOUD:
            self.loud_blocks += 1
            if self.first_at is None:
                self.first_at = self._monotonic()
            self._moved.set()

    def listen_anew(self) -> None:
        self.loud_blocks, self.first_at = 0, None

    async def heard(self, blocks: int, *, timeout_s: float) -> None:
        """Until so many loud blocks came out since `listen_anew`. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while self.loud_blocks < blocks:
                self._moved.clear()
                await self._moved.wait()
