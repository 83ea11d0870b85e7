"""Something to say without a recording: harmonics of a voice shaped by vowels, encoded once and said by everybody."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ
from comms.media.voice import VoicePacket, VoiceSender

SECONDS = 6.0
VOICES = 4
_PEAK = 0.35
_VOWELS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""First three formants of five vowels (Peterson and Barney, 1952, men)."""
_BANDWIDTH_HZ = 120.0
_SYLLABLE_S = 0.2


def synthesise(voice: int, *, seconds: float = SECONDS) -> Pcm:
    """Syllables of vowels with the pauses of speech, 48 kHz mono; another `voice` is another pitch and order."""
    dice = np.random.Generator(np.random.PCG64(voice))
    pitch_hz = 110.0 + 35.0 * (voice % VOICES)
    syllables: list[NDArray[np.float64]] = []
    count = int(seconds / _SYLLABLE_S)
    for index in range(count):
        formants = _VOWELS_HZ[int(dice.integers(len(_VOWELS_HZ)))]
        bend = 1.0 + 0.12 * float(dice.uniform(-1, 1))
        loudness = 0.0 if index % 11 == 10 else float(dice.uniform(0.6, 1.0))
        syllables.append(_syllable(pitch_hz * bend, formants) * loudness)
    sound = np.concatenate(syllables) if syllables else np.zeros(0)
    peak = float(np.abs(sound).max(initial=1e-9))
    return np.asarray(sound / peak * _PEAK * 32767).astype(np.int16)


def _syllable(pitch_hz: float, formants_hz: tuple[int, ...]) -> NDArray[np.float64]:
    samples = int(AUDIO_RATE_HZ * _SYLLABLE_S)
    time_s = np.arange(samples) / AUDIO_RATE_HZ
    harmonics_hz = np.arange(1, int(4000 / pitch_hz)) * pitch_hz
    gains = sum(1.0 / (1.0 + ((harmonics_hz - formant) / _BANDWIDTH_HZ) ** 2) for formant in formants_hz)
    waves = np.sin(2 * np.pi * harmonics_hz[:, None] * time_s[None, :])
    rise = np.minimum(1.0, np.minimum(time_s, _SYLLABLE_S - time_s) / 0.03)
    return np.asarray((np.asarray(gains)[:, None] * waves).sum(axis=0) * rise)


class Speech:
    """What each of a few voices says, as Opus packets; the same objects for every terminal."""

    def __init__(self) -> None:
        self.packets = lru_cache(maxsize=None)(self._packets)
        """`packets(voice, frame_ms)`: some seconds of it, to be repeated."""

    def _packets(self, voice: int, frame_ms: int) -> tuple[VoicePacket, ...]:
        sender = VoiceSender(frame_ms=frame_ms)
        return tuple(sender.feed(synthesise(voice % VOICES)))
