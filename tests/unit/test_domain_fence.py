"""Fences as data: what makes one whole, and when it counts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.fence import (
    DAY_MIN,
    LARGEST_RADIUS_M,
    Fence,
    FenceCircle,
    FenceFault,
    FencePolygon,
    FenceRule,
    FenceTrigger,
    Schedule,
    fence_fault,
)
from comms.domain.ids import FenceId, JurisdictionId
from comms.domain.order import JurisdictionTarget

TOWN = JurisdictionId("t")
GOOD = Fence(
    id=FenceId("f"),
    name="危化品仓库",
    jurisdiction_id=TOWN,
    shape=FenceCircle(lat=23.0, lon=113.7, radius_m=200.0),
    subject=JurisdictionTarget(TOWN),
    rules=(FenceRule(trigger=FenceTrigger.ENTER), FenceRule(trigger=FenceTrigger.SPEED, limit=40.0)),
)


def with_(**changes: object) -> Fence:
    return msgspec.structs.replace(GOOD, **changes)


def rules(*triggers: FenceTrigger, limit: float | None = None) -> tuple[FenceRule, ...]:
    return tuple(FenceRule(trigger=trigger, limit=limit) for trigger in triggers)


@pytest.mark.parametrize(
    ("fence", "fault"),
    [
        (GOOD, None),
        (with_(shape=FencePolygon(ring=((23.0, 113.7), (23.1, 113.7), (23.1, 113.8)))), None),
        (with_(shape=None, rules=rules(FenceTrigger.SILENT, limit=10.0)), None),
        (with_(name=" "), FenceFault.NO_NAME),
        (with_(shape=FenceCircle(lat=91.0, lon=113.7, radius_m=200.0)), FenceFault.BAD_SHAPE),
        (with_(shape=FenceCircle(lat=23.0, lon=float("nan"), radius_m=200.0)), FenceFault.BAD_SHAPE),
        (with_(shape=FenceCircle(lat=23.0, lon=113.7, radius_m=0.0)), FenceFault.BAD_SHAPE),
        (with_(shape=FenceCircle(lat=23.0, lon=113.7, radius_m=LARGEST_RADIUS_M + 1)), FenceFault.BAD_SHAPE),
        (with_(shape=FencePolygon(ring=((23.0, 113.7), (23.1, 113.7)))), FenceFault.BAD_SHAPE),
        (with_(shape=FencePolygon(ring=((23.0, 113.7), (23.1, 113.7), (23.1, 200.0)))), FenceFault.BAD_SHAPE),
        (with_(rules=()), FenceFault.NO_RULE),
        (with_(rules=rules(FenceTrigger.ENTER, FenceTrigger.ENTER)), FenceFault.NO_RULE),
        (with_(rules=rules(FenceTrigger.DWELL)), FenceFault.LIMIT_MISSING),
        (with_(rules=rules(FenceTrigger.SPEED, limit=-1.0)), FenceFault.LIMIT_MISSING),
        (with_(rules=rules(FenceTrigger.SPEED, limit=float("inf"))), FenceFault.LIMIT_MISSING),
        (with_(shape=None), FenceFault.SHAPE_MISSING),
        (with_(schedule=Schedule(weekdays=())), FenceFault.BAD_SCHEDULE),
        (with_(schedule=Schedule(weekdays=(7,))), FenceFault.BAD_SCHEDULE),
        (with_(schedule=Schedule(begins_min=600, ends_min=600)), FenceFault.BAD_SCHEDULE),
    ],
)
def test_what_makes_a_fence_whole(fence: Fence, fault: FenceFault | None) -> None:
    assert fence_fault(fence) is fault


@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, DAY_MIN - 1),
    st.integers(1, DAY_MIN),
    st.integers(0, 7 * DAY_MIN - 1),
)
def test_hours_past_midnight_belong_to_the_day_they_begin_on(
    days: set[int], begins: int, ends: int, minute_of_week: int
) -> None:
    if begins == ends:
        return
    schedule = Schedule(weekdays=tuple(days), begins_min=begins, ends_min=ends)
    length = (ends - begins) % DAY_MIN or DAY_MIN
    slow = any((minute_of_week - (day * DAY_MIN + begins)) % (7 * DAY_MIN) < length for day in days)
    weekday, minute = divmod(minute_of_week, DAY_MIN)
    assert schedule.holds(weekday=weekday, minute=minute) is slow


def test_a_night_watch_goes_on_until_the_next_morning() -> None:
    night = Schedule(weekdays=(0,), begins_min=22 * 60, ends_min=6 * 60)
    assert night.holds(weekday=0, minute=23 * 60)
    assert night.holds(weekday=1, minute=60)
    assert not night.holds(weekday=0, minute=60)
    assert not night.holds(weekday=1, minute=23 * 60)
    assert not night.holds(weekday=1, minute=7 * 60)
    assert Schedule().holds(weekday=6, minute=0)
