"""Which recordings are heard at a moment, and where in each. At ×1 and ×2 the sound follows the clock of the replay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from comms.domain.ids import BlobId, BurstId, PartyId, TalkgroupId
from comms.journal.replay.voices import Burst

DRIFT_S = 0.04
"""Sound that is further off than this is begun anew at its place."""


class Sounding(msgspec.Struct, frozen=True, kw_only=True):
    """A recording, and how many seconds after its first sample the moment lies."""

    burst_id: BurstId
    blob_id: BlobId
    talkgroup_id: TalkgroupId | None
    talker: PartyId
    offset_s: float
    length_s: float

    @property
    def offset_ms(self) -> int:
        return round(self.offset_s * 1000)


class Sounds:
    """The recordings of a replay by time."""

    def __init__(self, bursts: Sequence[Burst]) -> None:
        self.bursts = bursts
        self._bursts = [burst for burst in bursts if burst.blob_id is not None]
        self._from = np.array([burst.sound_from_at for burst in self._bursts], np.float64)
        self._to = np.array([burst.sound_to_at for burst in self._bursts], np.float64)

    def at(self, at: float) -> list[Sounding]:
        """Those that are heard, in the order they began to be known."""
        return [self._sounding(row, at) for row in np.flatnonzero((self._from <= at) & (at < self._to)).tolist()]

    def next_from(self, at: float) -> float | None:
        """When the next one begins, after this moment."""
        later = self._from[self._from > at]
        return float(later.min()) if len(later) else None

    def _sounding(self, row: int, at: float) -> Sounding:
        burst = self._bursts[row]
        assert burst.blob_id is not None
        return Sounding(
            burst_id=burst.burst_id,
            blob_id=burst.blob_id,
            talkgroup_id=burst.talkgroup_id,
            talker=burst.talker,
            offset_s=at - burst.sound_from_at,
            length_s=burst.sound_s,
        )


class SoundsSoFar:
    """The recordings of a replay that is still being gone through."""

    def __init__(self, bursts: Callable[[], Sequence[Burst]]) -> None:
        self._bursts = bursts
        self._sounds = Sounds(())

    def known(self) -> Sounds:
        bursts = self._bursts()
        if self._sounds.bursts is not bursts:
            self._sounds = Sounds(bursts)
        return self._sounds


@dataclass(frozen=True, slots=True)
class Begin:
    """Let this recording be heard from its offset on; it replaces itself when it is heard already."""

    sounding: Sounding


@dataclass(frozen=True, slots=True)
class Cease:
    burst_id: BurstId


class InStep:
    """Keeps what the loudspeaker plays in step with the replay: give it what is heard now, do what it says."""

    def __init__(self) -> None:
        self._began: dict[BurstId, float] = {}
        """When, by the officer's time, the first sample of each would have been played."""

    def follow(self, soundings: Sequence[Sounding], *, now_s: float, speed: float = 1.0) -> list[Begin | Cease]:
        """`now_s` is the officer's time, by the clock the loudspeaker runs on."""
        wanted = {sounding.burst_id: sounding for sounding in soundings}
        told: list[Begin | Cease] = [Cease(burst_id) for burst_id in self._began if burst_id not in wanted]
        for burst_id, sounding in wanted.items():
            began_s = now_s - sounding.offset_s / speed
            known_s = self._began.get(burst_id)
            if known_s is None or abs(known_s - began_s) > DRIFT_S:
                self._began[burst_id] = began_s
                told.append(Begin(sounding))
        self._began = {burst_id: began_s for burst_id, began_s in self._began.items() if burst_id in wanted}
        return told
