"""The nearest named place or street, quick enough for every move of the pointer."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray

from comms.protocol.area import KeyPlace, Street
from console.around.outline import METRES_A_DEGREE
from console.around.things import Things

REACH_M = 300.0
"""Farther off nothing says where one is."""


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    metres: float


class Addresses:
    """Streets in a tree, places sorted by latitude. Made on a worker; asked on the interface thread."""

    def __init__(self, streets: Sequence[Street], places: Things[KeyPlace]) -> None:
        named = [street for street in streets if street.name and len(street.line) >= 2]
        middle = named[0].line[0][0] if named else float(places.lat[0]) if len(places.lat) else 0.0
        self._narrow = max(0.01, cos(radians(middle)))
        """Longitudes are shortened by this, so that the plane is true near the area."""
        self._names = [street.name for street in named]
        self._streets = shapely.STRtree(self._lines(named))
        self._places = places
        self._order: NDArray[np.intp] = np.argsort(places.lat, kind="stable")
        self._lats = places.lat[self._order]

    def at(self, *, lat: float, lon: float) -> Address | None:
        """None where nothing with a name is within reach."""
        found = [one for one in (self._street(lat, lon), self._place(lat, lon)) if one is not None]
        return min(found, key=_by_distance, default=None)

    def _lines(self, streets: Sequence[Street]) -> NDArray[np.object_]:
        places = [np.asarray(street.line, np.float64) for street in streets]
        if not places:
            return np.empty(0, np.object_)
        points = np.concatenate(places)[:, ::-1] * (self._narrow, 1.0)
        lines: NDArray[np.object_] = shapely.linestrings(
            points, indices=np.repeat(np.arange(len(places)), [len(line) for line in places])
        )
        return lines

    def _plane(self, lat: float, lon: float) -> tuple[float, float]:
        return lon * self._narrow, lat

    def _street(self, lat: float, lon: float) -> Address | None:
        rows, gaps = self._streets.query_nearest(
            shapely.Point(*self._plane(lat, lon)),
            max_distance=REACH_M / METRES_A_DEGREE,
            return_distance=True,
            all_matches=False,
        )
        return Address(self._names[int(rows[0])], float(gaps[0]) * METRES_A_DEGREE) if len(rows) else None

    def _place(self, lat: float, lon: float) -> Address | None:
        """Of those in a strip of latitudes."""
        reach = REACH_M / METRES_A_DEGREE
        first, last = np.searchsorted(self._lats, (lat - reach, lat + reach))
        rows = self._order[first:last]
        east = (self._places.lon[rows] - lon) * self._narrow
        near = np.abs(east) <= reach
        rows, east = rows[near], east[near]
        if not len(rows):
            return None
        gaps = np.hypot(self._places.lat[rows] - lat, east)
        best = int(np.argmin(gaps))
        gap = float(gaps[best])
        return Address(self._places[int(rows[best])].name, gap * METRES_A_DEGREE) if gap <= reach else None


def _by_distance(address: Address) -> float:
    return address.metres
