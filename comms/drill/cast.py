"""The simulated people of a drill (角色): which units play whom, how they act, and the lines citizens call in on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.inject import ActorId
from comms.domain.position import distance_m
from comms.domain.scenario import Actor, Scenario
from comms.domain.unit import Unit
from comms.drill.scenario_town import Spots
from comms.fleet.behaviour import PRESETS, Behaviour
from comms.fleet.whereabouts import homes
from comms.protocol.area import TownFile

HOTLINE_UNITS = tuple(UnitId(f"drill-hotline-{number}") for number in (1, 2, 3))
"""Telephone lines of the drill's citizens: terminals that nobody carries."""
_ON_THE_PHONE = Behaviour(answer_chance=0.0, accept_chance=0.0, hang_up_s=(25.0, 45.0), reports_status=False)


class CastError(ValueError):
    """Nobody in the town can play it; the message says whom."""


@dataclass(frozen=True, slots=True)
class Cast:
    """`units` by actor, nearest first; a citizen has none. `behaviours` of all who play somebody."""

    units: Mapping[ActorId, tuple[UnitId, ...]]
    behaviours: Mapping[UnitId, Behaviour]

    def first(self, actor_id: ActorId) -> UnitId | None:
        found = self.units.get(actor_id, ())
        return found[0] if found else None


def behaviour_of(words: str | dict[str, Any]) -> Behaviour:
    """A preset, or values that differ from the usual. Raises CastError."""
    try:
        if isinstance(words, str):
            return PRESETS[words]
        return msgspec.convert({**msgspec.to_builtins(PRESETS["good"]), **words}, Behaviour)
    except (KeyError, msgspec.ValidationError) as error:
        raise CastError(f"nobody can act like {words!r}: {error}") from None


def with_hotline(town: TownFile, root: JurisdictionId) -> TownFile:
    """The town with the lines that citizens call in on."""
    first = max((unit.no for unit in town.units), default=0) + 1
    lines = tuple(
        Unit(id=unit_id, no=first + at, name=f"市民来电 Caller {at + 1}", jurisdiction_id=root)
        for at, unit_id in enumerate(HOTLINE_UNITS)
    )
    return msgspec.structs.replace(town, units=(*town.units, *lines))


def cast_of(scenario: Scenario, town: TownFile, spots: Spots) -> Cast:
    """Who is named by number first, then the nearest of those who are left, in the order of the scenario. No unit
    plays two people. Raises CastError."""
    units: dict[ActorId, tuple[UnitId, ...]] = {}
    by_no = {unit.no: unit.id for unit in town.units}
    taken: set[UnitId] = set()
    for actor in scenario.cast:
        if actor.unit is not None:
            unit_id = by_no.get(actor.unit)
            if unit_id is None:
                raise CastError(f"the town has no unit number {actor.unit}, which {actor.id} is")
            units[actor.id] = (unit_id,)
            taken.add(unit_id)
    unit_ids = [unit.id for unit in town.units]
    where = dict(zip(unit_ids, homes(town, unit_ids), strict=True))
    for actor in scenario.cast:
        if actor.id not in units:
            units[actor.id] = () if actor.is_citizen else _nearest(actor, town.units, where, taken, spots)
            taken.update(units[actor.id])
    return cast_again(scenario, units)


def cast_again(scenario: Scenario, units: Mapping[ActorId, tuple[UnitId, ...]]) -> Cast:
    """As it was chosen before. Raises CastError."""
    behaviours = {
        unit_id: behaviour_of(actor.behaviour) for actor in scenario.cast for unit_id in units.get(actor.id, ())
    }
    return Cast(units, {**behaviours, **dict.fromkeys(HOTLINE_UNITS, _ON_THE_PHONE)})


def _nearest(
    actor: Actor, units: Sequence[Unit], where: Mapping[UnitId, Any], taken: set[UnitId], spots: Spots
) -> tuple[UnitId, ...]:
    if actor.near is None:
        raise CastError(f"{actor.id} has neither a unit nor a place to take one from")
    place = spots.place(actor.near)
    if place is None:
        raise CastError(f"the town has no such place as {actor.id} is near to")
    free = [
        unit
        for unit in units
        if unit.id not in taken and (not actor.skills or any(skill in unit.skills for skill in actor.skills))
    ]

    def metres(unit: Unit) -> tuple[float, int]:
        lat, lon = where[unit.id]
        return distance_m(lat_a=place.lat, lon_a=place.lon, lat_b=float(lat), lon_b=float(lon)), unit.no

    if len(free) < actor.count:
        raise CastError(f"the town has {len(free)} units that could be {actor.id}, who are {actor.count}")
    return tuple(unit.id for unit in sorted(free, key=metres)[: actor.count])
