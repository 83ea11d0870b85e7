"""The ghost (影子): another team's run of the same scenario beside this one, both from their drill's second 0 on one
clock. Where its units were at a second. Without windows; reads on the ghost replay's thread."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from comms.domain.picture import Picture
from comms.journal.replay.replay import Replay

STALE_S = 300.0
"""Whoever was not heard of for longer is not shown."""


@dataclass(frozen=True, slots=True, eq=False)
class GhostPlaces:
    """Row i is unit i: degrees WGS-84."""

    unit_ids: Sequence[UnitId]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


NOWHERE = GhostPlaces((), np.zeros(0), np.zeros(0))


class Ghost:
    """The other run. `own_zero_at` and `zero_at` are the Unix seconds of both drills' second 0. Who made the replay
    closes it."""

    def __init__(self, replay: Replay, *, own_zero_at: float, zero_at: float) -> None:
        self._replay = replay
        self.own_zero_at, self.zero_at = own_zero_at, zero_at

    def at_of(self, own_at: float) -> float:
        """The ghost's moment when this run's clock says so."""
        return self.zero_at + own_at - self.own_zero_at

    async def places(self, own_at: float) -> GhostPlaces:
        """Where its units were at the same second; nobody before its beginning and after its end."""
        at = self.at_of(own_at)
        return await asyncio.wrap_future(self._replay.submit(lambda: self._places(at)))

    async def picture(self, own_at: float) -> Picture:
        """What was known in it at the same second."""
        at = self.at_of(own_at)
        return await asyncio.wrap_future(
            self._replay.submit(lambda: self._replay.picture_at(self._replay.index.seq_at(at)))
        )

    def _places(self, at: float) -> GhostPlaces:
        index = self._replay.index
        if not index.start_at <= at <= self._replay.end_at + STALE_S:
            return NOWHERE
        seen = self._replay.seen_at(at)
        units = np.flatnonzero(seen.rows >= 0)
        readings = seen.hour.rows[seen.rows[units]]
        is_fresh = at - readings["at"] / 10 <= STALE_S
        units, readings = units[is_fresh], readings[is_fresh]
        ids = seen.hour.unit_ids
        return GhostPlaces([ids[unit] for unit in units.tolist()], readings["lat"] / 1e7, readings["lon"] / 1e7)
