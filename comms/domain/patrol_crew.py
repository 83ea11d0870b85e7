"""Whose visits are whose: the workers of a place's own grid, else those of the nearest grid that has any. Pure."""

from collections.abc import Iterable, Mapping
from zlib import crc32

from comms.domain.ids import JurisdictionId, PatrolPlaceId, UnitId
from comms.domain.jurisdiction import contains, parent
from comms.domain.position import distance_m
from comms.domain.unit import Unit

Middle = tuple[float, float]


class Crew:
    """`middles` are those of grids (lat, lon). Positions do not count, so that a list stands still while one walks."""

    def __init__(self, units: Iterable[Unit], middles: Mapping[JurisdictionId, Middle]) -> None:
        self._units = list(units)
        self._middles = middles
        self._homes: dict[str, dict[JurisdictionId, tuple[UnitId, ...]]] = {}
        """By skill: who of each jurisdiction has it."""
        self._found: dict[tuple[JurisdictionId, str], tuple[UnitId, ...]] = {}

    def workers(self, grid: JurisdictionId, skill: str) -> tuple[UnitId, ...]:
        """Who does the visits of a grid: its own people, else those of the nearest grid of its village, town, city; who
        belongs to no grid but to the node above them comes last. Empty when nobody has the skill."""
        key = (grid, skill)
        if key not in self._found:
            self._found[key] = self._look(grid, self._homes_of(skill))
        return self._found[key]

    def _homes_of(self, skill: str) -> dict[JurisdictionId, tuple[UnitId, ...]]:
        if skill not in self._homes:
            held: dict[JurisdictionId, list[UnitId]] = {}
            for unit in self._units:
                if not skill or skill in unit.skills:
                    held.setdefault(unit.jurisdiction_id, []).append(unit.id)
            self._homes[skill] = {home: tuple(sorted(unit_ids)) for home, unit_ids in held.items()}
        return self._homes[skill]

    def _look(self, grid: JurisdictionId, homes: Mapping[JurisdictionId, tuple[UnitId, ...]]) -> tuple[UnitId, ...]:
        node: JurisdictionId | None = grid
        while node is not None:
            if node == grid and grid in homes:
                return homes[grid]
            inside = sorted(home for home in homes if contains(node, home))
            if inside:
                return homes[min(inside, key=lambda home: self._away_m(grid, home))]
            node = parent(node)
        return ()

    def _away_m(self, grid: JurisdictionId, home: JurisdictionId) -> float:
        here, there = self._middles.get(grid), self._middles.get(home)
        if here is None or there is None:
            return float("inf")
        return distance_m(lat_a=here[0], lon_a=here[1], lat_b=there[0], lon_b=there[1])

    def owner(self, place_id: PatrolPlaceId, grid: JurisdictionId, skill: str) -> UnitId | None:
        """Several of one grid share its places evenly, and always the same way."""
        workers = self.workers(grid, skill)
        return workers[crc32(place_id.encode()) % len(workers)] if workers else None


def is_right_worker(unit: Unit, grid: JurisdictionId, skill: str, workers: tuple[UnitId, ...]) -> bool:
    """Colleagues of one village stand in for each other; a skill that is asked for is asked of everybody."""
    if skill and skill not in unit.skills:
        return False
    village = parent(grid) or grid
    return unit.id in workers or contains(village, unit.jurisdiction_id) or contains(unit.jurisdiction_id, grid)
