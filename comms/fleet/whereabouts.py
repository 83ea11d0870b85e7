"""Where a fleet's units are, from whichever source: walking the streets of an area, or replayed tracks."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np

from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.jurisdiction import contains
from comms.domain.position import Fix
from comms.fleet.movement import Movement, Whereabouts
from comms.fleet.street_net import StreetNet
from comms.protocol.area import TownFile

_SECONDS_A_PERCENT = 400.0
"""Of battery: a working day on one charge."""


class Source(Protocol):
    """Rows are the fleet's units in their order. Everything is called on the fleet's loop."""

    def advance(self, now_s: float) -> None:
        """Up to a monotonic time."""
        ...

    def fix(self, row: int, *, at: float) -> Fix | None:
        """A reading taken at this Unix time, or None while the unit has no position."""
        ...

    def send(self, row: int, *, lat: float, lon: float) -> None: ...
    def has_arrived(self, row: int) -> bool: ...
    def hold(self, row: int) -> None: ...
    def release(self, row: int) -> None: ...
    def at(self, row: int) -> tuple[float, float]: ...


class Walking:
    """Units on the streets of a town, each about its own grid. Raises ValueError for a town without streets."""

    def __init__(self, town: TownFile, unit_ids: Sequence[UnitId], *, seed: int, start_s: float) -> None:
        self.net = StreetNet(town.area.streets)
        self._movement = Movement(self.net, homes(town, unit_ids), seed=seed, start_s=start_s)
        self._charge_pct = np.random.Generator(np.random.PCG64(seed + 1)).uniform(45, 100, len(unit_ids))
        self._start_s, self._now_s = start_s, start_s
        self._seen: Whereabouts | None = None
        self.place = self._movement.place
        self.send = self._movement.send
        self.has_arrived = self._movement.has_arrived
        self.hold = self._movement.hold
        self.release = self._movement.release
        self.at = self._movement.at

    def go_on_from(self, row: int, *, lat: float, lon: float, battery_pct: float | None) -> None:
        """Where it was, and how much it had left."""
        self._movement.put(row, lat=lat, lon=lon)
        if battery_pct is not None:
            self._charge_pct[row] = battery_pct

    def advance(self, now_s: float) -> None:
        self._movement.advance(now_s)
        self._now_s = now_s
        self._seen = None

    def fix(self, row: int, *, at: float) -> Fix | None:
        if self._seen is None:
            self._seen = self._movement.whereabouts()
        seen = self._seen
        used_pct = (self._now_s - self._start_s) / _SECONDS_A_PERCENT
        return Fix(
            at=at,
            lat=round(float(seen.lat[row]), 7),
            lon=round(float(seen.lon[row]), 7),
            accuracy_m=round(float(seen.accuracy_m[row]), 1),
            heading_deg=round(float(seen.heading_deg[row]), 1),
            speed_mps=round(float(seen.speed_mps[row]), 2),
            battery_pct=max(1, int(self._charge_pct[row] - used_pct)),
        )


def homes(town: TownFile, unit_ids: Sequence[UnitId]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """(lat, lon) of each unit's beat: the middle of a grid of its jurisdiction; units the town does not know are
    spread over all grids. A town without grids has one beat in its middle."""
    middles = [(grid.jurisdiction_id, *np.mean(np.array(grid.rings[0]), axis=0).tolist()) for grid in town.area.grids]
    if not middles:
        south, west, north, east = town.area.bounds
        middles = [(town.jurisdictions[0].id if town.jurisdictions else "", (south + north) / 2, (west + east) / 2)]
    known = {unit.id: unit.jurisdiction_id for unit in town.units}
    found: list[tuple[float, float]] = []

    @cache
    def beats(own: JurisdictionId | None) -> list[tuple[str, float, float]]:
        return [middle for middle in middles if own is not None and contains(own, middle[0])] or middles

    for row, unit_id in enumerate(unit_ids):
        inside = beats(known.get(unit_id))
        _, lat, lon = inside[row % len(inside)]
        found.append((lat, lon))
    return np.array(found, dtype=np.float64).reshape(-1, 2)
