"""Where every unit is: columns, one row a unit, so that the map draws 100,000 of them without a loop."""

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from comms.domain.position import distances_m
from comms.domain.states import UnitState
from comms.domain.unit import Unit, UnitStatus
from comms.protocol.frames import PositionColumns
from console.store.number_index import NumberIndex
from console.store.staleness import FIRST_INTERVAL_S, STALE_MOST_S, smoothed_intervals, stale_after_s

STATUS_ORDER: tuple[UnitStatus, ...] = tuple(UnitStatus)
"""`PositionTable.status` holds the index of the status in this tuple."""
STATUS_CODE: dict[UnitStatus, int] = {status: code for code, status in enumerate(STATUS_ORDER)}
KEPT_UNKNOWN = 20_000
"""Readings of unit numbers not defined yet that are kept; beyond it the oldest comers go."""
_FLOATS = ("lat", "lon", "at", "accuracy_m", "heading_deg", "speed_mps", "battery_pct")
_FIRST_CAPACITY = 2048


class PositionTable:
    """Newest reading of each unit. A row belongs to one unit until `clear`; NaN means not known.

    `no` uint32; `at` Unix seconds, `lat`, `lon` float64 WGS-84; `accuracy_m`, `heading_deg`, `speed_mps`,
    `battery_pct` float32; `status` uint8 (see STATUS_ORDER); `stale_s` float32, see
    `staleness`. The columns are views of length `len(self)`: take them anew after a notice, never keep them.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget every unit: rows begin at 0 again."""
        self._count = 0
        self._no = np.zeros(_FIRST_CAPACITY, np.uint32)
        self._status = np.zeros(_FIRST_CAPACITY, np.uint8)
        self._floats = {name: _blank(name, _FIRST_CAPACITY) for name in _FLOATS}
        self._not_before = np.full(_FIRST_CAPACITY, -np.inf)
        self._interval_s = np.full(_FIRST_CAPACITY, FIRST_INTERVAL_S, np.float32)
        self._stale_s = np.full(_FIRST_CAPACITY, STALE_MOST_S, np.float32)
        self._unit_ids: list[UnitId] = []
        self._rows: dict[UnitId, int] = {}
        self._numbers = NumberIndex()
        self._unknown: dict[int, tuple[float, ...]] = {}

    def copied(self) -> "PositionTable":
        """To be read only: as it is now, whatever comes after."""
        still = copy.copy(self)
        still._status, still._stale_s = self._status.copy(), self._stale_s.copy()
        still._floats = {name: column.copy() for name, column in self._floats.items()}
        return still

    def __len__(self) -> int:
        return self._count

    @property
    def no(self) -> NDArray[np.uint32]:
        return self._no[: self._count]

    @property
    def status(self) -> NDArray[np.uint8]:
        return self._status[: self._count]

    @property
    def lat(self) -> NDArray[np.float64]:
        return self._floats["lat"][: self._count]

    @property
    def lon(self) -> NDArray[np.float64]:
        return self._floats["lon"][: self._count]

    @property
    def at(self) -> NDArray[np.float64]:
        return self._floats["at"][: self._count]

    @property
    def accuracy_m(self) -> NDArray[np.float32]:
        return self._floats["accuracy_m"][: self._count]

    @property
    def heading_deg(self) -> NDArray[np.float32]:
        return self._floats["heading_deg"][: self._count]

    @property
    def speed_mps(self) -> NDArray[np.float32]:
        return self._floats["speed_mps"][: self._count]

    @property
    def battery_pct(self) -> NDArray[np.float32]:
        return self._floats["battery_pct"][: self._count]

    @property
    def stale_s(self) -> NDArray[np.float32]:
        """The age at which each position is stale."""
        return self._stale_s[: self._count]

    def staleness(self, rows: NDArray[np.intp], now: float) -> NDArray[np.float64]:
        """Ages as multiples of `stale_s`: stale above 1, very stale above VERY_STALE, NaN without a time."""
        return (now - self.at[rows]) / self._stale_s[rows]

    def is_stale(self, row: int, now: float) -> bool:
        """So is one without a time."""
        return not now - float(self.at[row]) <= float(self._stale_s[row])

    @property
    def is_placed(self) -> NDArray[np.bool_]:
        """True for rows with a position."""
        return ~np.isnan(self.lat)

    def row_of(self, unit_id: UnitId) -> int | None:
        return self._rows.get(unit_id)

    def unit_at(self, row: int) -> UnitId:
        return self._unit_ids[row]

    def unit_ids(self, rows: Iterable[int] | NDArray[np.intp]) -> list[UnitId]:
        held = self._unit_ids
        return [held[row] for row in (rows.tolist() if isinstance(rows, np.ndarray) else rows)]

    def define(self, unit: Unit) -> int:
        """The unit's row."""
        return int(self.define_all((unit,))[0])

    def define_all(self, units: Sequence[Unit]) -> NDArray[np.intp]:
        """Their rows; readings that came before a unit was known are used now."""
        before = self._count
        for unit in units:
            if unit.id not in self._rows:
                self._rows[unit.id] = len(self._unit_ids)
                self._unit_ids.append(unit.id)
        self._grow(len(self._unit_ids))
        self._count = len(self._unit_ids)
        rows = np.fromiter((self._rows[unit.id] for unit in units), np.intp, len(units))
        numbers = np.fromiter((unit.no for unit in units), np.uint32, len(units))
        if self._count > before or (self._no[rows] != numbers).any():
            self._no[rows] = numbers
            self._numbers.forget()
        if self._unknown:
            for unit, row in zip(units, rows.tolist(), strict=True):
                self._take_early(unit.no, row)
        return rows

    def _take_early(self, number: int, row: int) -> None:
        early = self._unknown.pop(number, None)
        if early is not None:
            for name, value in zip(_FLOATS, early, strict=True):
                self._floats[name][row] = value
            self._not_before[row] = self._floats["at"][row]

    def place(self, states: Sequence[UnitState]) -> None:
        """Rows of units as the picture has them now."""
        rows = self.define_all([state.unit for state in states])
        codes = (STATUS_CODE[state.shown_status] for state in states)
        self._status[rows] = np.fromiter(codes, np.uint8, len(states))

    def set_status(self, unit_id: UnitId, status: UnitStatus) -> None:
        row = self._rows.get(unit_id)
        if row is not None:
            self._status[row] = STATUS_CODE[status]

    def forget_order(self) -> None:
        """Take the next reading of every unit whatever its time: another gateway, or another clock, speaks now."""
        self._not_before[:] = -np.inf

    def apply(self, columns: PositionColumns) -> NDArray[np.intp]:
        """Take newer readings; returns the rows that moved, sorted. Unknown numbers wait for their unit."""
        rows = self._numbers.rows_of(columns.no, self.no)
        is_known = rows >= 0
        if not is_known.all():
            self._keep_unknown(columns, np.flatnonzero(~is_known))
        is_newer = is_known & (columns.at >= self._not_before[rows])
        # Nearly always all of them are, and a choice of all would copy every column.
        chosen = slice(None) if is_newer.all() else is_newer
        taken, at = rows[chosen], columns.at[chosen]
        intervals = smoothed_intervals(self._interval_s[taken], at - self._floats["at"][taken])
        self._interval_s[taken] = intervals
        self._stale_s[taken] = stale_after_s(intervals, columns.speed_mps[chosen])
        for name in _FLOATS:
            self._floats[name][taken] = getattr(columns, name)[chosen]
        self._not_before[taken] = at
        has_moved = np.zeros(self._count, np.bool_)
        has_moved[taken] = True
        return np.flatnonzero(has_moved)

    def distances_m(self, *, lat: float, lon: float) -> NDArray[np.float64]:
        """Great-circle distance of every row from a point, NaN where the position is not known."""
        return distances_m(self.lat, self.lon, lat=lat, lon=lon)

    def nearest(
        self, *, lat: float, lon: float, limit: int, among: NDArray[np.bool_] | None = None
    ) -> NDArray[np.intp]:
        """At most `limit` rows by distance, nearest first; `among` is a mask of rows that may be chosen."""
        distances = self.distances_m(lat=lat, lon=lon)
        if among is not None:
            distances = np.where(among, distances, np.nan)
        candidates = np.flatnonzero(~np.isnan(distances))
        return candidates[np.argsort(distances[candidates], kind="stable")[:limit]]

    def _keep_unknown(self, columns: PositionColumns, indices: NDArray[np.intp]) -> None:
        for index in indices:
            number = int(columns.no[index])
            before = self._unknown.pop(number, None)
            reading = tuple(float(getattr(columns, name)[index]) for name in _FLOATS)
            self._unknown[number] = before if before is not None and before[2] > reading[2] else reading
        while len(self._unknown) > KEPT_UNKNOWN:
            del self._unknown[next(iter(self._unknown))]

    def _grow(self, wanted: int) -> None:
        capacity = len(self._no)
        if wanted <= capacity:
            return
        more = max(capacity, wanted - capacity)
        self._no = np.concatenate((self._no, np.zeros(more, np.uint32)))
        self._status = np.concatenate((self._status, np.zeros(more, np.uint8)))
        self._not_before = np.concatenate((self._not_before, np.full(more, -np.inf)))
        self._interval_s = np.concatenate((self._interval_s, np.full(more, FIRST_INTERVAL_S, np.float32)))
        self._stale_s = np.concatenate((self._stale_s, np.full(more, STALE_MOST_S, np.float32)))
        for name, column in self._floats.items():
            self._floats[name] = np.concatenate((column, _blank(name, more)))


def _blank(name: str, length: int) -> NDArray[Any]:
    return np.full(length, np.nan, np.float64 if name in ("lat", "lon", "at") else np.float32)
