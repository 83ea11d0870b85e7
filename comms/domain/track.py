"""Where a unit went: its readings as columns, and what they say of it. Nothing is made up between two readings that
are further apart in time than a gap: whoever was not heard of was nowhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comms.domain.position import EARTH_RADIUS_M

GAP_S = 120.0
"""A terminal reports every 5 s, and one that stands still at least each minute."""
STOP_RADIUS_M = 30.0
STOP_LEAST_S = 180.0
TIME_STEP_S = 0.1
"""Readings of one unit closer together than this are one reading, told twice."""

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """n readings in order of time, one array of shape (n,) each; NaN means not known.

    `at` Unix seconds; `lat`, `lon` degrees WGS-84."""

    at: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Singles
    heading_deg: Singles
    speed_mps: Singles
    battery_pct: Singles

    def __len__(self) -> int:
        return len(self.at)

    def rows(self, rows: Rows | NDArray[np.bool_] | slice) -> "Track":
        return Track(*(getattr(self, column.name)[rows] for column in fields(self)))

    def between(self, from_at: float, to_at: float) -> "Track":
        """Readings from the first moment up to, and without, the second."""
        first, last = np.searchsorted(self.at, (from_at, to_at))
        return self.rows(slice(first, last))


@dataclass(frozen=True, slots=True)
class Stop:
    """The unit stayed in one place: row numbers of the first and last reading there, and their middle."""

    first: int
    last: int
    since: float
    until: float
    lat: float
    lon: float

    @property
    def seconds(self) -> float:
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Figures:
    """`heard_s` is the time with readings, gaps left out; `average_mps` is over it."""

    distance_m: float
    heard_s: float
    gaps: int

    @property
    def average_mps(self) -> float:
        return self.distance_m / self.heard_s if self.heard_s > 0 else 0.0


def empty_track() -> Track:
    exact, single = np.zeros(0, np.float64), np.zeros(0, np.float32)
    return Track(exact, exact, exact, single, single, single, single)


def joined(parts: Iterable[Track]) -> Track:
    """All readings in order of time; of those at one moment, the first that was given."""
    held = [part for part in parts if len(part)]
    if not held:
        return empty_track()
    whole = Track(*(np.concatenate([getattr(part, column.name) for part in held]) for column in fields(Track)))
    _, rows = np.unique(np.rint(whole.at / TIME_STEP_S), return_index=True)
    return whole.rows(rows)


def metres(lat_a: Any, lon_a: Any, lat_b: Any, lon_b: Any) -> Floats:
    """Distances, flat within the few kilometres between readings."""
    north = np.radians(np.subtract(lat_b, lat_a))
    east = np.radians(np.subtract(lon_b, lon_a)) * np.cos(np.radians(lat_a))
    return np.asarray(EARTH_RADIUS_M * np.hypot(north, east))


def steps_m(track: Track) -> Floats:
    """Distance from each reading to the next, shape (n - 1,)."""
    return metres(track.lat[:-1], track.lon[:-1], track.lat[1:], track.lon[1:])


def gaps(track: Track, gap_s: float = GAP_S) -> Rows:
    """Rows after which nothing was heard for longer than `gap_s`."""
    return np.flatnonzero(np.diff(track.at) > gap_s)


def figures(track: Track, gap_s: float = GAP_S) -> Figures:
    between_s = np.diff(track.at)
    is_heard = between_s <= gap_s
    return Figures(
        distance_m=float(steps_m(track)[is_heard].sum()),
        heard_s=float(between_s[is_heard].sum()),
        gaps=int(np.count_nonzero(~is_heard)),
    )


def find_stops(
    track: Track, *, radius_m: float = STOP_RADIUS_M, least_s: float = STOP_LEAST_S, gap_s: float = GAP_S
) -> list[Stop]:
    """Every stay within `radius_m` of its first reading for at least `least_s` without a gap, in order of time."""
    found: list[Stop] = []
    breaks = gaps(track, gap_s)
    ends = np.append(breaks + 1, len(track))
    """For each stretch between gaps, the row after its last."""
    for start, end in zip(np.insert(breaks + 1, 0, 0).tolist(), ends.tolist(), strict=True):
        found.extend(_stops_within(track, start, end, radius_m, least_s))
    return found


def _stops_within(track: Track, start: int, end: int, radius_m: float, least_s: float) -> Iterator[Stop]:
    at, lat, lon = track.at[start:end], track.lat[start:end], track.lon[start:end]
    later = np.searchsorted(at, at + least_s)
    rows = np.flatnonzero(later < len(at))
    # Who is elsewhere when the time is up did not stay: most rows of somebody who moves are out at once.
    rows = rows[metres(lat[rows], lon[rows], lat[later[rows]], lon[later[rows]]) <= radius_m]
    next_row = 0
    for row in rows.tolist():
        if row < next_row:
            continue
        is_away = metres(lat[row], lon[row], lat[row:], lon[row:]) > radius_m
        stay = int(np.argmax(is_away)) if is_away.any() else len(is_away)
        if at[row + stay - 1] - at[row] < least_s:
            continue
        next_row = row + stay
        yield Stop(
            first=start + row,
            last=start + next_row - 1,
            since=float(at[row]),
            until=float(at[next_row - 1]),
            lat=float(np.median(lat[row:next_row])),
            lon=float(np.median(lon[row:next_row])),
        )


def thinned(track: Track, most: int, gap_s: float = GAP_S) -> Track:
    """About `most` readings at the most (and both ends of every gap): of each run of readings its last, and the one
    furthest off the straight line to it, so that corners stay."""
    if len(track) <= most:
        return track
    size = -(-len(track) * 2 // most)
    count = len(track) // size
    whole = count * size
    lat, lon = track.lat[:whole].reshape(count, size), track.lon[:whole].reshape(count, size)
    east = np.cos(np.radians(lat[:, :1]))
    north_m, east_m = lat - lat[:, :1], (lon - lon[:, :1]) * east
    off = np.abs(north_m * east_m[:, -1:] - east_m * north_m[:, -1:])
    corners = np.arange(count) * size + off.argmax(axis=1)
    ends = np.arange(count) * size + size - 1
    breaks = gaps(track, gap_s)
    kept = np.unique(np.concatenate(([0, len(track) - 1], corners, ends, breaks, breaks + 1)))
    return track.rows(kept)
