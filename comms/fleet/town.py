"""The sample town: an invented town of the Pearl River delta's kind, the same bytes for the same seed.

About 8 by 6 km, twelve villages, some hundred grids, a connected street net, cameras, key places, units and
talkgroups. Nothing in it exists; it lies near 23.0 N, 113.7 E because desks there look at such latitudes.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from comms.domain.ids import DepartmentId, JurisdictionId, OfficerId, TalkgroupId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.officer import Department
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.fleet.town_catalogue import PLACE_SHARES
from comms.fleet.town_items import IN_FORCE_FROM, town_items
from comms.fleet.town_names import SHOPS, TOWN_NAME, grid_name, numeral, unit_name, words
from comms.fleet.town_patrols import ASKING, town_plans, town_questions
from comms.fleet.town_plan import (
    CELL_BLOCKS,
    COLUMNS,
    ROWS,
    VILLAGES_EAST,
    VILLAGES_NORTH,
    Block,
    Lane,
    Plan,
    grid_blocks,
    halving_lane,
    lanes_within,
    rank_of_line,
)
from comms.fleet.town_things import camera_class, city_parts, risk_sources
from comms.protocol.area import Area, Camera, Grid, GridHead, KeyPlace, OfficerAccount, Street, TownFile

CENTRE = (23.0, 113.7)
UNITS = 1165
"""Grid workers' terminals of one town, as a Dongguan town reported them in 2023."""
SEED = 7
CAMERAS, PLACES = 600, 2000
TOWN = JurisdictionId("900000/s01")
"""900000 is no administrative division code in use."""
FIRST_LOOK = next(item.id for item in town_items(TOWN) if item.terms.is_general)
"""The item for what an officer wants looked at, whatever it is."""
WHOLE_TOWN, EMERGENCY = TalkgroupId("town"), TalkgroupId("emergency")
DUTY_OFFICER, VILLAGE_OFFICER = OfficerId("duty"), OfficerId("v01")
SAMPLE_PASSWORD = "wangge2026"
"""Of an invented town's officers; a site sets its own with `comms.gateway officer password`."""
DEPARTMENTS = {
    "roads": "市政维护所",
    "sanitation": "环境卫生所",
    "enforcement": "综合行政执法分局",
    "water": "供水公司",
    "emergency": "应急管理分局",
    "housing": "住房和城乡建设局",
}
"""Who a town's cases go to, by names that every town knows."""
_UNCOUNTED_EVERY = 17
"""One grid in so many has not counted its residents."""
_RESIDENTS_A_BLOCK = (60, 420)
"""As densely as in a town of a quarter of a million."""
_EMERGENCY_EVERY = 29
"""One unit in so many belongs to the emergency team: 40 of 1,165."""
SKILLS = (("消防", 7), ("急救", 9), ("危化", 23), ("水上救援", 31), ("英语", 37), ("手语", 41), ("心理疏导", 43))
"""What units are trained for, and how rare it is: one in so many."""
_EMERGENCY_SKILLS = ("消防", "急救")


@dataclass(slots=True)
class _Village:
    id: JurisdictionId
    name: str
    grids: list[tuple[Grid, Block]] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    plan: Plan
    roll: random.Random
    villages: list[_Village] = field(default_factory=list)
    streets: list[tuple[Street, Lane]] = field(default_factory=list)

    def grids(self) -> list[tuple[Grid, Block]]:
        return [grid for village in self.villages for grid in village.grids]


