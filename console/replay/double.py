"""Speech at twice its speed in its own pitch: waveform-similarity overlap-add (WSOLA; Verhelst and Roelands, 1993)."""

import numpy as np
from numpy.typing import NDArray

from comms.media.rtp import AUDIO_RATE_HZ

Samples = NDArray[np.int16]
_WINDOW = AUDIO_RATE_HZ * 30 // 1000
"""30 ms: two periods of the lowest voice."""
_STEP = _WINDOW // 2
_REACH = AUDIO_RATE_HZ * 8 // 1000
"""How far around its place a piece is looked for that goes on as the last one would have."""
_EVERY = 4
"""Likeness is judged on every fourth sample: speech has little above 6 kHz, and it takes a sixteenth of the time."""


def doubled(samples: Samples) -> Samples:
    """Half as long, mono at 48 kHz. Pieces of 30 ms are taken every 30 ms and laid 15 ms apart, each moved by up to
    8 ms to where it is most like what would have followed the piece before."""
    wanted = len(samples) // 2
    if len(samples) < 2 * _WINDOW + 2 * _REACH:
        return samples[::2]  # too short to have a pitch
    sound = np.concatenate([samples.astype(np.float32), np.zeros(2 * _WINDOW + 2 * _REACH, np.float32)])
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    out = np.zeros(wanted + _WINDOW, np.float32)
    weight = np.zeros_like(out)
    at = 0
    for begin in range(0, wanted, _STEP):
        if begin:
            at = _most_like(sound, sound[at + _STEP : at + _STEP + _WINDOW], around=2 * begin)
        out[begin : begin + _WINDOW] += sound[at : at + _WINDOW] * window
        weight[begin : begin + _WINDOW] += window
    heard = out[:wanted] / np.maximum(weight[:wanted], 1e-3)
    made: Samples = np.clip(heard, -32_768, 32_767).astype(np.int16)
    return made


def _most_like(sound: NDArray[np.float32], model: NDArray[np.float32], *, around: int) -> int:
    """Where near `around` the sound is most like `model`, by their correlation."""
    first = max(0, around - _REACH)
    last = max(first, min(around + _REACH, len(sound) - 2 * _WINDOW))
    region = sound[first : last + len(model)]
    likeness = np.correlate(region[::_EVERY], model[::_EVERY], "valid")
    energy = np.convolve(region[::_EVERY] ** 2, np.ones(len(model[::_EVERY]), np.float32), "valid")
    best = int(np.argmax(likeness / np.sqrt(np.maximum(energy, 1.0))))
    return min(first + best * _EVERY, last)
