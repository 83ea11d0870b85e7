"""Tones to send and ways to hear them."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ
from comms.media.voice import level_dbfs

BLOCK = 480
AMPLITUDE = 8000


def sine(frequency_hz: float, samples: int, *, start: int = 0) -> Pcm:
    phase = 2 * np.pi * frequency_hz * (np.arange(samples) + start) / AUDIO_RATE_HZ
    wave: Pcm = (AMPLITUDE * np.sin(phase)).astype(np.int16)
    return wave


def oscillator(frequency_hz: float) -> Callable[[int], Pcm]:
    """Gives the next so many samples of an endless tone."""
    position = 0

    def produce(samples: int) -> Pcm:
        nonlocal position
        block = sine(frequency_hz, samples, start=position)
        position += samples
        return block

    return produce


def peak_hz(pcm: Pcm) -> float:
    """The loudest frequency."""
    spectrum: npt.NDArray[np.float64] = np.abs(np.fft.rfft(pcm.astype(np.float64) * np.hanning(len(pcm))))
    return float(np.argmax(spectrum)) * AUDIO_RATE_HZ / len(pcm)


def has_tone(block: Pcm, frequency_hz: float) -> bool:
    """Whether a 10 ms block carries the tone: loud, and at its place within one FFT bin."""
    return level_dbfs(block) > -35 and abs(peak_hz(block) - frequency_hz) <= AUDIO_RATE_HZ / len(block)


def continuity(blocks: Iterable[Pcm], frequency_hz: float) -> float:
    """Share of blocks with the tone, between the first and the last that have it."""
    marks = [has_tone(block, frequency_hz) for block in blocks]
    if True not in marks:
        return 0.0
    first, last = marks.index(True), len(marks) - 1 - marks[::-1].index(True)
    inside = marks[first : last + 1]
    return sum(inside) / len(inside)
