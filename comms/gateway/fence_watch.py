"""Geofences at the gateway: once a second what moved is looked at, and findings become alarms.

A look is cut into slices: a talker's packets that come meanwhile wait for the slice, not for the look.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from comms.domain.alarm import HOLDING_PHASES, Alarm
from comms.domain.events import FenceChanged, FenceErased, Recorded, UnitDefined
from comms.domain.fence import KINDS, Fence, FenceTrigger
from comms.domain.ids import FenceId, UnitId
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.unit import Unit, UnitStatus
from comms.gateway.alarms import Alarms
from comms.gateway.context import Clock, Timer
from comms.gateway.fence_field import Finding
from comms.gateway.fence_fields import FenceFields, Steps
from comms.gateway.home_ground import HomeGround
from comms.gateway.positions import Positions
from comms.journal.journal import Journal
from comms.protocol.area import Area
from comms.protocol.frames import PositionColumns

LOOK_S = 1.0
SLICE_S = 0.0015
"""The loop is given back after the step that goes on for longer than this."""
_SENT_AWAY = frozenset({UnitStatus.DISPATCHED, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE})
"""An order took them there: being outside their own grid is their work."""


class FenceWatch:
    """`local_time` is the wall clock by which schedules count."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        positions: Positions,
        alarms: Alarms,
        local_time: Callable[[float], datetime] = datetime.fromtimestamp,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._positions = positions
        self._alarms = alarms
        self._local_time = local_time
        self._fields = FenceFields()
        """Of the fences that count now."""
        self._look: Steps | None = None
        """The look under way."""
        self._timer: Timer | None = None
        self._next: Timer | None = None
        """When the look under way goes on."""

    def start(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + LOOK_S, self._tick)

    def close(self) -> None:
        for timer in (self._timer, self._next):
            if timer is not None:
                timer.cancel()

    def set_area(self, area: Area) -> None:
        """The ground units answer for is known now."""
        self._fields.set_ground(HomeGround(area))

    def tell(self, recorded: Iterable[Recorded]) -> None:
        for item in recorded:
            match item.event:
                case FenceChanged(fence=fence):
                    self._drop(fence.id)
                case FenceErased(fence_id=fence_id):
                    self._drop(fence_id)
                case UnitDefined():
                    self._fields.forget_units()
                case _:
                    pass

    def _tick(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + LOOK_S, self._tick)
        if self._next is None and not self._journal.is_failing:
            self._look = self._begin()
            self._go_on()

    def _go_on(self) -> None:
        """A slice of the look under way; the rest follows when whatever waits has had its turn."""
        self._next = None
        now = self._clock.monotonic()
        if self._journal.is_failing:
            self._next = self._clock.call_at(now + LOOK_S, self._go_on)
        elif not self._advance(until=now + SLICE_S):
            self._next = self._clock.call_at(self._clock.monotonic(), self._go_on)

    def look(self) -> None:
        """At everything that moved since the last look, in one go."""
        self._advance()
        self._look = self._begin()
        self._advance()

    def _advance(self, until: float = inf) -> bool:
        """True when the look is over."""
        for found in self._look or ():
            if found is not None:
                self._tell_alarm(found.fence, found.finding)
            if self._clock.monotonic() >= until:
                return False
        self._look = None
        return True

    def _begin(self) -> Steps:
        now = self._clock.now()
        self._keep_schedules(now)
        picture, columns = self._journal.picture, self._positions.columns
        units = _Located(picture, self._positions.unit_ids, len(self._positions))
        still = PositionColumns(*(getattr(columns, name).copy() for name in PositionColumns.__slots__))
        return self._fields.steps(still, units, list(picture.alarms.states.values()), now=now)

    # --- which fences count, and for whom --------------------------------------------------------------------

    def _keep_schedules(self, now: float) -> None:
        local = self._local_time(now)
        minute = local.hour * 60 + local.minute
        for fence in self._journal.picture.fences.values():
            counts = fence.is_on and fence.schedule.holds(weekday=local.weekday(), minute=minute)
            if counts and fence.id not in self._fields:
                self._fields.add(fence)
            elif not counts and fence.id in self._fields:
                self._drop(fence.id)

    def _drop(self, fence_id: FenceId) -> None:
        """It no longer counts: what it told is over."""
        self._fields.drop(fence_id)
        for alarm_id, state in list(self._journal.picture.alarms.states.items()):
            if state.alarm.fence_id == fence_id and state.phase in HOLDING_PHASES:
                self._alarms.clear(alarm_id)

    # --- telling ------------------------------------------------------------------------------------------

    def _tell_alarm(self, fence: Fence, finding: Finding) -> None:
        unit_id = self._positions.unit_ids[finding.row]
        alarm = self._alarm(fence, finding, unit_id)
        if finding.is_broken and not self._is_excused(unit_id, finding.rule.trigger):
            self._alarms.raise_alarm(alarm)
        else:
            self._alarms.clear(alarm.id)

    def _is_excused(self, unit_id: UnitId, trigger: FenceTrigger) -> bool:
        status = self._journal.picture.units[unit_id].status
        if trigger is FenceTrigger.OUT_OF_GRID and status in _SENT_AWAY:
            return True
        is_duty_rule = trigger in (FenceTrigger.OUT_OF_GRID, FenceTrigger.SILENT)
        return is_duty_rule and status is UnitStatus.OUT_OF_SERVICE

    def _alarm(self, fence: Fence, finding: Finding, unit_id: UnitId) -> Alarm:
        columns, row = self._positions.columns, finding.row
        return Alarm(
            kind=KINDS[finding.rule.trigger],
            source=f"fence:{fence.id}/unit:{unit_id}",
            priority=finding.rule.priority,
            jurisdiction_id=fence.jurisdiction_id,
            place=Place(lat=float(columns.lat[row]), lon=float(columns.lon[row])),
            unit_id=unit_id,
            fence_id=fence.id,
            name=fence.name,
            value=finding.value,
            limit=finding.rule.limit,
        )


@dataclass(frozen=True, slots=True)
class _Located:
    """The first `count` units that have ever been heard of, by row: few are asked for, so few are looked up."""

    picture: Picture
    unit_ids: Sequence[UnitId]
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, rows: slice) -> list[Unit]:
        return [self.picture.units[unit_id].unit for unit_id in self.unit_ids[rows]]
