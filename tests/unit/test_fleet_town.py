"""The sample town: deterministic, whole, and believable enough to dispatch in."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import unary_union

from comms.domain.jurisdiction import Level, contains
from comms.domain.position import distance_m
from comms.fleet.town import (
    CENTRE,
    DUTY_OFFICER,
    EMERGENCY,
    PLACES,
    SKILLS,
    TOWN,
    VILLAGE_OFFICER,
    WHOLE_TOWN,
    sample_town,
)
from comms.fleet.town_catalogue import CAMERA_CLASSES, PART_CLASSES, PLACE_SHARES, RISK_KINDS
from comms.fleet.town_names import numeral
from comms.fleet.town_plan import COLUMNS, ROWS, Block, Plan
from comms.protocol.area import TownFile, decode_town, encode_town
from console.layers.area import area_layers
from console.layers.built_in import GROUND_LAYERS, LIVE_LAYERS


@pytest.fixture(scope="module", params=[7, 8, 2026])
def town(request: pytest.FixtureRequest) -> TownFile:
    return sample_town(seed=request.param)


def polygons(town: TownFile) -> list[Polygon]:
    return [Polygon([(lon, lat) for lat, lon in grid.rings[0]]) for grid in town.area.grids]


def test_the_same_seed_gives_the_same_bytes() -> None:
    first = encode_town(sample_town(units=50, seed=3))
    assert first == encode_town(sample_town(units=50, seed=3))
    assert first != encode_town(sample_town(units=50, seed=4))
    assert encode_town(decode_town(first)) == first


def test_grids_adjoin_without_overlap_or_gap(town: TownFile) -> None:
    shapes = polygons(town)
    assert 90 <= len(shapes) <= 120
    assert all(shape.is_valid and shape.exterior.is_ccw for shape in shapes)
    whole = unary_union(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_no_seed_folds_the_ground(seed: int) -> None:
    plan = Plan(centre=CENTRE, roll=random.Random(seed))
    for column in range(COLUMNS):
        for row in range(ROWS):
            corners = plan.ring(Block(column, row, column + 1, row + 1))
            block = Polygon([(lon, lat) for lat, lon in corners])
            assert block.is_valid
            assert block.exterior.is_ccw


def test_its_size_is_that_of_a_town(town: TownFile) -> None:
    south, west, north, east = town.area.bounds
    assert 6_000 < distance_m(lat_a=south, lon_a=west, lat_b=north, lon_b=west) < 9_000
    assert 8_000 < distance_m(lat_a=south, lon_a=west, lat_b=south, lon_b=east) < 10_500
    assert south < 23.0 < north
    assert west < 113.7 < east


def test_the_street_net_is_connected_and_ranked(town: TownFile) -> None:
    neighbours: dict[tuple[float, float], set[tuple[float, float]]] = {}
    for street in town.area.streets:
        for here, there in zip(street.line, street.line[1:], strict=False):
            neighbours.setdefault(here, set()).add(there)
            neighbours.setdefault(there, set()).add(here)
    seen = {next(iter(neighbours))}
    front = list(seen)
    while front:
        for there in neighbours[front.pop()] - seen:
            seen.add(there)
            front.append(there)
    assert seen == set(neighbours)
    assert {street.rank for street in town.area.streets} == {0, 1, 2}
    assert Counter(street.rank for street in town.area.streets)[0] == 9


def test_grid_boundaries_follow_streets(town: TownFile) -> None:
    edges = {
        frozenset(pair) for street in town.area.streets for pair in zip(street.line, street.line[1:], strict=False)
    }
    for grid in town.area.grids:
        ring = grid.rings[0]
        assert {frozenset(pair) for pair in zip(ring, (*ring[1:], ring[0]), strict=True)} <= edges


def test_places_and_cameras_stand_in_the_town(town: TownFile) -> None:
    whole = unary_union(polygons(town))
    assert len(town.area.places) == PLACES
    assert len(town.area.cameras) == 600
    assert {place.category for place in town.area.places} == {category for category, _ in PLACE_SHARES}
    assert {camera.category for camera in town.area.cameras} == set(CAMERA_CLASSES)
    assert all(whole.contains(Point(place.lon, place.lat)) for place in town.area.places)
    streets = unary_union([LineString([(lon, lat) for lat, lon in street.line]) for street in town.area.streets])
    assert all(streets.distance(Point(camera.lon, camera.lat)) < 1e-9 for camera in town.area.cameras)
    assert all(camera.heading_deg is not None for camera in town.area.cameras)
    assert Counter(part.category for part in town.area.parts).keys() == set(PART_CLASSES)
    assert Counter(risk.category for risk in town.area.risks).keys() == set(RISK_KINDS)
    assert (len(town.area.parts), len(town.area.risks)) == (2837, 359)
    spots = [(thing.lon, thing.lat) for thing in town.area.parts] + [
        (thing.lon, thing.lat) for thing in town.area.risks
    ]
    assert all(whole.contains(Point(spot)) for spot in spots)
    for things in (town.area.places, town.area.cameras, town.area.parts, town.area.risks):
        assert len({thing.id for thing in things}) == len(things)


def test_its_catalogue_is_that_of_a_city(town: TownFile) -> None:
    layers = (*LIVE_LAYERS, *GROUND_LAYERS, *area_layers(town.area))
    assert len(layers) >= 61
    assert len({layer.id for layer in layers}) == len(layers)


def test_jurisdictions_units_and_groups_fit(town: TownFile) -> None:
    by_id = {jurisdiction.id: jurisdiction for jurisdiction in town.jurisdictions}
    assert Counter(jurisdiction.level for jurisdiction in town.jurisdictions)[Level.VILLAGE] == 12
    assert {grid.jurisdiction_id for grid in town.area.grids} == {
        jurisdiction.id for jurisdiction in town.jurisdictions if jurisdiction.level is Level.GRID
    }
    assert len({jurisdiction.name for jurisdiction in town.jurisdictions if jurisdiction.level is Level.VILLAGE}) == 12
    groups = {talkgroup.id: talkgroup for talkgroup in town.talkgroups}
    assert len(town.units) == 1165
    assert len({unit.id for unit in town.units}) == len({unit.no for unit in town.units}) == 1165
    for unit in town.units:
        assert by_id[unit.jurisdiction_id].level is Level.GRID
        assert WHOLE_TOWN in unit.talkgroup_ids
        assert contains(groups[unit.talkgroup_ids[0]].jurisdiction_id, unit.jurisdiction_id)
        assert set(unit.talkgroup_ids) <= set(groups)
    assert sum(EMERGENCY in unit.talkgroup_ids for unit in town.units) == 40


def test_some_are_trained_and_every_skill_is_there(town: TownFile) -> None:
    held = [unit for unit in town.units if unit.skills]
    assert 0.2 < len(held) / len(town.units) < 0.6
    assert {skill for unit in held for skill in unit.skills} == {name for name, _ in SKILLS}
    assert all({"消防", "急救"} <= set(unit.skills) for unit in town.units if EMERGENCY in unit.talkgroup_ids)


def test_nobody_is_given_a_persons_name(town: TownFile) -> None:
    assert all(unit.name.partition(" ")[0] in ("网格员", "应急队员") for unit in town.units)
    assert all(unit.phone == "" for unit in town.units)


def test_officers_have_their_jurisdictions(town: TownFile) -> None:
    officers = {officer.officer_id: officer for officer in town.officers}
    assert officers[DUTY_OFFICER].jurisdiction_id == TOWN
    assert officers[DUTY_OFFICER].password == "wangge2026"
    assert officers[VILLAGE_OFFICER].jurisdiction_id == f"{TOWN}/v01"


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (95, "九十五")])
def test_numerals(number: int, words: str) -> None:
    assert numeral(number) == words
