"""Geofences: a shape, when it counts, whom it watches, what it looks for and who is told."""

from enum import StrEnum
from math import isfinite

import msgspec

from comms.domain.alarm import AlarmKind, AlarmPriority
from comms.domain.ids import FenceId, JurisdictionId
from comms.domain.order import JurisdictionTarget, TalkgroupTarget, UnitsTarget

MOST_CORNERS = 500
LARGEST_RADIUS_M = 50_000.0
DAY_MIN = 24 * 60


class FenceCircle(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="circle"):
    lat: float
    lon: float
    radius_m: float


class FencePolygon(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="polygon"):
    """One ring of (lat, lon) in WGS-84, not closed."""

    ring: tuple[tuple[float, float], ...]


FenceShape = FenceCircle | FencePolygon
FenceSubject = UnitsTarget | TalkgroupTarget | JurisdictionTarget
"""Whom it watches: these units, those who may affiliate to a talkgroup, or those of a jurisdiction."""


class FenceTrigger(StrEnum):
    ENTER = "enter"
    LEAVE = "leave"
    DWELL = "dwell"
    """Inside for longer than `limit` minutes."""
    SPEED = "speed"
    """Faster than `limit` km/h."""
    OUT_OF_GRID = "out_of_grid"
    """Outside the unit's own grid or jurisdiction for longer than `limit` minutes, without an order that sent it."""
    SILENT = "silent"
    """No position for longer than `limit` minutes."""


KINDS: dict[FenceTrigger, AlarmKind] = {
    FenceTrigger.ENTER: AlarmKind.FENCE_ENTERED,
    FenceTrigger.LEAVE: AlarmKind.FENCE_LEFT,
    FenceTrigger.DWELL: AlarmKind.FENCE_DWELL,
    FenceTrigger.SPEED: AlarmKind.FENCE_SPEEDING,
    FenceTrigger.OUT_OF_GRID: AlarmKind.GRID_LEFT,
    FenceTrigger.SILENT: AlarmKind.FENCE_SILENT,
}
LIMITED = frozenset({FenceTrigger.DWELL, FenceTrigger.SPEED, FenceTrigger.OUT_OF_GRID, FenceTrigger.SILENT})
"""These need a limit."""
PLACED = frozenset({FenceTrigger.ENTER, FenceTrigger.LEAVE, FenceTrigger.DWELL})
"""These make no sense without a shape; the others may hold everywhere."""


class FenceRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    trigger: FenceTrigger
    limit: float | None = None
    priority: AlarmPriority = AlarmPriority.MEDIUM


class Schedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When it counts, in local time of the gateway: minutes of the day, weekdays from 0 for Monday.

    Hours that end before they begin go on past midnight and belong to the day they begin on."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    begins_min: int = 0
    ends_min: int = DAY_MIN

    def holds(self, *, weekday: int, minute: int) -> bool:
        if self.begins_min < self.ends_min:
            return weekday in self.weekdays and self.begins_min <= minute < self.ends_min
        if minute >= self.begins_min:
            return weekday in self.weekdays
        return minute < self.ends_min and (weekday - 1) % 7 in self.weekdays


class Fence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`jurisdiction_id` owns it: officers of this node and above may change it, and are told."""

    id: FenceId
    name: str
    jurisdiction_id: JurisdictionId
    shape: FenceShape | None = None
    """None: everywhere."""
    subject: FenceSubject
    rules: tuple[FenceRule, ...]
    schedule: Schedule = Schedule()
    is_on: bool = True


class FenceFault(StrEnum):
    NO_NAME = "no_name"
    BAD_SHAPE = "bad_shape"
    NO_RULE = "no_rule"
    LIMIT_MISSING = "limit_missing"
    SHAPE_MISSING = "shape_missing"
    BAD_SCHEDULE = "bad_schedule"


def fence_fault(fence: Fence) -> FenceFault | None:
    """Why a fence cannot work, or None. That a ring does not cross itself is for a geometry library to say."""
    if not fence.name.strip():
        return FenceFault.NO_NAME
    if fence.shape is not None and not _is_drawable(fence.shape):
        return FenceFault.BAD_SHAPE
    if not fence.rules or len({rule.trigger for rule in fence.rules}) < len(fence.rules):
        return FenceFault.NO_RULE
    for rule in fence.rules:
        if rule.trigger in LIMITED and not _is_above_zero(rule.limit):
            return FenceFault.LIMIT_MISSING
        if rule.trigger in PLACED and fence.shape is None:
            return FenceFault.SHAPE_MISSING
    return None if _is_possible(fence.schedule) else FenceFault.BAD_SCHEDULE


def _is_drawable(shape: FenceShape) -> bool:
    if isinstance(shape, FenceCircle):
        return _is_place(shape.lat, shape.lon) and 0 < shape.radius_m <= LARGEST_RADIUS_M
    return 3 <= len(shape.ring) <= MOST_CORNERS and all(_is_place(lat, lon) for lat, lon in shape.ring)


def _is_place(lat: float, lon: float) -> bool:
    return isfinite(lat) and isfinite(lon) and abs(lat) <= 85 and abs(lon) <= 180


def _is_above_zero(limit: float | None) -> bool:
    return limit is not None and isfinite(limit) and limit > 0


def _is_possible(schedule: Schedule) -> bool:
    days = set(schedule.weekdays)
    begins, ends = schedule.begins_min, schedule.ends_min
    return bool(days) and days <= set(range(7)) and 0 <= begins < DAY_MIN and 0 < ends <= DAY_MIN and begins != ends
