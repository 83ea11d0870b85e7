"""Who plays whom, what an officer by rule chooses, and how everything of a drill's town is marked."""

from typing import Any

import msgspec
import pytest

from comms.domain.ids import GATEWAY, OfficerId, UnitId
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.position import distance_m
from comms.domain.realm import DRILL_NAME
from comms.domain.scenario import Scenario
from comms.domain.unit import UnitStatus
from comms.drill.cast import HOTLINE_UNITS, Cast, CastError, behaviour_of, cast_of, with_hotline
from comms.drill.choosing import nearest_free
from comms.drill.preparing import marked_town, root_of, sources_of
from comms.drill.scenario_town import Spots
from comms.fleet.behaviour import PRESETS
from comms.fleet.town import sample_town
from tests.support.drill import raw, scenario

TOWN = sample_town(units=40)
PLACE = TOWN.area.places[0]
HERE = {"lat": PLACE.lat, "lon": PLACE.lon}


def _cast(*actors: dict[str, Any]) -> Cast:
    said = raw(cast=[{"name": each["id"], **each} for each in actors])
    return cast_of(msgspec.convert(said, Scenario), TOWN, Spots(TOWN.area))


def test_who_is_named_comes_first_and_nobody_plays_two_people() -> None:
    cast = _cast({"id": "near", "near": HERE, "count": 5}, {"id": "named", "unit": 7}, {"id": "also", "near": HERE})
    assert cast.units["named"] == (UnitId("u0007"),)
    everybody = [unit_id for units in cast.units.values() for unit_id in units]
    assert len(everybody) == len(set(everybody)) == 7


def test_the_nearest_with_a_skill_are_taken() -> None:
    cast = _cast({"id": "crew", "near": HERE, "count": 2, "skills": ["消防"]})
    skilled = {unit.id for unit in TOWN.units if "消防" in unit.skills}
    assert set(cast.units["crew"]) <= skilled
    assert cast.first("crew") == cast.units["crew"][0]


def test_a_citizen_has_no_unit_and_calls_in_on_a_line() -> None:
    cast = _cast({"id": "citizen", "is_citizen": True})
    assert cast.first("citizen") is None
    assert set(HOTLINE_UNITS) <= set(cast.behaviours)
    whole = with_hotline(TOWN, root_of(TOWN))
    assert [unit.id for unit in whole.units[-3:]] == list(HOTLINE_UNITS)
    assert len({unit.no for unit in whole.units}) == 43


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        ({"id": "a", "unit": 99}, "no unit number 99"),
        ({"id": "a", "near": HERE, "count": 41}, "who are 41"),
        ({"id": "a", "near": {"named": "nowhere"}}, "no such place"),
        ({"id": "a"}, "neither a unit nor a place"),
        ({"id": "a", "unit": 1, "behaviour": "mad"}, "act like 'mad'"),
        ({"id": "a", "unit": 1, "behaviour": {"accept_chance": 3}}, "act like"),
    ],
)
def test_who_cannot_be_had_is_said(actor: dict[str, Any], words: str) -> None:
    with pytest.raises(CastError, match=words):
        _cast(actor)


def test_a_behaviour_is_a_preset_or_differs_from_the_usual() -> None:
    assert behaviour_of("slow") is PRESETS["slow"]
    assert behaviour_of({"accept_chance": 0.5}) == msgspec.structs.replace(PRESETS["good"], accept_chance=0.5)


def test_a_town_of_a_drill_says_so_and_has_a_seat_for_everybody() -> None:
    town = marked_town(TOWN, scenario(), password="something-else")
    root = next(node for node in town.jurisdictions if node.id == root_of(TOWN))
    assert root.name.startswith(DRILL_NAME)
    assert town.area.name.startswith(DRILL_NAME)
    assert {officer.password for officer in town.officers} == {"something-else"}
    assert {OfficerId("trainer"), OfficerId("duty")} <= {officer.officer_id for officer in town.officers}
    assert [source.name for source in sources_of(scenario(), root.id).values()][:1] == ["12345"]


def test_the_nearest_who_are_free_are_chosen_those_with_a_skill_first() -> None:
    picture = Picture()
    where: dict[int, tuple[float, float]] = {}
    for at, unit in enumerate(TOWN.units[:30]):
        _known(picture, unit)
        where[unit.no] = (PLACE.lat + at * 0.001, PLACE.lon)
    here = Place(lat=PLACE.lat, lon=PLACE.lon)
    near = nearest_free(picture, where, here, 3)
    assert near == tuple(unit.id for unit in TOWN.units[:3])
    picture.units[near[0]].status = UnitStatus.BUSY
    assert nearest_free(picture, where, here, 2, but={near[1]}) == tuple(unit.id for unit in TOWN.units[2:4])
    skilled = nearest_free(picture, where, here, 1, skills=["消防"])
    assert "消防" in picture.units[skilled[0]].unit.skills
    assert nearest_free(picture, {}, here, 1) == ()
    assert distance_m(lat_a=PLACE.lat, lon_a=PLACE.lon, lat_b=where[1][0], lon_b=where[1][1]) == 0.0


def _known(picture: Picture, unit: Any) -> None:
    from comms.domain.events import Recorded, TerminalConnected, UnitDefined

    for event in (UnitDefined(unit=unit), TerminalConnected(unit_id=unit.id)):
        picture.apply(Recorded(seq=picture.seq + 1, at=1.0, actor=GATEWAY, event=event))
