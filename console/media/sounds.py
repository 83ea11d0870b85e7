"""Tones to the officer's ear: one-shot ones over whatever sounds, a repeating one until it is stopped."""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from console.media.tones import Cue


class Loudspeaker(Protocol):
    """Where sounds of the desk itself are mixed into what is heard. Neither call blocks."""

    def play(self, samples: NDArray[np.int16], *, repeats: bool = False) -> Callable[[], None]:
        """Mono int16 at 48 kHz. Returns what stops it."""
        ...


class Sounds:
    def __init__(self, speaker: Loudspeaker, samples: Mapping[Cue, NDArray[np.int16]]) -> None:
        self._speaker = speaker
        self._samples = samples
        self._stop: Callable[[], None] | None = None

    def play(self, cue: Cue) -> None:
        self._speaker.play(self._samples[cue])

    def repeat(self, cue: Cue | None) -> None:
        """One repeating tone at a time; None: silence."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        if cue is not None:
            self._stop = self._speaker.play(self._samples[cue], repeats=True)
