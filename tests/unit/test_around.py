"""周边: what is inside an outline, said once and rightly."""

from math import cos, radians
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.ad_hoc import PolygonTarget
from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceTrigger
from comms.domain.ids import FenceId, IncidentId, JurisdictionId, MarkId, OrderId
from comms.domain.incident import Incident
from comms.domain.mark import Mark, MarkKind
from comms.domain.order import CircleTarget, JurisdictionTarget, Order, OrderPriority, Place
from comms.domain.plan_events import PlanPublished
from comms.domain.position import distance_m
from comms.domain.unit import UnitStatus
from comms.gateway.plan_file import load_plans
from comms.protocol.area import Area, Camera, Grid, KeyPlace, RiskSource, Street
from console.around.address import Address
from console.around.around import Around
from console.around.outline import METRES_A_DEGREE, Outline
from console.around.plan import plan_for
from console.around.subject import place_of_mark, subject_at
from console.around.surroundings import Surroundings
from tests.support.scene import GRID, TOWN, Scene, unit_id

LAT, LON = 23.0, 113.7
WIDE = METRES_A_DEGREE * cos(radians(LAT))


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return LAT + north_m / METRES_A_DEGREE, LON + east_m / WIDE


def square(west_m: float, south_m: float, side_m: float) -> tuple[tuple[float, float], ...]:
    east_m, north_m = west_m + side_m, south_m + side_m
    return (at(west_m, south_m), at(east_m, south_m), at(east_m, north_m), at(west_m, north_m))


def place(east_m: float, north_m: float) -> Place:
    lat, lon = at(east_m, north_m)
    return Place(lat=lat, lon=lon)


def things(cls: type, *rows: tuple[str, str, float, float]) -> Any:
    return tuple(
        cls(id=name, name=name, category=category, lat=at(east, north)[0], lon=at(east, north)[1])
        for name, category, east, north in rows
    )


AREA = Area(
    name="x",
    bounds=(22.9, 113.6, 23.1, 113.8),
    grids=(
        Grid(jurisdiction_id=GRID, name="一", rings=(square(-500, -500, 500),), population=1000),
        Grid(jurisdiction_id=JurisdictionId("g2"), name="二", rings=(square(0, -500, 500),), population=400),
        Grid(jurisdiction_id=JurisdictionId("g3"), name="三", rings=(square(0, 0, 500),)),
    ),
    streets=(Street(name="长盛路", rank=1, line=(at(-500, 35), at(500, 35))),),
    cameras=things(Camera, ("c1", "治安", 10, 0), ("c2", "交通", 50, 0), ("c3", "治安", 90, 0), ("c4", "治安", 400, 0)),
    places=things(KeyPlace, ("莲塘小学", "学校", 0, 80), ("远处", "学校", 0, 900)),
    risks=things(RiskSource, ("油站", "危化品", -20, -20)),
)


@pytest.fixture(scope="module")
def ground() -> Surroundings:
    return Surroundings(AREA)


@given(
    st.floats(-60, 60),
    st.floats(-179, 179),
    st.floats(10, 3000),
    st.lists(st.tuples(st.floats(-4000, 4000), st.floats(-4000, 4000)), max_size=30),
)
def test_a_circle_has_whoever_is_nearer_than_its_radius(
    lat: float, lon: float, radius_m: float, offsets: list[tuple[float, float]]
) -> None:
    outline = Outline(CircleTarget(lat=lat, lon=lon, radius_m=radius_m))
    lats = np.array([lat + north / METRES_A_DEGREE for _, north in offsets] + [np.nan])
    lons = np.array([lon + east / METRES_A_DEGREE for east, _ in offsets] + [np.nan])
    wanted = [
        row
        for row in range(len(offsets))
        if distance_m(lat_a=lat, lon_a=lon, lat_b=lats[row], lon_b=lons[row]) <= radius_m
    ]
    assert outline.inside(lats, lons).tolist() == wanted


