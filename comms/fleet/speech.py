"""Something to say without a recording: harmonics of a voice shaped by vowels, encoded once and said by everybody.

Made and encoded a syllable at a time when first needed (some 2 ms each), so that no talk burst begins late."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ
from comms.media.voice import VoicePacket, VoiceSender

VOICES = 4
SYLLABLES = 33
"""Before a voice says the same again: 6.6 s."""
_SYLLABLE_S = 0.2
_PAUSE_EVERY = 11
_PEAK = 0.35
_VOWELS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""First three formants of five vowels (Peterson and Barney, 1952, men)."""
_BANDWIDTH_HZ = 120.0
_HIGHEST_HZ = 4000.0
_SYNTHESIS_HZ = 16_000


def syllable(voice: int, number: int) -> Pcm:
    """0.2 s at 48 kHz mono, the same every time; another `voice` has another pitch and order of vowels."""
    dice = np.random.Generator(np.random.PCG64([voice, number]))
    formants_hz = _VOWELS_HZ[int(dice.integers(len(_VOWELS_HZ)))]
    pitch_hz = (110.0 + 35.0 * voice) * float(dice.uniform(0.88, 1.12))
    loudness = 0.0 if number % _PAUSE_EVERY == _PAUSE_EVERY - 1 else float(dice.uniform(0.6, 1.0))
    sound = _vowel(pitch_hz, formants_hz)
    factor = AUDIO_RATE_HZ // _SYNTHESIS_HZ
    full = np.interp(np.arange(len(sound) * factor) / factor, np.arange(len(sound)), sound)
    return np.asarray(full / np.abs(full).max() * loudness * _PEAK * 32767).astype(np.int16)


def _vowel(pitch_hz: float, formants_hz: tuple[int, ...]) -> NDArray[np.float64]:
    time_s = np.arange(int(_SYNTHESIS_HZ * _SYLLABLE_S)) / _SYNTHESIS_HZ
    harmonics_hz = np.arange(1, int(_HIGHEST_HZ / pitch_hz)) * pitch_hz
    gains = sum(1.0 / (1.0 + ((harmonics_hz - formant) / _BANDWIDTH_HZ) ** 2) for formant in formants_hz)
    waves = np.sin(2 * np.pi * harmonics_hz[:, None] * time_s[None, :])
    rise = np.minimum(1.0, np.minimum(time_s, _SYLLABLE_S - time_s) / 0.03)
    return np.asarray((np.asarray(gains)[:, None] * waves).sum(axis=0) * rise)


class Words:
    """What one voice says at one frame length, over and over. `frame_ms` divides a syllable: 20 or 40."""

    def __init__(self, voice: int, frame_ms: int) -> None:
        self._voice = voice
        self._sender = VoiceSender(frame_ms=frame_ms)
        self._packets: list[VoicePacket] = []
        self._count = SYLLABLES * round(_SYLLABLE_S * 1000) // frame_ms

    def packet(self, at: int) -> VoicePacket:
        """The packet with this number from the start of a burst."""
        index = at % self._count
        while len(self._packets) <= index:
            said = len(self._packets) * SYLLABLES // self._count
            self._packets += self._sender.feed(syllable(self._voice, said))
        return self._packets[index]


class Speech:
    """`words(voice, frame_ms)` are the same objects for every terminal of a fleet."""

    def __init__(self) -> None:
        self.words: Callable[[int, int], Words] = lru_cache(maxsize=None)(Words)
