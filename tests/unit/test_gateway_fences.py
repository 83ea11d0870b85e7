"""The field of a fence: borders without flapping, limits, silence, the own grid. A slow watcher agrees."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.alarm import Alarm
from comms.domain.events import Event, FenceDrawn, Recorded, UnitDefined
from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceShape, FenceTrigger
from comms.domain.ids import GATEWAY, FenceId, JurisdictionId, TalkgroupId, UnitId
from comms.domain.order import JurisdictionTarget, TalkgroupTarget, UnitsTarget
from comms.domain.picture import Picture
from comms.domain.position import Fix, distance_m
from comms.domain.unit import Unit
from comms.gateway.alarms import Alarms
from comms.gateway.fence_field import AGAIN_S, FenceField, Finding
from comms.gateway.fence_fields import FenceFields, Found
from comms.gateway.fence_outline import METRES_A_DEGREE, Floats, Outline, Vote
from comms.gateway.fence_roster import Roster
from comms.gateway.fence_watch import SLICE_S, FenceWatch
from comms.gateway.home_ground import HomeGround
from comms.gateway.positions import Positions
from comms.gateway.sessions import SessionTable
from comms.journal.journal import Journal
from comms.protocol.area import Area, Grid
from comms.protocol.frames import PositionColumns

T = FenceTrigger
LAT, LON = 23.0, 113.7
TOWN, VILLAGE = JurisdictionId("t"), JurisdictionId("t/v")
CIRCLE = FenceCircle(lat=LAT, lon=LON, radius_m=200.0)
BENT = FencePolygon(ring=((23.0, 113.70), (23.01, 113.70), (23.01, 113.71), (23.005, 113.703), (23.0, 113.71)))


def fence(*rules: FenceRule, shape: FenceShape | None = CIRCLE) -> Fence:
    return Fence(
        id=FenceId("f"), name="仓库", jurisdiction_id=TOWN, shape=shape, subject=JurisdictionTarget(TOWN), rules=rules
    )


def north(metres: float) -> float:
    return LAT + metres / METRES_A_DEGREE


class Walk:
    """One or more units whose readings are given by hand, and a field that looks after each."""

    def __init__(self, *rules: FenceRule, shape: FenceShape | None = CIRCLE, units: int = 1) -> None:
        self.columns = PositionColumns(
            no=np.arange(units, dtype=np.uint32),
            at=np.full(units, -np.inf),
            lat=np.full(units, LAT),
            lon=np.full(units, LON),
            accuracy_m=np.full(units, 5.0, np.float32),
            heading_deg=np.full(units, np.nan, np.float32),
            speed_mps=np.full(units, np.nan, np.float32),
            battery_pct=np.full(units, np.nan, np.float32),
        )
        self.field = FenceField(fence(*rules, shape=shape))
        self.field.grow(units)
        self.field.applies = np.ones(units, np.bool_)
        self.outside_since: Floats = np.full(units, np.nan)
        self.now = 1000.0

    def go(self, *metres: float, accuracy_m: float = 5.0, km_h: float = math.nan) -> list[tuple[str, bool]]:
        """The unit is so far north of the middle, in readings 5 s apart. What was found, in order."""
        found: list[Finding] = []
        for metre in metres:
            self.now += 5
            columns = self.columns
            columns.at[0], columns.lat[0] = self.now, north(metre)
            columns.accuracy_m[0], columns.speed_mps[0] = accuracy_m, km_h / 3.6
            found += self.look(np.array([0]))
        return [(finding.rule.trigger.value, finding.is_broken) for finding in found]

    def look(self, moved: np.ndarray[tuple[int], np.dtype[np.intp]] | None = None) -> list[Finding]:
        rows = moved if moved is not None else np.zeros(0, np.intp)
        return self.field.look(self.columns, rows, self.outside_since, now=self.now)

    def wait(self, seconds: float) -> list[Finding]:
        self.now += seconds
        return self.look()


ENTER, LEAVE = FenceRule(trigger=T.ENTER), FenceRule(trigger=T.LEAVE)
IN, OUT = ("enter", True), ("enter", False)


# --- crossing ---------------------------------------------------------------------------------------------


def test_entering_takes_two_readings() -> None:
    walk = Walk(ENTER)
    assert walk.go(400, 400) == []
    assert walk.go(100) == []
    assert walk.go(100) == [IN]
    assert walk.go(100, 50, 0) == []
    assert walk.go(400, 400) == [OUT]


def test_who_is_inside_already_has_not_entered() -> None:
    assert Walk(ENTER).go(0, 0, 0) == []


def test_leaving_is_told_only_of_who_was_inside() -> None:
    walk = Walk(LEAVE)
    assert walk.go(400, 400, 400) == []
    assert walk.go(0, 0) == [("leave", False)]
    assert walk.go(400, 400) == [("leave", True)]


def test_one_wild_reading_is_no_crossing() -> None:
    walk = Walk(ENTER)
    walk.go(400, 400)
    assert walk.go(0, 400, 0, 400, 0, 400) == []


def test_nobody_flaps_on_the_border() -> None:
    walk = Walk(ENTER)
    walk.go(400, 400)
    walk.go(150, 150)
    rng = np.random.default_rng(7)
    jitter = 200 + rng.normal(0, 10, 500)  # the accuracy of a phone is two standard deviations
    assert walk.go(*jitter, accuracy_m=20.0) == []


def test_a_small_fence_can_be_entered_with_a_poor_phone() -> None:
    walk = Walk(ENTER, shape=FenceCircle(lat=LAT, lon=LON, radius_m=30.0))
    walk.go(400, 400, accuracy_m=60.0)
    assert walk.go(0, 0, accuracy_m=60.0) == [IN]


def test_who_is_not_watched_is_not_looked_at() -> None:
    walk = Walk(ENTER)
    walk.field.applies = np.zeros(1, np.bool_)
    assert walk.go(400, 400, 0, 0) == []


# --- limits -------------------------------------------------------------------------------------------------


def test_dwelling_is_told_when_it_begins_and_each_minute_and_when_it_is_over() -> None:
    walk = Walk(FenceRule(trigger=T.DWELL, limit=10.0))
    walk.go(400, 400, 0, 0)
    assert walk.wait(595) == []
    (first,) = walk.wait(5)
    assert first.is_broken
    assert first.value == pytest.approx(10.0)
    assert walk.wait(AGAIN_S - 5) == []
    (again,) = walk.wait(5)
    assert again.value == pytest.approx(11.0)
    assert walk.go(400, 400) == [("dwell", False)]


def test_speeding_takes_two_readings_to_begin_and_to_end() -> None:
    walk = Walk(FenceRule(trigger=T.SPEED, limit=40.0))
    walk.go(0, 0, km_h=10.0)
    assert walk.go(0, km_h=60.0) == []
    assert walk.go(0, km_h=60.0) == [("speed", True)]
    assert walk.go(0, km_h=30.0) == []
    assert walk.wait(300) == []  # standing still says nothing new
    assert walk.go(0, km_h=math.nan) == [("speed", True)]  # not known is not slow; told again after a minute
    assert walk.go(0, km_h=30.0) == []
    assert walk.go(0, km_h=30.0) == [("speed", False)]


def test_speeding_outside_is_nobodys_business() -> None:
    walk = Walk(FenceRule(trigger=T.SPEED, limit=40.0))
    assert walk.go(400, 400, 400, km_h=60.0) == []
    everywhere = Walk(FenceRule(trigger=T.SPEED, limit=40.0), shape=None)
    assert everywhere.go(400, 400, km_h=60.0) == [("speed", True)]


def test_silence_is_of_who_was_heard_once() -> None:
    walk = Walk(FenceRule(trigger=T.SILENT, limit=5.0), shape=None)
    assert walk.wait(10_000) == []
    walk.go(0)
    assert walk.wait(295) == []
    (silent,) = walk.wait(5)
    assert silent.is_broken
    assert silent.value == pytest.approx(5.0)
    assert walk.go(0) == [("silent", False)]


def test_a_breach_from_before_a_restart_ends() -> None:
    walk = Walk(FenceRule(trigger=T.SILENT, limit=5.0), shape=None)
    walk.field.resume(0, T.SILENT)
    assert walk.go(0) == [("silent", False)]
    walk = Walk(ENTER)
    walk.field.resume(0, T.ENTER)
    assert walk.go(400, 400) == [OUT]
    walk = Walk(ENTER, LEAVE)
    walk.field.resume(0, T.ENTER)
    assert walk.go(0, 0) == []


def test_straying_is_told_after_its_minutes() -> None:
    walk = Walk(FenceRule(trigger=T.OUT_OF_GRID, limit=3.0), shape=None)
    walk.outside_since[0] = walk.now
    assert walk.wait(175) == []
    assert [finding.is_broken for finding in walk.wait(5)] == [True]
    walk.outside_since[0] = np.nan
    assert [finding.is_broken for finding in walk.wait(5)] == [False]


# --- shapes ---------------------------------------------------------------------------------------------------


def slow_is_inside(lat: float, lon: float, shape: FenceShape) -> bool:
    if isinstance(shape, FenceCircle):
        return distance_m(lat_a=lat, lon_a=lon, lat_b=shape.lat, lon_b=shape.lon) < shape.radius_m
    inside = False
    ring = shape.ring
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a):
            inside = not inside
    return inside


@pytest.mark.parametrize("shape", [CIRCLE, BENT])
def test_depth_agrees_with_a_slow_watcher(shape: FenceShape) -> None:
    rng = np.random.default_rng(1)
    lat, lon = 22.99 + rng.random(2000) * 0.03, 113.69 + rng.random(2000) * 0.03
    depth = Outline(shape).depth_m(lat, lon)
    sure = abs(depth) > 1.0  # metres; the plane and the sphere differ by less
    slow = np.array([slow_is_inside(a, b, shape) for a, b in zip(lat, lon, strict=True)])
    assert (slow[sure] == (depth > 0)[sure]).all()
    assert 0 < slow.sum() < len(slow)


def test_depth_is_the_way_to_the_border() -> None:
    square = FencePolygon(ring=tuple((north(a), LON + b / METRES_A_DEGREE) for a, b in ((0, 0), (100, 0), (100, 100),
                                                                                      (0, 100))))  # fmt: skip
    depth = Outline(square).depth_m(np.array([north(10), north(-10), north(5000)]), np.full(3, LON + 50 / 111_195))
    assert depth[0] == pytest.approx(10.0, abs=0.1)
    assert depth[1] == pytest.approx(-10.0, abs=0.1)
    assert depth[2] == -np.inf


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
@settings(max_examples=80)
def test_a_vote_changes_only_with_two_in_a_row(readings: list[tuple[bool, bool]]) -> None:
    vote = Vote()
    vote.grow(1)
    said, others, before = -1, 0, False
    for claim, counts in readings:
        vote.take(np.array([0]), np.array([claim]), np.array([counts]))
        others = others if counts else 0
        if counts:
            others = (others + 1 if claim is before else 1) if int(claim) != said else 0
            before = claim
            if others == 2:
                said, others = int(claim), 0
        assert vote.said[0] == said


# --- the own grid ---------------------------------------------------------------------------------------------


def square(key: str, south: float, west: float) -> Grid:
    ring = ((south, west), (south, west + 0.01), (south + 0.01, west + 0.01), (south + 0.01, west))
    return Grid(jurisdiction_id=JurisdictionId(key), name=key, rings=(ring,))


def test_who_answers_for_what() -> None:
    area = Area(name="t", bounds=(23.0, 113.7, 23.01, 113.72), grids=(square("t/v/g1", 23.0, 113.70),
                                                                    square("t/v/g2", 23.0, 113.71)))  # fmt: skip
    ground = HomeGround(area)
    homes = [JurisdictionId(key) for key in ("t/v/g1", "t/v", "x")]
    ground.grow(3)
    ground.settle(homes)
    walk = Walk(units=3)
    walk.columns.lat[:], walk.columns.lon[:] = 23.005, 113.715  # in g2
    for at in (10.0, 15.0):
        walk.columns.at[:] = at
        ground.look(walk.columns, np.arange(3))
    assert ground.outside_since[0] == 15.0
    assert np.isnan(ground.outside_since[1:]).all()
    walk.columns.lon[0] = 113.705
    for at in (20.0, 25.0):
        walk.columns.at[0] = at
        ground.look(walk.columns, np.array([0]))
    assert np.isnan(ground.outside_since[0])
    ground.look(walk.columns, np.array([2]))


# --- whom it watches ------------------------------------------------------------------------------------------


def test_it_watches_whom_it_names_within_its_jurisdiction() -> None:
    group = TalkgroupId("g")
    unit = Unit(id=UnitId("u1"), no=1, name="王", jurisdiction_id=VILLAGE, talkgroup_ids=(group,))
    stranger = Unit(id=UnitId("u0"), no=2, name="王", jurisdiction_id=JurisdictionId("x"), talkgroup_ids=(group,))
    for subject, is_watched in (
        (UnitsTarget((UnitId("u1"),)), True),
        (UnitsTarget((UnitId("u0"), UnitId("u2"))), False),
        (TalkgroupTarget(group), True),
        (TalkgroupTarget(TalkgroupId("h")), False),
        (JurisdictionTarget(VILLAGE), True),
        (JurisdictionTarget(JurisdictionId("t/w")), False),
    ):
        each = Fence(id=FenceId("f"), name="n", jurisdiction_id=TOWN, shape=CIRCLE, subject=subject, rules=(ENTER,))
        roster = Roster()
        roster.add((stranger, unit))
        assert roster.watched(each).tolist() == [False, is_watched]
        assert roster.watched(each, 1).tolist() == [is_watched]


# --- all fences, in slices --------------------------------------------------------------------------------------

SMALL = Area(name="t", bounds=(23.0, 113.7, 23.01, 113.72), grids=(square("t/v/g1", 23.0, 113.70),
                                                                 square("t/v/g2", 23.0, 113.71)))  # fmt: skip
ALL_RULES = (
    ENTER,
    LEAVE,
    FenceRule(trigger=T.DWELL, limit=0.2),
    FenceRule(trigger=T.SPEED, limit=40.0),
    FenceRule(trigger=T.SILENT, limit=0.5),
    FenceRule(trigger=T.OUT_OF_GRID, limit=0.1),
)
GROUP = TalkgroupId("g")
PEOPLE = [
    Unit(
        id=UnitId(f"u{row}"),
        no=row,
        name="王",
        jurisdiction_id=JurisdictionId(("t/v/g1", "t/v/g2", "x")[row % 3]),
        talkgroup_ids=(GROUP,) if row % 2 else (),
    )
    for row in range(7)
]
SUBJECTS = (JurisdictionTarget(TOWN), TalkgroupTarget(GROUP), UnitsTarget((UnitId("u1"), UnitId("u4"))))
FENCES = [
    msgspec.structs.replace(fence(*ALL_RULES), id=FenceId(f"f{number}"), subject=subject)
    for number, subject in enumerate(SUBJECTS)
]
FENCES[1] = msgspec.structs.replace(FENCES[1], shape=BENT)
FENCES.append(msgspec.structs.replace(fence(*ALL_RULES[3:], shape=None), id=FenceId("f3")))
Told = tuple[str, int, str, bool, float | None]


class InOneGo:
    """Every fence over every unit, one after the other, and everybody asked for himself."""

    def __init__(self) -> None:
        self.fields: dict[FenceId, FenceField] = {}
        self.home = HomeGround(SMALL)
        self.looked_at: Floats = np.full(len(PEOPLE), -np.inf)

    def look(self, columns: PositionColumns, count: int, now: float) -> list[Told]:
        moved = np.flatnonzero(columns.at > self.looked_at)
        self.looked_at[moved] = columns.at[moved]
        self.home.grow(len(PEOPLE))
        self.home.settle([unit.jurisdiction_id for unit in PEOPLE[:count]])
        self.home.look(columns, moved)
        told: list[Told] = []
        for each in self.fields.values():
            each.grow(len(PEOPLE))
            each.applies = np.array([i < count and watches(each.fence, unit) for i, unit in enumerate(PEOPLE)])
            found = each.look(columns, moved, self.home.outside_since, now=now)
            told += [told_of(each.fence, finding) for finding in found]
        return told


def told_of(each: Fence, f: Finding) -> Told:
    return each.id, f.row, f.rule.trigger.value, f.is_broken, f.value


def watches(each: Fence, unit: Unit) -> bool:
    if not unit.jurisdiction_id.startswith("t"):
        return False
    match each.subject:
        case UnitsTarget(unit_ids=unit_ids):
            return unit.id in unit_ids
        case TalkgroupTarget():
            return GROUP in unit.talkgroup_ids
        case JurisdictionTarget():
            return True


Look = tuple[list[tuple[int, float, float]], float, int | None]
step = st.tuples(st.integers(0, 6), st.sampled_from((0.0, 150.0, 190.0, 400.0)), st.sampled_from((5.0, 60.0)))
look = st.tuples(st.lists(step, max_size=8), st.sampled_from((1.0, 5.0, 20.0)), st.sampled_from((None, *range(4))))


@given(st.lists(look, min_size=5, max_size=25))
@settings(max_examples=40)
def test_slices_find_what_one_go_found_in_the_same_order(looks: list[Look]) -> None:
    """Also while units are heard of one by one, and fences come and go."""
    columns = Walk(units=len(PEOPLE)).columns
    columns.lon[:] = [113.705, 113.7, 113.715, 113.705, 113.7, 113.7, 113.7]
    old, new, now, count = InOneGo(), FenceFields(), 1000.0, 0
    new.set_ground(HomeGround(SMALL))
    for steps, wait_s, switched in looks:
        now += wait_s
        for row, metres, km_h in steps:
            count = max(count, row + 1)
            columns.at[row], columns.lat[row], columns.speed_mps[row] = now, north(metres), km_h / 3.6
        if switched is not None:
            each = FENCES[switched]
            if old.fields.pop(each.id, None) is None:
                old.fields[each.id] = FenceField(each)
                new.add(each)
            else:
                new.drop(each.id)
        found = [each for each in new.steps(columns, PEOPLE[:count], (), now=now) if each is not None]
        told = [
            (each.fence.id, f.row, f.rule.trigger.value, f.is_broken, f.value)
            for each in found
            for f in (each.finding,)
        ]
        assert told == old.look(columns, count, now)


def test_a_fence_dropped_during_a_look_finds_nothing_more() -> None:
    fields, columns = FenceFields(), Walk(units=3).columns
    fields.add(fence(FenceRule(trigger=T.SILENT, limit=1.0), shape=None))
    columns.at[:] = 0.0
    units = [msgspec.structs.replace(unit, jurisdiction_id=TOWN) for unit in PEOPLE[:3]]
    found = (each for each in fields.steps(columns, units, (), now=1000.0) if each is not None)
    assert isinstance(next(found), Found)
    fields.drop(FenceId("f"))
    assert list(found) == []


@dataclass
class Hurry:
    """A clock on which every look at it takes longer than a slice may last; timers are run by hand."""

    at: float = 0.0
    due: list[Callable[[], None]] = field(default_factory=list)

    def now(self) -> float:
        return 1000.0

    def monotonic(self) -> float:
        self.at += SLICE_S
        return self.at

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> "Hurry":
        self.due.append(callback)
        return self

    def cancel(self) -> None:
        self.due.clear()


@dataclass
class Heard:
    raised: list[Alarm] = field(default_factory=list)

    def raise_alarm(self, alarm: Alarm) -> None:
        self.raised.append(alarm)


@dataclass
class Kept:
    picture: Picture
    is_failing: bool = False


def test_a_look_goes_on_slice_by_slice_over_what_stood_when_it_began() -> None:
    picture = Picture()
    silent = msgspec.structs.replace(fence(FenceRule(trigger=T.SILENT, limit=1.0), shape=None), id=FenceId("s"))
    defined = [UnitDefined(unit=msgspec.structs.replace(unit, jurisdiction_id=TOWN)) for unit in PEOPLE[:3]]
    events: list[Event] = [*defined, FenceDrawn(fence=silent)]
    for seq, event in enumerate(events, 1):
        picture.apply(Recorded(seq=seq, at=0.0, actor=GATEWAY, event=event))
    clock, heard, kept = Hurry(), Heard(), Kept(picture)
    positions = Positions(clock=clock, sessions=SessionTable(), no_of=lambda _: 1, interval_s=1.0)
    for unit in PEOPLE[:3]:
        positions.take(unit.id, Fix(at=900.0, lat=LAT, lon=LON))
    watch = FenceWatch(
        clock=clock, journal=cast(Journal, kept), positions=positions, alarms=cast(Alarms, heard),
        local_time=lambda _: datetime(2026, 5, 4, 12, tzinfo=UTC),
    )  # fmt: skip
    watch.start()
    clock.due.pop()()  # the tick: a first slice
    slices = 0
    for unit in PEOPLE[:3]:
        positions.take(unit.id, Fix(at=1000.0, lat=LAT, lon=LON))
    while len(clock.due) > 1:
        kept.is_failing = slices == 1  # a store that fails meanwhile delays the rest
        clock.due.pop()()
        slices += 1
    assert slices > 3
    assert [alarm.unit_id for alarm in heard.raised] == ["u0", "u1", "u2"]
    watch.close()
    assert clock.due == []


def test_shapely_calls_a_bow_tie_invalid() -> None:
    """What the handler relies on."""
    assert not shapely.Polygon([(0, 0), (1, 1), (0, 1), (1, 0)]).is_valid
