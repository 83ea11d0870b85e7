"""All places that can be visited, as columns: a plan picks among 120,000 in 7 ms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId, PatrolPlaceId
from comms.domain.jurisdiction import contains
from comms.domain.patrol import PatrolPlace, PatrolPlan
from comms.domain.position import distances_m

Rows = NDArray[np.int64]


class PlaceTable:
    """Never changed. `grids` are the grids that places lie in; `grid` is a place's index among them."""

    def __init__(self, places: Sequence[PatrolPlace]) -> None:
        self.places = places
        self.row_of: dict[PatrolPlaceId, int] = {place.id: row for row, place in enumerate(places)}
        self.lat = np.array([place.lat for place in places], np.float64)
        self.lon = np.array([place.lon for place in places], np.float64)
        self.level = np.array([place.level for place in places], np.int16)
        self.grids, self.grid = _numbered([place.jurisdiction_id for place in places])
        self.categories, self._category = _numbered([place.category for place in places])

    def __len__(self) -> int:
        return len(self.places)

    def place(self, place_id: PatrolPlaceId) -> PatrolPlace | None:
        row = self.row_of.get(place_id)
        return self.places[row] if row is not None else None

    def rows_of(self, plan: PatrolPlan) -> Rows:
        """Those that a plan is about, in the order of the table."""
        chosen = plan.selection
        if chosen.place_ids:
            named = {row for place_id in chosen.place_ids if (row := self.row_of.get(place_id)) is not None}
            inside = self.is_within(plan.jurisdiction_id)
            return np.array([row for row in sorted(named) if inside[row]], np.int64)
        is_chosen = self.is_within(plan.jurisdiction_id)
        if chosen.categories:
            known = [index for index, category in enumerate(self.categories) if category in chosen.categories]
            is_chosen &= np.isin(self._category, known)
        if chosen.levels:
            is_chosen &= np.isin(self.level, chosen.levels)
        return np.flatnonzero(is_chosen)

    def is_within(self, node: JurisdictionId) -> NDArray[np.bool_]:
        """By row: whether it lies in a node or below."""
        found = np.array([contains(node, JurisdictionId(grid)) for grid in self.grids], np.bool_)
        return found[self.grid] if len(found) else np.zeros(len(self.places), np.bool_)

    def grid_id(self, row: int) -> JurisdictionId:
        return JurisdictionId(self.grids[self.grid[row]])

    def nearest_first(self, rows: Rows, *, lat: float, lon: float) -> Rows:
        metres = distances_m(self.lat[rows], self.lon[rows], lat=lat, lon=lon)
        return rows[np.argsort(metres, kind="stable")]

    def middles(self) -> dict[JurisdictionId, tuple[float, float]]:
        """Of each grid: the mean of its places, latitude and longitude."""
        counts = np.maximum(np.bincount(self.grid, minlength=len(self.grids)), 1)
        lats = np.bincount(self.grid, self.lat, len(self.grids)) / counts
        lons = np.bincount(self.grid, self.lon, len(self.grids)) / counts
        return {JurisdictionId(grid): (float(lats[i]), float(lons[i])) for i, grid in enumerate(self.grids)}


def _numbered(words: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Different words, and for each word given its index among them."""
    index: dict[str, int] = {}
    numbers = np.array([index.setdefault(word, len(index)) for word in words], np.int64)
    return tuple(index), numbers