def test_everything_in_one_answer(ground: Surroundings) -> None:
    scene = Scene()
    for number in range(1, 8):
        scene.define_unit(number)
    for number in range(1, 7):
        scene.happen(ev.TerminalConnected(unit_id=unit_id(number)))
    scene.happen(ev.UnitStatusChanged(unit_id=unit_id(2), status=UnitStatus.BUSY))
    scene.place(*(at(19.0 * number, 0) for number in range(1, 7)), at(900, 0))
    fire = Incident(id=IncidentId("i1"), kind="疑似火情", place=place(0, 0), jurisdiction_id=GRID)
    pit = Incident(
        id=IncidentId("i2"), kind="井盖缺失", place=place(0, 60), jurisdiction_id=GRID, priority=OrderPriority.URGENT
    )
    far = Incident(id=IncidentId("i3"), kind="积水", place=place(0, 700), jurisdiction_id=GRID)
    scene.happen(*(ev.IncidentReported(incident=incident) for incident in (pit, far, fire)))
    for key, where in (("o1", place(30, 30)), ("o2", place(600, 0)), ("o3", None)):
        scene.happen(ev.OrderIssued(order=Order(id=OrderId(key), title=key, place=where, unit_ids=(unit_id(1),))))
    scene.happen(*(PlanPublished(plan=plan, version=1) for plan in load_plans(None)))
    around = Around(scene.store)
    subject = around.subject(lat=LAT, lon=LON)
    assert subject.incident == fire
    circle = CircleTarget(lat=subject.lat, lon=subject.lon, radius_m=100.0)
    first = around.answer(subject, circle)
    assert (first.grid, first.residents, first.cameras) == (None, None, None)
    around.surroundings = ground
    answer = around.answer(subject, circle)
    assert answer.workers.by_status == {UnitStatus.AVAILABLE: 4, UnitStatus.BUSY: 1}
    assert [near.unit_id for near in answer.workers.nearest] == [unit_id(number) for number in range(1, 6)]
    assert [round(near.metres) for near in answer.workers.nearest] == [19, 38, 57, 76, 95]
    assert [(one.id, one.is_urgent) for one in answer.incidents] == [("i1", False), ("i2", True)]
    assert [one.id for one in answer.orders] == ["o1"]
    assert answer.plan is not None
    assert answer.plan.id == "rental_fire"
    assert answer.cameras is not None
    assert [(group.category, group.count) for group in answer.cameras] == [("治安", 2), ("交通", 1)]
    assert [thing.id for thing, _ in answer.cameras[0].nearest] == ["c1", "c3"]
    assert answer.places is not None
    assert [group.nearest[0][0].name for group in answer.places] == ["莲塘小学"]
    assert answer.risks is not None
    assert answer.risks[0].category == "危化品"


def test_residents_by_share_and_never_invented(ground: Surroundings) -> None:
    around = Around(Scene().store)
    around.surroundings = ground

    def residents(*corners: tuple[float, float]) -> tuple[int | None, int, int, int]:
        shape = PolygonTarget(corners=corners)
        found = around.answer(around.subject(lat=LAT, lon=LON), shape).residents
        assert found is not None
        return found.inside, found.registered, found.counted_grids, found.uncounted_grids

    assert residents(*square(-500, -500, 500)) == (1000, 1000, 1, 0)
    assert residents(*square(-250, -500, 500)) == (700, 1400, 2, 0)
    assert residents(*square(-100, -100, 200)) == (56, 1400, 2, 1)
    assert residents(*square(100, 100, 100)) == (None, 0, 0, 1)
    assert residents(*square(5000, 5000, 100)) == (None, 0, 0, 0)


def test_the_smallest_shape_with_the_place_inside_is_meant() -> None:
    scene = Scene()
    mark = Mark(id=MarkId("m1"), kind=MarkKind.AREA, points=square(-50, -50, 100), label="警戒区", jurisdiction_id=TOWN)
    flag = Mark(id=MarkId("m2"), kind=MarkKind.POINT, points=(at(0, 0),), label="旗", jurisdiction_id=TOWN)
    scene.happen(ev.MarkDrawn(mark=mark), ev.MarkDrawn(mark=flag))
    lat, lon = at(0, 0)
    for key, shape in (
        ("f1", FenceCircle(lat=lat, lon=lon, radius_m=400)),
        ("f2", FencePolygon(ring=square(300, 0, 50))),
        ("f3", None),
    ):
        rules = (FenceRule(trigger=FenceTrigger.OUT_OF_GRID, limit=5.0),)
        fence = Fence(
            id=FenceId(key), name=key, jurisdiction_id=TOWN, shape=shape, subject=JurisdictionTarget(TOWN), rules=rules
        )
        scene.happen(ev.FenceDrawn(fence=fence))
    picture = scene.store.picture

    def name(east_m: float, north_m: float) -> str:
        lat, lon = at(east_m, north_m)
        return subject_at(picture, lat=lat, lon=lon).name

    assert [name(0, 0), name(200, 0), name(320, 20), name(900, 0)] == ["警戒区", "f1", "f2", ""]
    assert place_of_mark(flag) == at(0, 0)
    assert subject_at(picture, lat=place_of_mark(mark)[0], lon=place_of_mark(mark)[1]).name == "警戒区"


def test_plans_by_the_word_that_says_most() -> None:
    plans = load_plans(None)
    found = [plan_for([kind], plans) for kind in ("厂房火情", "危化品泄漏", "交通事故", "人群聚集")]
    assert [plan.id if plan else "" for plan in found] == ["rental_fire", "chemical", "traffic", "crowd"]
    second = plan_for(["油烟", "暴雨内涝"], plans)
    assert second is not None
    assert second.id == "flood"
    assert plan_for(["油烟"], plans) is None
    assert plan_for(["火情"], ()) is None


def test_the_nearest_name(ground: Surroundings) -> None:
    def address(east_m: float, north_m: float) -> tuple[str, int] | None:
        lat, lon = at(east_m, north_m)
        found: Address | None = ground.addresses.at(lat=lat, lon=lon)
        return (found.name, round(found.metres)) if found is not None else None

    assert address(0, 0) == ("长盛路", 35)
    assert address(2, 70) == ("莲塘小学", 10)
    assert address(0, 500) is None
    assert Surroundings(Area(name="", bounds=(0, 0, 1, 1))).addresses.at(lat=0.0, lon=0.0) is None
