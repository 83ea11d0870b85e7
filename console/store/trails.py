"""Where a few units went in the last minutes: what the gateway kept, and what was heard since. Pure."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from comms.domain.track import GAP_S, Track

MINUTES = (5, 15, 30, 60)
LONGEST_S = 60.0 * MINUTES[-1]
MOST_TRAILS = 40

Floats = NDArray[np.float64]
"""Of a trail: shape (n, 3), Unix seconds, latitude and longitude in degrees, in order of time."""


class Trails:
    def __init__(self) -> None:
        self._held: dict[UnitId, Floats] = {}

    def __len__(self) -> int:
        return len(self._held)

    @property
    def unit_ids(self) -> tuple[UnitId, ...]:
        return tuple(self._held)

    def clear(self) -> None:
        self._held = {}

    def keep(self, unit_ids: Iterable[UnitId]) -> tuple[UnitId, ...]:
        """The first MOST_TRAILS of these and no others; returns those whose past is not known yet."""
        wanted = list(dict.fromkeys(unit_ids))[:MOST_TRAILS]
        added = tuple(unit_id for unit_id in wanted if unit_id not in self._held)
        self._held = {unit_id: self._held.get(unit_id, np.zeros((0, 3))) for unit_id in wanted}
        return added

    def hear(self, unit_id: UnitId, *, at: float, lat: float, lon: float) -> None:
        """A reading of now; one that is not newer than the last, or has no time or place, says nothing."""
        held = self._held[unit_id]
        if np.isnan((at, lat, lon)).any() or (len(held) and at <= held[-1, 0]):
            return
        self._held[unit_id] = np.vstack((held[held[:, 0] > at - LONGEST_S], (at, lat, lon)))

    def join(self, unit_id: UnitId, track: Track) -> None:
        """What was before anything that is held."""
        held = self._held.get(unit_id)
        if held is None:
            return
        past = np.column_stack((track.at, track.lat, track.lon))
        self._held[unit_id] = np.vstack((past[past[:, 0] < held[0, 0]] if len(held) else past, held))

    def since(self, unit_id: UnitId, from_at: float) -> tuple[Floats, NDArray[np.bool_]]:
        """Its readings from a moment on, and of each whether nothing is missing between it and the one before."""
        held = self._held[unit_id]
        found = held[np.searchsorted(held[:, 0], from_at) :]
        return found, np.diff(found[:, 0], prepend=-np.inf) <= GAP_S
