"""Who is nearest: the best units for a place, by the time the streets take and by what else counts, with the reasons.

A unit's cost is its travel time plus what its status, load, skills and jurisdiction add, all in seconds. Candidates
are looked at in the order of the least cost they could have (straight line at full speed), and only until no unit
left could be among the best: so the answer is exact, while few are routed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from comms.domain.position import distances_m
from comms.domain.street_graph import SPEED_MPS, Floats, Ints, StreetGraph, Travel, fastest_mps
from comms.domain.unit import UnitStatus

STATUSES = tuple(UnitStatus)
DETOUR = 1.35
"""Streets are so much longer than the straight line where nothing better is known; 1.2 to 1.4 in towns."""
BATCH = 64
"""Units routed at a time."""
_LEAST_SHARE = 0.998
"""The net is measured on a plane, straight lines on the globe: so much they may differ over a city."""


class Basis(StrEnum):
    """What a time rests on."""

    STREETS = "streets"
    NO_STREETS = "no_streets"
    """The area has no streets, or they are not read yet."""
    FAR_FROM_STREETS = "far_from_streets"
    """The place or the unit is too far from every street."""
    NO_WAY = "no_way"
    """The streets of the place and of the unit are not joined."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts besides time, in seconds. A unit off line or out of service cannot be sent at all."""

    status_s: Mapping[UnitStatus, float] = field(
        default_factory=lambda: {
            UnitStatus.AVAILABLE: 0.0,
            UnitStatus.DISPATCHED: 600.0,
            UnitStatus.EN_ROUTE: 600.0,
            UnitStatus.BUSY: 900.0,
            UnitStatus.ON_SCENE: 1200.0,
        }
    )
    order_s: float = 300.0
    """For each order in hand."""
    other_grid_s: float = 60.0
    """For not knowing the grid."""
    no_skill_s: float = 3600.0
    """For lacking a skill that is wanted."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """One entry a unit: `lat`, `lon` NaN where not known; `status` an index of STATUSES; `load` open assignments.

    `is_own_grid`: works in the grid of the place; `has_skills`: has all that is wanted; `may_be_sent`: in the
    officer's jurisdiction."""

    lat: Floats
    lon: Floats
    status: NDArray[np.uint8]
    load: Ints
    is_own_grid: NDArray[np.bool_]
    has_skills: NDArray[np.bool_]
    may_be_sent: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One of the best, and why. `row` is its entry among the candidates; `path` the way to the place."""

    row: int
    seconds: float
    metres: float
    basis: Basis
    status: UnitStatus
    load: int
    is_own_grid: bool
    has_skills: bool
    cost_s: float
    path: tuple[tuple[float, float], ...]


def rank(
    candidates: Candidates,
    *,
    lat: float,
    lon: float,
    count: int,
    travel: Travel,
    graph: StreetGraph | None = None,
    weights: Weights | None = None,
) -> list[Ranked]:
    """At most `count` units, the best first; equal ones in the order of their rows."""
    added = _added_s(candidates, weights or Weights())
    search = _Search(candidates, graph, lat=lat, lon=lon, travel=travel)
    least = search.straight_m * _LEAST_SHARE / fastest_mps(travel) + added
    eligible = np.flatnonzero(np.isfinite(least))
    if count < 1:
        return []
    rows, costs = np.empty(0, np.int64), np.empty(0)
    order = _by_least(least, eligible, max(16 * BATCH, 4 * count))
    while len(rows) < len(eligible):
        if len(rows) == len(order):  # hardly ever: the best are among the first
            order = _by_least(least, eligible, len(eligible))
        batch = order[len(rows) : len(rows) + BATCH]
        if len(rows) >= count and np.partition(costs, count - 1)[count - 1] < least[batch[0]]:
            break
        rows = np.concatenate((rows, batch))
        costs = np.concatenate((costs, search.seconds(batch) + added[batch]))
    best = np.lexsort((rows, costs))[:count]
    return search.ranked(rows[best], costs[best])


def _by_least(least: Floats, eligible: Ints, wanted: int) -> Ints:
    """At least the first `wanted` candidates in order, if there are so many: 100,000 are rarely sorted."""
    if len(eligible) > wanted:
        eligible = eligible[least[eligible] <= np.partition(least[eligible], wanted)[wanted]]
    return eligible[np.argsort(least[eligible], kind="stable")]


class _Search:
    """Times from one place: by the streets from a single search, else by the straight line."""

    def __init__(
        self, candidates: Candidates, graph: StreetGraph | None, *, lat: float, lon: float, travel: Travel
    ) -> None:
        self._candidates = candidates
        self._graph = graph
        self._here = (lat, lon)
        self._reach = graph.reach(lat=lat, lon=lon, travel=travel) if graph is not None else None
        self._straight_mps = SPEED_MPS[travel][1] / DETOUR
        self.straight_m = _straight_m(candidates, lat, lon)

    def seconds(self, rows: Ints) -> Floats:
        straight_s = self.straight_m[rows] / self._straight_mps
        if self._graph is None or self._reach is None:
            return straight_s
        footing = self._graph.footing(self._candidates.lat[rows], self._candidates.lon[rows])
        seconds = self._graph.seconds_to(self._reach, footing)
        return np.where(np.isfinite(seconds), seconds, straight_s)

    def ranked(self, rows: Ints, costs: Floats) -> list[Ranked]:
        return [self._one(int(row), float(cost_s)) for row, cost_s in zip(rows, costs, strict=True)]

    def _one(self, row: int, cost_s: float) -> Ranked:
        candidates = self._candidates
        basis, metres, path = self._way(row)
        return Ranked(
            row=row,
            seconds=float(self.seconds(np.array([row]))[0]),
            metres=metres,
            basis=basis,
            status=STATUSES[candidates.status[row]],
            load=int(candidates.load[row]),
            is_own_grid=bool(candidates.is_own_grid[row]),
            has_skills=bool(candidates.has_skills[row]),
            cost_s=cost_s,
            path=path,
        )

    def _way(self, row: int) -> tuple[Basis, float, tuple[tuple[float, float], ...]]:
        lat, lon = float(self._candidates.lat[row]), float(self._candidates.lon[row])
        straight = float(self.straight_m[row]), ((lat, lon), self._here)
        if self._graph is None:
            return Basis.NO_STREETS, *straight
        footing = self._graph.footing([lat], [lon])
        if self._reach is None or not footing.is_near[0]:
            return Basis.FAR_FROM_STREETS, *straight
        if not np.isfinite(self._graph.seconds_to(self._reach, footing)[0]):
            return Basis.NO_WAY, *straight
        points, metres = self._graph.path_to(self._reach, footing, 0)
        return Basis.STREETS, metres, ((lat, lon), *points, self._here)


def _added_s(candidates: Candidates, weights: Weights) -> Floats:
    """What is added to the travel time; infinite for who cannot be sent."""
    of_status = np.array([weights.status_s.get(status, np.inf) for status in STATUSES])
    added = of_status[candidates.status] + weights.order_s * candidates.load
    added = added + np.where(candidates.is_own_grid, 0.0, weights.other_grid_s)
    added = added + np.where(candidates.has_skills, 0.0, weights.no_skill_s)
    return np.where(candidates.may_be_sent, added, np.inf)


def _straight_m(candidates: Candidates, lat: float, lon: float) -> Floats:
    """Great-circle distances; infinite where the position is not known."""
    metres = distances_m(candidates.lat, candidates.lon, lat=lat, lon=lon)
    return np.where(np.isnan(metres), np.inf, metres)
