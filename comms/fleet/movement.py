"""Units walking the streets, all at once: arrays for the many, a route for those who were called somewhere.

Time goes in steps of one second from the start, so the same seed gives the same walk however often it is asked.
"""

from dataclasses import dataclass
from functools import cache
from math import floor

import numpy as np
from numpy.typing import NDArray

from comms.domain.position import distance_m
from comms.fleet.street_net import METRES_A_DEGREE, StreetNet

STEP_S = 1.0
WALK_MPS, EBIKE_MPS = 1.2, 4.0
LONGEST_CATCH_UP_S = 600.0
"""After a longer gap (a machine that slept, a clock that jumped) the walk goes on from where it was."""
_EBIKE_SHARE = 0.3
_PAUSE_CHANCE = 0.12
"""At each crossing: a door to knock at."""
_PAUSE_S = (10.0, 120.0)
_HOME_RADIUS_M = 900.0
"""Beyond this from its grid a unit turns back; a village is some 2 km across."""
_NOISE_M = 2.0
_NO_ROUTE = -1


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One array of shape (n,) each: degrees WGS-84, degrees from north, metres a second, metres."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    speed_mps: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]


class Movement:
    """`homes` holds (lat, lon) of each unit's beat, in the order of the units; `start_s` any monotonic time."""

    def __init__(self, net: StreetNet, homes: NDArray[np.float64], *, seed: int, start_s: float) -> None:
        count = len(homes)
        self._net = net
        self._roll = np.random.Generator(np.random.PCG64(seed))
        self._clock_s = start_s
        self._homes = homes
        nearest = cache(lambda lat, lon: net.nearest(lat=lat, lon=lon))  # a beat is many people's
        self._here = np.array([nearest(lat, lon) for lat, lon in homes.tolist()], dtype=np.int64)
        self._there = self._here.copy()
        self._gone_m = np.zeros(count)
        self._length_m = np.zeros(count)
        self._pause_s = self._roll.uniform(0.0, _PAUSE_S[1], count)
        is_ebike = self._roll.random(count) < _EBIKE_SHARE
        self._pace_mps = np.where(is_ebike, EBIKE_MPS, WALK_MPS) * self._roll.uniform(0.85, 1.15, count)
        self._destination = np.full(count, _NO_ROUTE, dtype=np.int64)
        self._is_held = np.zeros(count, dtype=bool)
        self._accuracy_m = self._roll.uniform(3.0, 15.0, count)

    def __len__(self) -> int:
        return len(self._here)

    def place(self, row: int, *, lat: float, lon: float) -> None:
        """Be at the crossing nearest to there, as at the start."""
        self._here[row] = self._there[row] = self._net.nearest(lat=lat, lon=lon)
        self._gone_m[row] = 0.0

    def put(self, row: int, *, lat: float, lon: float) -> None:
        """Be on the stretch nearest to there, of those at the nearest crossing, and on the way along it."""
        net = self._net
        here = net.nearest(lat=lat, lon=lon)
        around = net.neighbours[net.first[here] : net.first[here + 1]]
        flat = np.cos(np.radians(lat))
        east, north = (net.lon[around] - net.lon[here]) * flat, net.lat[around] - net.lat[here]
        to_east, to_north = (lon - net.lon[here]) * flat, lat - net.lat[here]
        share = np.clip((to_east * east + to_north * north) / np.maximum(east**2 + north**2, 1e-18), 0.0, 1.0)
        best = int(np.argmin((to_east - share * east) ** 2 + (to_north - share * north) ** 2))
        self._here[row], self._there[row] = here, around[best] if share[best] > 0 else here
        self._length_m[row] = net.lengths_m(self._here[row : row + 1], self._there[row : row + 1])[0]
        self._gone_m[row] = share[best] * self._length_m[row]

    # --- orders ---------------------------------------------------------------------------------------

    def send(self, row: int, *, lat: float, lon: float) -> None:
        """Walk the shortest way to the crossing nearest to a place, without pausing, and wait there."""
        self._destination[row] = self._net.nearest(lat=lat, lon=lon)
        self._pause_s[row] = 0.0
        self._is_held[row] = False

    def hold(self, row: int) -> None:
        """Stay here, working, until released."""
        self._is_held[row] = True

    def release(self, row: int) -> None:
        """Back to one's own beat."""
        self._destination[row] = _NO_ROUTE
        self._is_held[row] = False

    def has_arrived(self, row: int) -> bool:
        """True at the end of the way there, and also when no street leads there: one gets as near as one can."""
        destination = int(self._destination[row])
        if destination == _NO_ROUTE:
            return True
        here, there = int(self._here[row]), int(self._there[row])
        is_between = here != there
        return not is_between and (here == destination or self._net.toward(destination)[here] < 0)

    def distance_left_m(self, row: int) -> float:
        """Straight distance to where the unit was sent; 0 when it was not."""
        destination = int(self._destination[row])
        if destination == _NO_ROUTE:
            return 0.0
        lat, lon = self.at(row)
        return distance_m(
            lat_a=lat, lon_a=lon, lat_b=float(self._net.lat[destination]), lon_b=float(self._net.lon[destination])
        )

    # --- time -----------------------------------------------------------------------------------------

    def advance(self, now_s: float) -> None:
        """Up to a monotonic time; going back does nothing."""
        behind_s = now_s - self._clock_s
        if behind_s > LONGEST_CATCH_UP_S:
            self._clock_s += floor((behind_s - LONGEST_CATCH_UP_S) / STEP_S) * STEP_S
        while self._clock_s + STEP_S <= now_s:
            self._clock_s += STEP_S
            self._step()

    def _step(self) -> None:
        chance = self._roll.random((3, len(self)))  # the same amount every step, whoever needs it
        self._pause_s = np.maximum(0.0, self._pause_s - STEP_S)
        is_walking = (self._pause_s <= 0.0) & ~self._is_held
        is_between = self._here != self._there
        self._gone_m[is_walking & is_between] += (self._pace_mps * STEP_S)[is_walking & is_between]
        has_reached = is_between & (self._gone_m >= self._length_m)
        self._reach(np.flatnonzero(has_reached), chance)
        self._set_out(np.flatnonzero(is_walking & (self._here == self._there) & (self._pause_s <= 0.0)), chance)

    def _reach(self, rows: NDArray[np.intp], chance: NDArray[np.float64]) -> None:
        self._here[rows] = self._there[rows]
        self._gone_m[rows] = 0.0
        pauses = rows[(chance[0, rows] < _PAUSE_CHANCE) & (self._destination[rows] == _NO_ROUTE)]
        low, high = _PAUSE_S
        self._pause_s[pauses] = low + (high - low) * chance[1, pauses]

    def _set_out(self, rows: NDArray[np.intp], chance: NDArray[np.float64]) -> None:
        """Choose the next stretch: by the route, by chance, or back toward home."""
        net = self._net
        here = self._here[rows]
        first, count = net.first[here], net.first[here + 1] - net.first[here]
        following = net.neighbours[first + np.minimum((chance[2, rows] * count).astype(np.int64), count - 1)]
        if net.is_any_closed:
            self._avoid(here, following)
        for at in np.flatnonzero(self._is_far(rows)):
            following[at] = self._homeward(int(rows[at]), int(here[at]))
        for at in np.flatnonzero(self._destination[rows] != _NO_ROUTE):
            step = int(net.toward(int(self._destination[rows[at]]))[here[at]])
            following[at] = step if step >= 0 else here[at]
        self._there[rows] = following
        self._length_m[rows] = net.lengths_m(here, following)

    def _avoid(self, here: NDArray[np.int64], following: NDArray[np.int64]) -> None:
        """In place: who strolls does not enter a closed street while there is another."""
        for at in np.flatnonzero(self._net.are_closed(here, following)):
            around = self._net.neighbours[self._net.first[here[at]] : self._net.first[here[at] + 1]]
            is_open = ~self._net.are_closed(np.full(len(around), here[at]), around)
            if is_open.any():
                following[at] = around[int(np.argmax(is_open))]

    def _is_far(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        home = self._homes[rows]
        north_m = (self._net.lat[self._here[rows]] - home[:, 0]) * METRES_A_DEGREE
        east_m = (self._net.lon[self._here[rows]] - home[:, 1]) * METRES_A_DEGREE * np.cos(np.radians(home[:, 0]))
        return np.asarray(np.hypot(north_m, east_m) > _HOME_RADIUS_M)

    def _homeward(self, row: int, here: int) -> int:
        net = self._net
        around = net.neighbours[net.first[here] : net.first[here + 1]]
        lat, lon = self._homes[row]
        east = (net.lon[around] - lon) * np.cos(np.radians(lat))
        return int(around[np.argmin(east**2 + (net.lat[around] - lat) ** 2)])

    # --- where everybody is ------------------------------------------------------------------------------

    def at(self, row: int) -> tuple[float, float]:
        """(lat, lon) of one unit, exactly."""
        share = self._share(np.array([row]))[0]
        here, there = self._here[row], self._there[row]
        lat = self._net.lat[here] * (1 - share) + self._net.lat[there] * share
        lon = self._net.lon[here] * (1 - share) + self._net.lon[there] * share
        return float(lat), float(lon)

    def _share(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        length_m = np.maximum(self._length_m[rows], 1e-9)
        share = np.minimum(1.0, self._gone_m[rows] / length_m)
        return np.asarray(np.where(self._here[rows] == self._there[rows], 0.0, share))

    def whereabouts(self) -> Whereabouts:
        """As the terminals' receivers would say it: with a little noise, which the steps of the walk do not feel."""
        net, rows = self._net, np.arange(len(self))
        share = self._share(rows)
        here, there = self._here, self._there
        lat = net.lat[here] * (1 - share) + net.lat[there] * share
        lon = net.lon[here] * (1 - share) + net.lon[there] * share
        north = net.lat[there] - net.lat[here]
        east = (net.lon[there] - net.lon[here]) * np.cos(np.radians(net.lat[here]))
        turn = (rows * 0.7548776662466927 + floor(self._clock_s) * 0.5698402909980532) % 1.0 * 2 * np.pi
        is_moving = (here != there) & (self._pause_s <= 0.0) & ~self._is_held
        return Whereabouts(
            lat=lat + np.sin(turn) * _NOISE_M / METRES_A_DEGREE,
            lon=lon + np.cos(turn) * _NOISE_M / (METRES_A_DEGREE * np.cos(np.radians(lat))),
            heading_deg=np.degrees(np.arctan2(east, north)) % 360.0,
            speed_mps=np.where(is_moving, self._pace_mps, 0.0),
            accuracy_m=self._accuracy_m,
        )
