"""Geofences at the gateway: once a second what moved is looked at, and findings become alarms."""

from collections.abc import Callable, Iterable
from datetime import datetime

import numpy as np

from comms.domain.alarm import HOLDING_PHASES, Alarm
from comms.domain.events import FenceChanged, FenceDrawn, FenceErased, Recorded, UnitDefined
from comms.domain.fence import KINDS, Fence, FenceTrigger
from comms.domain.ids import FenceId, UnitId
from comms.domain.jurisdiction import contains
from comms.domain.order import JurisdictionTarget, Place, TalkgroupTarget, UnitsTarget
from comms.domain.unit import Unit, UnitStatus
from comms.gateway.alarms import Alarms
from comms.gateway.context import Clock, Timer
from comms.gateway.fence_field import FenceField, Finding
from comms.gateway.fence_outline import Rows
from comms.gateway.home_ground import HomeGround
from comms.gateway.positions import Positions
from comms.journal.journal import Journal
from comms.protocol.area import Area

LOOK_S = 1.0
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
        self._fields: dict[FenceId, FenceField] = {}
        """Of the fences that count now."""
        self._home: HomeGround | None = None
        self._looked_at = np.zeros(0)
        """The time of each row's reading when it was last looked at."""
        self._is_stale = True
        """Who is watched by which fence has to be found anew."""
        self._timer: Timer | None = None

    def start(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + LOOK_S, self._tick)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def set_area(self, area: Area) -> None:
        """The ground units answer for is known now."""
        self._home = HomeGround(area)
        self._is_stale = True

    def tell(self, recorded: Iterable[Recorded]) -> None:
        for item in recorded:
            match item.event:
                case FenceChanged(fence=fence):
                    self._drop(fence.id)
                case FenceErased(fence_id=fence_id):
                    self._drop(fence_id)
                case FenceDrawn() | UnitDefined():
                    self._is_stale = True
                case _:
                    pass

    def _tick(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + LOOK_S, self._tick)
        if not self._journal.is_failing:
            self.look()

    def look(self) -> None:
        """At everything that moved since the last look."""
        now = self._clock.now()
        self._keep_schedules(now)
        columns, count = self._positions.columns, len(self._positions)
        if self._is_stale or count > len(self._looked_at):
            self._settle(count)
        moved: Rows = np.flatnonzero(columns.at[:count] > self._looked_at)
        self._looked_at[moved] = columns.at[moved]
        outside_since = np.full(count, np.nan)
        if self._home is not None:
            self._home.look(columns, moved)
            outside_since = self._home.outside_since
        for fence_field in self._fields.values():
            for finding in fence_field.look(columns, moved, outside_since, now=now):
                self._tell_alarm(fence_field.fence, finding)

    # --- which fences count, and for whom --------------------------------------------------------------------

    def _keep_schedules(self, now: float) -> None:
        local = self._local_time(now)
        minute = local.hour * 60 + local.minute
        fences = self._journal.picture.fences
        for fence in fences.values():
            counts = fence.is_on and fence.schedule.holds(weekday=local.weekday(), minute=minute)
            if counts and fence.id not in self._fields:
                self._fields[fence.id] = FenceField(fence)
                self._is_stale = True
            elif not counts and fence.id in self._fields:
                self._drop(fence.id)

    def _drop(self, fence_id: FenceId) -> None:
        """It no longer counts: what it told is over."""
        self._fields.pop(fence_id, None)
        self._is_stale = True
        for alarm_id, state in list(self._journal.picture.alarms.states.items()):
            if state.alarm.fence_id == fence_id and state.phase in HOLDING_PHASES:
                self._alarms.clear(alarm_id)

    def _settle(self, count: int) -> None:
        before = len(self._looked_at)
        self._looked_at = np.concatenate((self._looked_at, np.full(count - before, -np.inf)))
        states = self._journal.picture.units
        units = [states[unit_id].unit for unit_id in self._positions.unit_ids]
        for fence_field in self._fields.values():
            fence_field.grow(count)
            fence_field.applies = np.array([applies(fence_field.fence, unit) for unit in units], np.bool_)
        if self._home is not None:
            self._home.settle([unit.jurisdiction_id for unit in units])
        self._resume({unit.id: row for row, unit in enumerate(units)})
        self._is_stale = False

    def _resume(self, rows: dict[UnitId, int]) -> None:
        """Alarms that were up before a restart, or before a unit was first heard of, end when their cause has."""
        triggers = {kind: trigger for trigger, kind in KINDS.items()}
        for state in self._journal.picture.alarms.states.values():
            alarm = state.alarm
            if alarm.kind not in triggers or state.phase not in HOLDING_PHASES or alarm.unit_id not in rows:
                continue
            fence_field = self._fields.get(alarm.fence_id) if alarm.fence_id is not None else None
            if fence_field is not None:
                fence_field.resume(rows[alarm.unit_id], triggers[alarm.kind])

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


def applies(fence: Fence, unit: Unit) -> bool:
    """Does this fence watch this unit? Never one outside the jurisdiction that owns it."""
    if not contains(fence.jurisdiction_id, unit.jurisdiction_id):
        return False
    match fence.subject:
        case UnitsTarget(unit_ids=unit_ids):
            return unit.id in unit_ids
        case TalkgroupTarget(talkgroup_id=talkgroup_id):
            return talkgroup_id in unit.talkgroup_ids
        case JurisdictionTarget(jurisdiction_id=jurisdiction_id):
            return contains(jurisdiction_id, unit.jurisdiction_id)
