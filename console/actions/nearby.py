"""Who is nearest, asked of what the desk knows now."""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.jurisdiction import contains
from comms.domain.nearest import Candidates, Ranked, Weights, rank
from comms.domain.order import OPEN_STATES
from comms.domain.street_graph import Travel
from comms.domain.unit import UnitStatus
from console.actions.terrain import Terrain
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store

ONLY_FREE = Weights(status_s={UnitStatus.AVAILABLE: 0.0})


class Near(msgspec.Struct, frozen=True):
    """A unit and what speaks for it."""

    unit_id: UnitId
    ranked: Ranked


class Nearby:
    """`terrain` is given when it is ready; until then the straight line counts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._traits = _Traits(store)
        self.terrain: Terrain | None = None

    def best(
        self,
        *,
        lat: float,
        lon: float,
        count: int,
        travel: Travel = Travel.ON_FOOT,
        skills: frozenset[str] = frozenset(),
        weights: Weights | None = None,
        among: Iterable[UnitId] | None = None,
    ) -> list[Near]:
        """The best units to send, the best first. `among`: only these are looked at."""
        terrain = self.terrain
        grid_id = terrain.grid_id_at(lat=lat, lon=lon) if terrain is not None else None
        found = rank(
            self._candidates(grid_id, skills, among),
            lat=lat,
            lon=lon,
            count=count,
            travel=travel,
            graph=terrain.streets if terrain is not None else None,
            weights=weights,
        )
        return [Near(self._store.positions.unit_at(one.row), one) for one in found]

    def skills(self) -> list[str]:
        """Every skill that some unit has."""
        self._traits.read()
        return sorted({skill for held in self._traits.skills for skill in held})

    def load(self) -> Mapping[UnitId, int]:
        """Open assignments of each unit that has any."""
        counts: dict[UnitId, int] = {}
        for order in self._store.picture.orders.values():
            for unit_id, state in order.assignments.items():
                if state in OPEN_STATES:
                    counts[unit_id] = counts.get(unit_id, 0) + 1
        return counts

    def _candidates(
        self, grid_id: JurisdictionId | None, skills: frozenset[str], among: Iterable[UnitId] | None
    ) -> Candidates:
        positions, traits = self._store.positions, self._traits
        traits.read()
        size = len(positions)
        load = np.zeros(size, np.int64)
        for unit_id, count in self.load().items():
            row = positions.row_of(unit_id)
            if row is not None:
                load[row] = count
        may_be_sent = traits.within(self._store.session.jurisdiction_id if self._store.session is not None else None)
        if among is not None:
            is_among = np.zeros(size, np.bool_)
            is_among[[row for row in map(positions.row_of, among) if row is not None]] = True
            may_be_sent = may_be_sent & is_among
        return Candidates(
            lat=positions.lat,
            lon=positions.lon,
            status=positions.status,
            load=load,
            is_own_grid=np.asarray(traits.jurisdictions == (grid_id or ""), np.bool_),
            has_skills=traits.having(skills),
            may_be_sent=may_be_sent,
        )


class _Traits:
    """What each unit is, by its row; read again one by one as units change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.jurisdictions: NDArray[np.object_] = np.empty(0, np.object_)
        self.skills: list[tuple[str, ...]] = []
        self._within: dict[JurisdictionId, NDArray[np.bool_]] = {}
        store.subscribe(self._notice)

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, Reset):
            self.skills = []
        elif isinstance(notice, Changed) and notice.noun == "unit":
            row = self._store.positions.row_of(UnitId(notice.id))
            if row is not None and row < len(self.skills):
                self._read_row(row)

    def _read_row(self, row: int) -> None:
        unit = self._store.picture.units[self._store.positions.unit_at(row)].unit
        if (self.jurisdictions[row], self.skills[row]) != (unit.jurisdiction_id, unit.skills):
            self.jurisdictions[row], self.skills[row] = unit.jurisdiction_id, unit.skills
            self._within.clear()

    def read(self) -> None:
        """Take in the units that came since."""
        positions, units = self._store.positions, self._store.picture.units
        if len(self.skills) == len(positions):
            return
        known = [units[positions.unit_at(row)].unit for row in range(len(positions))]
        self.jurisdictions = np.array([unit.jurisdiction_id for unit in known], np.object_)
        self.skills = [unit.skills for unit in known]
        self._within.clear()

    def within(self, jurisdiction_id: JurisdictionId | None) -> NDArray[np.bool_]:
        """Rows of units at or below a jurisdiction; all without one."""
        if jurisdiction_id is None:
            return np.ones(len(self.skills), np.bool_)
        if jurisdiction_id not in self._within:
            inside = [contains(jurisdiction_id, one) for one in self.jurisdictions]
            self._within[jurisdiction_id] = np.array(inside, np.bool_)
        return self._within[jurisdiction_id]

    def having(self, skills: frozenset[str]) -> NDArray[np.bool_]:
        if not skills:
            return np.ones(len(self.skills), np.bool_)
        return np.array([skills.issubset(held) for held in self.skills], np.bool_)
