"""What a plan would do now, in figures and names, from what the desk knows. The gateway decides at the start."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from comms.domain.ids import UnitId
from comms.domain.incident import Incident
from comms.domain.order import Place
from comms.domain.plan import CamerasStep, Nearest, OrderStep, Plan, PlanLevel, PlanStep, StepId, TalkgroupStep, Within
from comms.domain.position import distances_m
from comms.domain.unit import UnitStatus
from comms.protocol.area import Camera
from console.actions.nearby import ONLY_FREE, Near, Nearby
from console.store.positions import STATUS_ORDER
from console.store.store import Store

NOT_THERE = frozenset({UnitStatus.OFFLINE, UnitStatus.OUT_OF_SERVICE})
SPARE = 6
"""So many more are ranked than are wanted, because some stand too far away."""
_AWAY = np.array([status in NOT_THERE for status in STATUS_ORDER])


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Of one step: who would be called or ordered, or how many cameras there are."""

    step: PlanStep
    near: tuple[Near, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    plan: Plan
    level: PlanLevel
    steps: tuple[Foreseen, ...]
    choices: dict[StepId, tuple[UnitId, ...]] = field(default_factory=dict)
    """Those named, by step: the gateway takes them first."""


class Previewer:
    """Units are ranked once for all orders that want the same skills: a search of the streets is the dear part."""

    def __init__(self, store: Store, nearby: Nearby) -> None:
        self._store = store
        self._nearby = nearby

    def preview(
        self, plan: Plan, level: PlanLevel, incident: Incident, *, besides: frozenset[UnitId] = frozenset(),
        only: Sequence[PlanStep] | None = None,
    ) -> Preview:  # fmt: skip
        """`only`: the steps a raised level adds."""
        steps = plan.steps_at(level) if only is None else tuple(only)
        place = incident.place
        metres = self._store.positions.distances_m(lat=place.lat, lon=place.lon)
        named = self._named(steps, place, metres, set(besides))
        foreseen = tuple(self._foreseen(step, named, metres, place) for step in steps)
        return Preview(plan, level, foreseen, {key: tuple(one.unit_id for one in near) for key, near in named.items()})

    def _named(
        self, steps: Sequence[PlanStep], place: Place, metres: np.ndarray, taken: set[UnitId]
    ) -> dict[StepId, tuple[Near, ...]]:
        ranked: dict[tuple[tuple[str, ...], bool], list[Near]] = {}
        orders = [(step, step.who) for step in steps if isinstance(step, OrderStep)]
        wanted = len(taken) + sum(who.count for _, who in orders if isinstance(who, Nearest)) + SPARE
        named: dict[StepId, tuple[Near, ...]] = {}
        for step, who in orders:
            if not isinstance(who, Nearest):
                continue
            key = (who.skills, who.only_free)
            if key not in ranked:
                ranked[key] = self._nearby.best(
                    lat=place.lat,
                    lon=place.lon,
                    count=wanted,
                    skills=frozenset(who.skills),
                    weights=ONLY_FREE if who.only_free else None,
                )
            may = [one for one in ranked[key] if one.unit_id not in taken and metres[one.ranked.row] <= who.within_m]
            named[step.id] = tuple(may[: who.count])
            taken.update(one.unit_id for one in named[step.id])
        return named

    def _foreseen(
        self, step: PlanStep, named: dict[StepId, tuple[Near, ...]], metres: np.ndarray, place: Place
    ) -> Foreseen:
        match step:
            case OrderStep(who=Within(radius_m=radius_m)) | TalkgroupStep(who=Within(radius_m=radius_m)):
                return Foreseen(step, count=self._there(metres, radius_m))
            case TalkgroupStep(who=Nearest(count=count, within_m=within_m)):
                return Foreseen(step, count=min(count, self._there(metres, within_m)))
            case CamerasStep(within_m=within_m, most=most):
                return Foreseen(step, count=len(cameras_near(self._store, place, within_m, most)))
            case _:
                near = named.get(step.id, ())
                return Foreseen(step, near, len(near))

    def _there(self, metres: np.ndarray, radius_m: float) -> int:
        is_near = metres <= radius_m  # NaN is near nothing
        return int(np.count_nonzero(is_near & ~_AWAY[self._store.positions.status]))


def cameras_near(store: Store, place: Place, within_m: float, most: int) -> list[tuple[Camera, float]]:
    """The nearest first, with their metres. 130,000 cameras take some 40 ms, when a plan is looked at or started."""
    cameras = store.area.cameras if store.area is not None else ()
    lats = np.fromiter((one.lat for one in cameras), np.float64, len(cameras))
    lons = np.fromiter((one.lon for one in cameras), np.float64, len(cameras))
    metres = distances_m(lats, lons, lat=place.lat, lon=place.lon)
    rows = np.flatnonzero(metres <= within_m)
    return [(cameras[row], float(metres[row])) for row in rows[np.argsort(metres[rows], kind="stable")][:most].tolist()]