def sample_town(*, units: int = UNITS, seed: int = SEED) -> TownFile:
    """All that a gateway needs to begin."""
    # Not for secrecy: the same seed must give the same town on every machine.
    roll = random.Random(seed)
    draft = _Draft(plan=Plan(centre=CENTRE, roll=roll), roll=roll)
    names = words(roll)
    draft.villages = [
        _village(draft, east, north, number, next(names))
        for number, (north, east) in enumerate(
            ((north, east) for north in range(VILLAGES_NORTH) for east in range(VILLAGES_EAST)), start=1
        )
    ]
    through = [next(names) for _ in range(COLUMNS // CELL_BLOCKS + ROWS // CELL_BLOCKS + 2)]
    draft.streets = [*_through_streets(draft.plan, through), *_lanes(draft)]
    owners = [(village.name, block) for village in draft.villages for _, block in village.grids]
    things = random.Random(f"things {seed}")
    area = Area(
        name=f"{TOWN_NAME} / Sample Town",
        bounds=draft.plan.bounds(),
        grids=tuple(_registered(draft, units, random.Random(f"people {seed}"))),
        streets=tuple(street for street, _ in draft.streets),
        cameras=_cameras(draft),
        places=_places(draft),
        parts=city_parts(draft.plan, owners, things),
        risks=risk_sources(draft.plan, owners, things),
    )
    return TownFile(
        area=area,
        jurisdictions=_jurisdictions(draft.villages),
        units=tuple(_unit(no, draft) for no in range(1, units + 1)),
        talkgroups=_talkgroups(draft.villages),
        officers=_officers(draft.villages),
        departments=_departments(),
        items=town_items(TOWN),
        items_from_at=IN_FORCE_FROM,
        patrol_questions=town_questions(TOWN),
        patrol_plans=town_plans(TOWN),
    )


def _departments() -> tuple[Department, ...]:
    """Those that every town has, and those that its item list names."""
    named = {item.terms.department_id for item in town_items(TOWN)} - {None}
    names = (
        DEPARTMENTS
        | dict(zip(ASKING, ASKING, strict=True))
        | {str(name): str(name) for name in sorted(map(str, named))}
    )
    return tuple(Department(id=DepartmentId(key), name=name, jurisdiction_id=TOWN) for key, name in names.items())


def _village(draft: _Draft, east: int, north: int, number: int, word: str) -> _Village:
    village = _Village(JurisdictionId(f"{TOWN}/v{number:02d}"), f"{word}社区")
    for index, block in enumerate(grid_blocks(east, north, draft.roll), start=1):
        grid = Grid(
            jurisdiction_id=JurisdictionId(f"{village.id}/g{index:03d}"),
            name=grid_name(index),
            rings=(draft.plan.ring(block),),
        )
        village.grids.append((grid, block))
    return village


def _registered(draft: _Draft, units: int, roll: random.Random) -> Iterator[Grid]:
    """The grids with their residents and heads: of those who work in one, the first leads it."""
    for number, (grid, block) in enumerate(draft.grids(), start=1):
        blocks = (block.east - block.west) * (block.north - block.south)
        residents = sum(roll.randint(*_RESIDENTS_A_BLOCK) for _ in range(blocks))
        leader = _unit(number, draft) if number <= units else None
        yield msgspec.structs.replace(
            grid,
            population=residents if number % _UNCOUNTED_EVERY else None,
            head=GridHead(name=leader.name, unit_id=leader.id) if leader is not None else None,
        )


# --- streets ------------------------------------------------------------------------------------------


def _through_streets(plan: Plan, names: list[str]) -> list[tuple[Street, Lane]]:
    """Roads and streets from one end of the town to the other."""
    lanes = [Lane(False, column, 0, ROWS) for column in range(0, COLUMNS + 1, CELL_BLOCKS)]
    lanes += [Lane(True, row, 0, COLUMNS) for row in range(0, ROWS + 1, CELL_BLOCKS)]
    return [(_street(plan, lane, name), lane) for lane, name in zip(lanes, names, strict=True)]


def _street(plan: Plan, lane: Lane, word: str) -> Street:
    rank = rank_of_line(lane.line)
    return Street(name=word + ("大道" if rank == 0 else "路"), rank=rank, line=plan.line(lane))


def _lanes(draft: _Draft) -> list[tuple[Street, Lane]]:
    made: list[tuple[Street, Lane]] = []
    for village in draft.villages:
        number = 0
        for _, block in village.grids:
            between = halving_lane(block)
            for lane in (*((between,) if between else ()), *lanes_within(block, draft.roll)):
                number += 1
                name = f"{village.name[:2]}{numeral(number)}巷" if lane is not between else f"{village.name[:2]}中街"
                rank = 2 if lane is not between else 1
                made.append((Street(name=name, rank=rank, line=draft.plan.line(lane)), lane))
    return made


# --- what stands in the streets -------------------------------------------------------------------------


def _cameras(draft: _Draft) -> tuple[Camera, ...]:
    """At crossings of the town's streets first, then along the lanes."""
    crossings: dict[tuple[int, int], list[str]] = {}
    for street, lane in draft.streets:
        for point in lane.points():
            crossings.setdefault(point, []).append(street.name)
    important = [point for point, names in crossings.items() if len(names) > 1 and rank_of_line(point[0]) < 2]
    others = [point for point, names in crossings.items() if len(names) > 1 and rank_of_line(point[0]) == 2]
    draft.roll.shuffle(important)
    draft.roll.shuffle(others)
    cameras: list[Camera] = []
    for number, point in enumerate((important + others)[:CAMERAS], start=1):
        lat, lon = draft.plan.at(*point)
        cameras.append(
            Camera(
                id=f"c{number:04d}",
                name=f"{'与'.join(crossings[point][:2])}路口",
                lat=lat,
                lon=lon,
                heading_deg=float(draft.roll.randrange(0, 360, 15)),
                category=camera_class(number),
            )
        )
    return tuple(cameras)


def _places(draft: _Draft) -> tuple[KeyPlace, ...]:
    streets_at: dict[tuple[bool, int, int], str] = {}
    for street, lane in draft.streets:
        for at in range(lane.start, lane.end):
            streets_at.setdefault((lane.is_eastward, lane.line, at), street.name)
    categories = [category for category, share in PLACE_SHARES for _ in range(round(PLACES * share))]
    draft.roll.shuffle(categories)
    owners = [(village, block) for village in draft.villages for _, block in village.grids]
    counts: dict[str, int] = {}
    places: list[KeyPlace] = []
    for number, category in enumerate(categories, start=1):
        village, block = owners[number % len(owners)]
        column = draft.roll.randrange(block.west, block.east)
        row = draft.roll.randrange(block.south, block.north)
        lat, lon = draft.plan.inside(
            column, row, east=draft.roll.uniform(0.1, 0.9), north=draft.roll.uniform(0.1, 0.25)
        )
        street_name = streets_at.get((True, row, column), f"{village.name[:2]}内街")
        address = f"{TOWN_NAME}{village.name}{street_name}{draft.roll.randrange(1, 300)}号"
        counts[category] = counts.get(category, 0) + 1
        name = _place_name(category, counts[category], village.name, address, draft.roll)
        places.append(KeyPlace(id=f"p{number:05d}", name=name, category=category, lat=lat, lon=lon, address=address))
    return tuple(places)


def _place_name(category: str, count: int, village: str, address: str, roll: random.Random) -> str:
    word = village[:2]
    match category:
        case "学校":
            return f"{TOWN_NAME}第{numeral(count)}小学"
        case "医院":
            return f"{village}卫生服务站" if count > 1 else f"{TOWN_NAME}医院"
        case "市场":
            return f"{word}综合市场 {count:02d}"
        case "工厂":
            return f"{word}工业区 {count:03d} 号厂房"
        case "三小场所":
            return f"{roll.choice(SHOPS)} {count:03d}"
        case "出租屋":
            return f"出租屋 {address.removeprefix(TOWN_NAME + village)}"
        case _:
            return f"{word}{category} {count:02d}"


# --- who works there ----------------------------------------------------------------------------------


def _jurisdictions(villages: list[_Village]) -> tuple[Jurisdiction, ...]:
    found = [Jurisdiction(id=TOWN, name=TOWN_NAME, level=Level.TOWN)]
    for village in villages:
        found.append(Jurisdiction(id=village.id, name=village.name, level=Level.VILLAGE))
        found += (Jurisdiction(id=grid.jurisdiction_id, name=grid.name, level=Level.GRID) for grid, _ in village.grids)
    return tuple(found)


def _unit(no: int, draft: _Draft) -> Unit:
    grids = draft.grids()
    grid, _ = grids[(no - 1) % len(grids)]
    village_id = grid.jurisdiction_id.rpartition("/")[0]
    is_emergency = no % _EMERGENCY_EVERY == 0
    own = TalkgroupId(village_id.rpartition("/")[2])
    return Unit(
        id=UnitId(f"u{no:04d}"),
        no=no,
        name=unit_name(no, is_emergency=is_emergency),
        jurisdiction_id=grid.jurisdiction_id,
        talkgroup_ids=(own, WHOLE_TOWN, *((EMERGENCY,) if is_emergency else ())),
        skills=_skills(no, is_emergency=is_emergency),
    )


def _skills(no: int, *, is_emergency: bool) -> tuple[str, ...]:
    """By number and not by chance, so that the rest of the town stays as it was."""
    return tuple(name for name, every in SKILLS if no % every == 0 or (is_emergency and name in _EMERGENCY_SKILLS))


def _talkgroups(villages: list[_Village]) -> tuple[Talkgroup, ...]:
    return (
        Talkgroup(id=WHOLE_TOWN, name="全镇网格员", jurisdiction_id=TOWN),
        Talkgroup(id=EMERGENCY, name="应急分队", jurisdiction_id=TOWN, priority=5),
        *(
            Talkgroup(id=TalkgroupId(village.id.rpartition("/")[2]), name=village.name, jurisdiction_id=village.id)
            for village in villages
        ),
    )


def _officers(villages: list[_Village]) -> tuple[OfficerAccount, ...]:
    return (
        OfficerAccount(officer_id=DUTY_OFFICER, name="值班员", jurisdiction_id=TOWN, password=SAMPLE_PASSWORD),
        OfficerAccount(
            officer_id=VILLAGE_OFFICER,
            name=f"{villages[0].name}值班员",
            jurisdiction_id=villages[0].id,
            password=SAMPLE_PASSWORD,
        ),
    )
