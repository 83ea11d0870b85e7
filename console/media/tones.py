"""The tones an officer hears while talking and being called. Made by arithmetic, so that no sound file is needed.

Mono int16 at 48 kHz. 450 Hz is China's tone for ringing and busy (GB/T 3380); the talk tones are our own:
short, clear of the speech band's middle, and told apart with eyes closed by their direction.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from comms.domain.participant_steps import Tone

SAMPLE_RATE_HZ = 48_000
_EDGE_S = 0.004
"""Fade at both ends of a beep, against clicks."""
_LEVEL = 0.25


class CallTone(StrEnum):
    """What is heard around point calls; the tones of talking are the floor participant's."""

    RINGING = "ringing"
    RINGBACK = "ringback"
    ENDED = "ended"


class AlarmTone(StrEnum):
    """One for each priority of an alarm. The repeating ones hold their own silence."""

    LOW = "alarm_low"
    MEDIUM = "alarm_medium"
    HIGH = "alarm_high"


Cue = Tone | CallTone | AlarmTone

_Beep = tuple[float, float]
"""Hertz (0 is silence) and seconds."""
_SCORES: dict[Cue, Sequence[_Beep]] = {
    Tone.TALK_PERMIT: ((1050, 0.05), (0, 0.02), (1400, 0.06)),
    Tone.DENIED: ((330, 0.18), (0, 0.05), (330, 0.18)),
    Tone.QUEUED: ((700, 0.09),),
    Tone.YOUR_TURN: ((1050, 0.08), (0, 0.06), (1050, 0.08), (0, 0.06), (1400, 0.12)),
    Tone.REVOKED: ((1400, 0.08), (1050, 0.08), (700, 0.16)),
    Tone.FLOOR_LOST: ((700, 0.10), (0, 0.04), (330, 0.25)),
    Tone.NO_ANSWER: ((330, 0.10), (0, 0.06), (330, 0.10), (0, 0.06), (330, 0.10)),
    CallTone.RINGING: ((450, 0.4), (0, 0.2), (450, 0.4), (0, 2.0)),
    CallTone.RINGBACK: ((450, 1.0), (0, 4.0)),
    AlarmTone.LOW: ((660, 0.12),),
    AlarmTone.MEDIUM: ((800, 0.15), (0, 0.1), (800, 0.15), (0, 7.0)),
    AlarmTone.HIGH: ((1000, 0.14), (0, 0.08), (1000, 0.14), (0, 0.08), (1250, 0.2), (0, 2.4)),
    CallTone.ENDED: ((450, 0.15), (0, 0.15), (450, 0.15)),
}
REPEATING: frozenset[Cue] = frozenset({CallTone.RINGING, CallTone.RINGBACK, AlarmTone.MEDIUM, AlarmTone.HIGH})


def _beep(hertz: float, seconds: float) -> NDArray[np.float64]:
    count = round(seconds * SAMPLE_RATE_HZ)
    wave = np.sin(2 * np.pi * hertz * np.arange(count) / SAMPLE_RATE_HZ)
    edge = min(round(_EDGE_S * SAMPLE_RATE_HZ), count // 2)
    ramp = np.linspace(0.0, 1.0, edge, endpoint=False)
    wave[:edge] *= ramp
    wave[count - edge :] *= ramp[::-1]
    return wave


def synthesise(cue: Cue) -> NDArray[np.int16]:
    """The samples of one tone; of a repeating one, one period."""
    wave = np.concatenate([_beep(hertz, seconds) for hertz, seconds in _SCORES[cue]])
    return np.rint(wave * _LEVEL * 32_767).astype(np.int16)


def synthesise_all() -> dict[Cue, NDArray[np.int16]]:
    return {cue: synthesise(cue) for cue in _SCORES}
