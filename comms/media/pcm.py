"""Where sound comes from and goes to. Real devices are in comms.media.devices; these are the agreements, and stand-ins
for desks without a sound card and for tests."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np

from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ

BLOCK_SAMPLES = AUDIO_RATE_HZ // 100
"""10 ms: what devices are asked for, and what echo cancellation works in."""


class PcmSource(Protocol):
    """A microphone."""

    def start(self, on_block: Callable[[Pcm], None]) -> None:
        """Blocks come in real time, on whatever thread the source has."""
        ...

    def stop(self) -> None: ...


class PcmSink(Protocol):
    """A loudspeaker."""

    def start(self, pull: Callable[[int], Pcm]) -> None:
        """It asks for so many samples in real time, on one thread of its own."""
        ...

    def stop(self) -> None: ...


class Pace:
    """Calls back every 10 ms of real time on the running loop; makes up for turns that came late."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0
        self._work: Callable[[], None] = _idle

    def start(self, work: Callable[[], None]) -> None:
        self.stop()
        self._work = work
        self._due_s = self._clock()
        self._arm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self._due_s += BLOCK_SAMPLES / AUDIO_RATE_HZ
        delay_s = max(self._due_s - self._clock(), 0.0)
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_timer)

    def _on_timer(self) -> None:
        self._arm()
        self._work()


def _idle() -> None:
    """Nothing to do yet."""


class PacedSource:
    """Plays a function's samples as if they were spoken: `produce(count)` is asked every 10 ms."""

    def __init__(self, produce: Callable[[int], Pcm], *, clock: Callable[[], float]) -> None:
        self._produce = produce
        self._pace = Pace(clock=clock)

    def start(self, on_block: Callable[[Pcm], None]) -> None:
        self._pace.start(lambda: on_block(self._produce(BLOCK_SAMPLES)))

    def stop(self) -> None:
        self._pace.stop()


class PacedSink:
    """Hands what would be heard to a function every 10 ms; without one it keeps the clock running, as a desk without
    a loudspeaker must, or its buffers would fill."""

    def __init__(self, consume: Callable[[Pcm], None] | None = None, *, clock: Callable[[], float]) -> None:
        self._consume = consume
        self._pace = Pace(clock=clock)

    def start(self, pull: Callable[[int], Pcm]) -> None:
        def turn() -> None:
            block = pull(BLOCK_SAMPLES)
            if self._consume is not None:
                self._consume(block)

        self._pace.start(turn)

    def stop(self) -> None:
        self._pace.stop()


class Mixer:
    """All that a desk hears in one stream: voices, each with its own gain, and clips such as tones and recordings.

    Clips and gains may be set on any thread; `pull` belongs to the playback's."""

    def __init__(self) -> None:
        self._voices: dict[str, Callable[[int], Pcm]] = {}
        self._gains: dict[str, float] = {}
        self._clips: deque[Pcm] = deque()
        self._clip: Pcm = np.zeros(0, dtype=np.int16)

    def add(self, name: str, pull: Callable[[int], Pcm]) -> None:
        self._voices = {**self._voices, name: pull}

    def set_gain(self, name: str, gain: float) -> None:
        """1 leaves the voice as it is, 0 mutes it."""
        self._gains = {**self._gains, name: gain}

    def play(self, clip: Pcm) -> None:
        """After the clips that are still playing."""
        self._clips.append(clip)

    def stop_clips(self) -> None:
        self._clips.clear()
        self._clip = self._clip[:0]

    def pull(self, samples: int) -> Pcm:
        total = self._pull_clips(samples).astype(np.float32)
        for name, pull in self._voices.items():
            # A muted voice is pulled all the same: its buffer must not fill.
            total += pull(samples).astype(np.float32) * self._gains.get(name, 1.0)
        return np.clip(total, -32768, 32767).astype(np.int16)

    def _pull_clips(self, samples: int) -> Pcm:
        parts: list[Pcm] = []
        ready = 0
        while ready < samples:
            if not len(self._clip):
                if not self._clips:
                    parts.append(np.zeros(samples - ready, dtype=np.int16))
                    break
                self._clip = self._clips.popleft()
            part, self._clip = self._clip[: samples - ready], self._clip[samples - ready :]
            parts.append(part)
            ready += len(part)
        return np.concatenate(parts)


def tone(frequencies_hz: Iterable[float], *, seconds: float, level: float = 0.25) -> Pcm:
    """A signal tone, faded in and out over 5 ms so that it does not click. `level` is of full scale."""
    at_s = np.arange(round(seconds * AUDIO_RATE_HZ)) / AUDIO_RATE_HZ
    frequencies = list(frequencies_hz)
    wave = sum((np.sin(2 * np.pi * frequency * at_s) for frequency in frequencies), np.zeros_like(at_s))
    fade = np.minimum(1.0, np.minimum(at_s, at_s[::-1]) / 0.005)
    scaled: Pcm = (wave * fade * level * 32767 / max(len(frequencies), 1)).astype(np.int16)
    return scaled
