"""What the list of units says of one unit, column by column, and by what it is put in order."""

from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from comms.domain.unit import UnitStatus
from console.store.store import Store
from ui.text import Texts
from ui.words import LOW_BATTERY_PCT, distance, short_age

STATUS, NAME, DISTANCE, BATTERY, AGE = range(5)
HEADERS = ("status", "name", "distance", "battery", "age")
_STATUSES = tuple(UnitStatus)
_FULLER_THAN_FULL_PCT = 101.0
"""A battery nobody knows of comes after all others."""


@dataclass(frozen=True, slots=True)
class Cell:
    words: str
    status: UnitStatus
    """Of the row's unit."""
    is_warning: bool = False


class UnitCells:
    """Distances are from `measure`, taken at that moment: the list does not stir while a unit walks."""

    def __init__(self, store: Store, text: Texts) -> None:
        self._store = store
        self._text = text
        self._distances: NDArray[np.float64] = np.zeros(0)
        """Metres by row of the PositionTable."""

    def measure(self, lat: float, lon: float) -> None:
        self._distances = self._store.positions.distances_m(lat=lat, lon=lon)

    def forget(self) -> None:
        """The PositionTable began anew."""
        self._distances = np.zeros(0)

    def cell(self, unit_id: UnitId, column: int) -> Cell:
        state = self._store.picture.units[unit_id]
        status = state.shown_status
        match column:
            case 0:
                return Cell(self._text(f"status.{status.value}"), status)
            case 1:
                return Cell(state.unit.name, status)
            case 2:
                return Cell(distance(self._distance(unit_id), self._text), status)
            case 3:
                battery = self._battery_pct(unit_id)
                return Cell("" if isnan(battery) else f"{battery:.0f}%", status, battery <= LOW_BATTERY_PCT)
            case _:
                return Cell(short_age(self._store.server_now() - self._at(unit_id), self._text), status)

    def sort_key(self, unit_id: UnitId, column: int) -> float:
        """Units for which it is equal keep the order of their numbers."""
        match column:
            case 0:
                return _STATUSES.index(self._store.picture.units[unit_id].shown_status)
            case 1:
                return self._store.picture.units[unit_id].unit.no
            case 2:
                metres = self._distance(unit_id)
                return inf if isnan(metres) else metres
            case 3:
                battery = self._battery_pct(unit_id)
                return _FULLER_THAN_FULL_PCT if isnan(battery) else battery
            case _:
                at = self._at(unit_id)
                return inf if isnan(at) else -at

    def is_found(self, unit_id: UnitId, words: tuple[str, ...], statuses: frozenset[UnitStatus]) -> bool:
        """Every word (case folded) is in the name, id or telephone number; no statuses are all of them."""
        state = self._store.picture.units[unit_id]
        if statuses and state.shown_status not in statuses:
            return False
        if not words:
            return True
        searched = f"{state.unit.name} {state.unit.id} {state.unit.phone}".casefold()
        return all(word in searched for word in words)

    def _distance(self, unit_id: UnitId) -> float:
        row = self._store.positions.row_of(unit_id)
        return float(self._distances[row]) if row is not None and row < len(self._distances) else nan

    def _battery_pct(self, unit_id: UnitId) -> float:
        row = self._store.positions.row_of(unit_id)
        return float(self._store.positions.battery_pct[row]) if row is not None else nan

    def _at(self, unit_id: UnitId) -> float:
        row = self._store.positions.row_of(unit_id)
        return float(self._store.positions.at[row]) if row is not None else nan
