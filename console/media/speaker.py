"""The desk's loudspeaker: the voices of whatever path is up, and the desk's own tones and recordings over them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comms.media.pcm import PcmSink

Samples = NDArray[np.int16]
TONE_SHARE = 0.5
"""What is left of the voices' loudness while a tone sounds."""

MOST_CLIPS = 32
"""Waiting for a device that is not there; the oldest go."""


@dataclass(eq=False, slots=True)
class _Clip:
    samples: Samples
    repeats: bool
    at: int = 0
    is_over: bool = False

    def take(self, count: int) -> Samples:
        out = np.zeros(count, np.int16)
        filled = 0
        while filled < count and not self.is_over:
            part = self.samples[self.at : self.at + count - filled]
            out[filled : filled + len(part)] = part
            filled += len(part)
            self.at += len(part)
            if self.at >= len(self.samples):
                self.at = 0
                self.is_over = not self.repeats
        return out


class Speaker:
    """Outlives every connection: a peer uses it as its PcmSink, `play` is for the desk itself.

    `play` and its stopping may be called on any thread; `pull` belongs to the device's.
    """

    def __init__(self, sink: PcmSink, *, volume: float = 1.0) -> None:
        self._sink = sink
        self._voices: Callable[[int], Samples] | None = None
        self._added: deque[_Clip] = deque(maxlen=MOST_CLIPS)
        self._clips: list[_Clip] = []
        """The device's thread alone; `_added` hands over."""
        self._volume = volume

    def open(self) -> None:
        self._sink.start(self.pull)

    def set_volume(self, volume: float) -> None:
        """0 to 1."""
        self._volume = volume

    def close(self) -> None:
        self._sink.stop()
        self._voices = None

    # --- a peer's PcmSink ---------------------------------------------------------------------------------

    def start(self, pull: Callable[[int], Samples]) -> None:
        self._voices = pull

    def stop(self) -> None:
        self._voices = None

    # --- the desk's own -----------------------------------------------------------------------------------

    def play(self, samples: Samples, *, repeats: bool = False) -> Callable[[], None]:
        """Over what sounds already. Returns what stops it."""
        clip = _Clip(samples, repeats and len(samples) > 0, is_over=len(samples) == 0)
        self._added.append(clip)

        def stop() -> None:
            clip.is_over = True

        return stop

    def pull(self, count: int) -> Samples:
        voices = self._voices
        mixed = voices(count).astype(np.float32) if voices is not None else np.zeros(count, np.float32)
        while self._added:
            self._clips.append(self._added.popleft())
        if self._clips:
            mixed *= TONE_SHARE
            for clip in self._clips:
                mixed += clip.take(count)
            self._clips = [clip for clip in self._clips if not clip.is_over]
        heard: Samples = np.clip(mixed * self._volume, -32_768, 32_767).astype(np.int16)
        return heard
