"""What is heard of a replay: recordings laid into the loudspeaker at their place, in step with what the desk shows."""

from collections.abc import Callable, Set

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import BurstId, TalkgroupId
from comms.media.rtp import AUDIO_RATE_HZ
from console.media.sounds import Loudspeaker
from console.replay.player import Player
from console.replay.recordings import Recordings
from console.replay.sound import Begin, Cease, InStep, Sounding


class ReplayEar:
    """Call `follow` whenever the player has gone on, or a recording has become ready. `monotonic` is the clock the
    player runs on;"""

    def __init__(
        self,
        player: Player,
        recordings: Recordings,
        speaker: Loudspeaker,
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._player, self._recordings, self._speaker = player, recordings, speaker
        self._monotonic = monotonic
        self._step = InStep()
        self._speed = 1.0
        self._stops: dict[BurstId, Callable[[], None]] = {}
        self.muted: Set[TalkgroupId | None] = frozenset()
        """Lanes that are not heard; None: legs of point calls."""
        self.is_held = False
        """While the officer looks for a moment with the mouse nothing is heard."""

    def follow(self) -> None:
        player = self._player
        if player.speed != self._speed:
            self._speed = player.speed
            self.cease()
        soundings = [] if self.is_held else [one for one in player.sounding() if self._is_heard(one)]
        for told in self._step.follow(soundings, now_s=player.stepped_s, speed=player.speed):
            match told:
                case Cease(burst_id):
                    self._stop(burst_id)
                case Begin(sounding):
                    self._begin(sounding)

    def cease(self) -> None:
        """Nothing is heard any more."""
        self._step = InStep()
        for burst_id in tuple(self._stops):
            self._stop(burst_id)

    # --- within -------------------------------------------------------------------------------------------

    def _is_heard(self, sounding: Sounding) -> bool:
        """What is not decoded yet begins, at its place, once it is."""
        return sounding.talkgroup_id not in self.muted and self._samples(sounding) is not None

    def _samples(self, sounding: Sounding) -> NDArray[np.int16] | None:
        return self._recordings.samples(sounding.blob_id, is_doubled=self._speed == 2.0)

    def _begin(self, sounding: Sounding) -> None:
        self._stop(sounding.burst_id)
        samples = self._samples(sounding)
        if samples is None:
            return
        passed_s = self._monotonic() - self._player.stepped_s
        first = round((sounding.offset_s / self._speed + passed_s) * AUDIO_RATE_HZ)
        self._stops[sounding.burst_id] = self._speaker.play(samples[max(0, first) :])

    def _stop(self, burst_id: BurstId) -> None:
        stop = self._stops.pop(burst_id, None)
        if stop is not None:
            stop()
