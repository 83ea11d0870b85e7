"""A scenario in its town: where its places are, and what it names that the town does not have."""

from collections.abc import Iterable, Iterator

import msgspec

from comms.domain.expectation import OrderSent, PlanBegun, RightUnit, TalkgroupCalled
from comms.domain.inject import Behave, IssueWeather, RadioFailure, Say, Spot, spot_of
from comms.domain.order import Place
from comms.domain.plan import Plan, said
from comms.domain.position import distance_m
from comms.domain.scenario import Scenario
from comms.domain.scenario_check import ScenarioFault, ScenarioFaultCode
from comms.fleet.behaviour import PRESETS, Behaviour
from comms.protocol.area import Area, Camera, KeyPlace, RiskSource, Street, TownFile

_Code = ScenarioFaultCode
_MOST_KNOWN = 12
"""Names listed in a sentence."""


class Spots:
    """Finds places of an area by what a scenario says."""

    def __init__(self, area: Area) -> None:
        self._bounds = area.bounds
        self._grids = {str(grid.jurisdiction_id): grid.rings[0] for grid in area.grids if grid.rings}
        self._streets: dict[str, Street] = {}
        for street in area.streets:
            self._streets.setdefault(street.name, street)
        named: tuple[KeyPlace | RiskSource | Camera, ...] = (*area.places, *area.risks, *area.cameras)
        self._named = {thing.name: (thing.lat, thing.lon) for thing in reversed(named)}

    def place(self, spot: Spot, *, locale: str = "zh_CN") -> Place | None:
        """None: nothing in the area is called so. What no words are given for is called by its name."""
        found = self._point(spot)
        if found is None:
            return None
        names = (spot.named, spot.street and spot.crossing and f"{spot.street} × {spot.crossing}", spot.street)
        words = said(spot.text, locale) or next((name for name in names if name), "")
        return Place(lat=round(found[0], 7), lon=round(found[1], 7), text=words)

    def is_inside(self, place: Place) -> bool:
        south, west, north, east = self._bounds
        return south <= place.lat <= north and west <= place.lon <= east

    def _point(self, spot: Spot) -> tuple[float, float] | None:
        if spot.lat is not None and spot.lon is not None:
            return spot.lat, spot.lon
        if spot.grid is not None:
            ring = self._grids.get(spot.grid)
            return None if ring is None else _middle(ring)
        if spot.street is not None:
            return self._on_street(spot.street, spot.crossing)
        return self._named.get(spot.named or "")

    def _on_street(self, name: str, crossing: str | None) -> tuple[float, float] | None:
        street = self._streets.get(name)
        if street is None:
            return None
        points = list(street.line)
        if crossing is None:
            return points[len(points) // 2]
        other = self._streets.get(crossing)
        if other is None:
            return None
        pairs = ((one, two) for one in points for two in other.line)
        near, _ = min(pairs, key=lambda pair: _away(*pair))
        return near


def _middle(ring: Iterable[tuple[float, float]]) -> tuple[float, float]:
    corners = list(ring)
    return sum(lat for lat, _ in corners) / len(corners), sum(lon for _, lon in corners) / len(corners)


def _away(one: tuple[float, float], two: tuple[float, float]) -> float:
    return distance_m(lat_a=one[0], lon_a=one[1], lat_b=two[0], lon_b=two[1])


def town_faults(scenario: Scenario, town: TownFile, *, plans: Iterable[Plan] = ()) -> tuple[ScenarioFault, ...]:
    """What the town does not have, or has elsewhere, all at once."""
    known = _Known(town, plans)
    return (*_spots(scenario, Spots(town.area)), *_cast(scenario, known), *_named(scenario, known))


class _Known:
    """The names of a town that a scenario may use, ids and words alike."""

    def __init__(self, town: TownFile, plans: Iterable[Plan]) -> None:
        self.units = {unit.no for unit in town.units}
        self.skills = {skill for unit in town.units for skill in unit.skills}
        self.talkgroups = {name for group in town.talkgroups for name in (group.id, group.name)}
        self.jurisdictions = {str(node.id) for node in town.jurisdictions}
        self.items = {name for item in town.items for name in (item.id, item.name)}
        self.plans = {str(plan.id) for plan in plans}


def _missing(where: str, names: Iterable[str], known: set[str]) -> Iterator[ScenarioFault]:
    for name in names:
        if name not in known:
            yield ScenarioFault(_Code.NOT_IN_TOWN, where, name, ", ".join(sorted(known)[:_MOST_KNOWN]))


def _spots(scenario: Scenario, spots: Spots) -> Iterator[ScenarioFault]:
    told = [(f"injects.{each.id}.what.place", spot_of(each.what)) for each in scenario.injects]
    told += [(f"cast.{actor.id}.near", actor.near) for actor in scenario.cast]
    for where, spot in told:
        if spot is None:
            continue
        place = spots.place(spot)
        if place is None:
            name = spot.grid or spot.named or " × ".join(word for word in (spot.street, spot.crossing) if word)
            yield ScenarioFault(_Code.NOT_IN_TOWN, where, name or "-")
        elif not spots.is_inside(place):
            yield ScenarioFault(_Code.OUTSIDE, where, f"{place.lat}, {place.lon}")


def _cast(scenario: Scenario, known: _Known) -> Iterator[ScenarioFault]:
    for actor in scenario.cast:
        where = f"cast.{actor.id}"
        if actor.unit is not None and actor.unit not in known.units:
            yield ScenarioFault(_Code.NOT_IN_TOWN, where, str(actor.unit))
        yield from _missing(where, actor.skills, known.skills)
        yield from _behaviour(where, actor.behaviour)


def _behaviour(where: str, behaviour: object) -> Iterator[ScenarioFault]:
    if isinstance(behaviour, str):
        if behaviour not in PRESETS:
            yield ScenarioFault(_Code.UNKNOWN_BEHAVIOUR, where, behaviour, ", ".join(PRESETS))
        return
    try:
        msgspec.convert(behaviour, Behaviour)
    except msgspec.ValidationError as error:
        yield ScenarioFault(_Code.UNKNOWN_BEHAVIOUR, where, str(error), ", ".join(Behaviour.__struct_fields__))


def _named(scenario: Scenario, known: _Known) -> Iterator[ScenarioFault]:
    for inject in scenario.injects:
        where = f"injects.{inject.id}.what"
        match inject.what:
            case Say(talkgroup=str(name)) | RadioFailure(talkgroup=str(name)):
                yield from _missing(where, (name,), known.talkgroups)
            case IssueWeather(jurisdiction=str(name)):
                yield from _missing(where, (name,), known.jurisdictions)
            case Behave(behaviour=behaviour):
                yield from _behaviour(where, behaviour)
            case _:
                pass
    for expectation in scenario.expectations:
        where = f"expectations.{expectation.id}.what"
        match expectation.what:
            case OrderSent(items=items):
                yield from _missing(where, items, known.items)
            case RightUnit(skills=skills):
                yield from _missing(where, skills, known.skills)
            case TalkgroupCalled(talkgroup=str(name)):
                yield from _missing(where, (name,), known.talkgroups)
            case PlanBegun(plan=str(name)) if known.plans:
                yield from _missing(where, (name,), known.plans)
            case _:
                pass
