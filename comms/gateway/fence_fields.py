"""All fences that count over all units: one look at what moved, in steps short enough for the loop that carries voice.

Steps rather than a worker thread: hundreds of short numpy calls keep the interpreter's lock, and a thread that holds it
makes the loop wait 5 ms each time it wakes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from comms.domain.alarm import HOLDING_PHASES, AlarmState
from comms.domain.fence import KINDS, Fence
from comms.domain.ids import FenceId
from comms.domain.unit import Unit
from comms.gateway.fence_field import FenceField, Finding
from comms.gateway.fence_outline import Floats
from comms.gateway.fence_roster import Roster
from comms.gateway.home_ground import HomeGround
from comms.protocol.frames import PositionColumns

ROWS_A_STEP = 250
"""Units whose own ground is looked at in one step."""
UNITS_A_STEP = 500
"""Units taken into the roster in one step."""
_TRIGGERS = {kind: trigger for trigger, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Found:
    fence: Fence
    finding: Finding


class Units(Protocol):
    """By row."""

    def __len__(self) -> int: ...
    def __getitem__(self, rows: slice, /) -> Sequence[Unit]: ...


Steps = Iterator[Found | None]
"""None: nothing found, but time has passed."""


class FenceFields:
    """Fences may be added between looks and dropped at any time; what is dropped finds nothing any more."""

    def __init__(self) -> None:
        self._fields: dict[FenceId, FenceField] = {}
        self._home: HomeGround | None = None
        self._roster = Roster()
        self._is_roster_old = False
        self._settled: dict[FenceId, int] = {}
        """Of how many units a fence knows whether it watches them."""
        self._is_unsure = False
        """What was told of somebody before is to be looked up."""
        self._looked_at: Floats = np.zeros(0)
        """The time of each row's reading when it was last looked at."""

    def __contains__(self, fence_id: FenceId) -> bool:
        return fence_id in self._fields

    def add(self, fence: Fence) -> None:
        self._fields[fence.id] = FenceField(fence)
        self._settled.pop(fence.id, None)

    def drop(self, fence_id: FenceId) -> None:
        self._fields.pop(fence_id, None)

    def set_ground(self, home: HomeGround) -> None:
        self._home = home
        self._is_roster_old = True

    def forget_units(self) -> None:
        """Their homes or talkgroups are others now: who is watched by whom has to be found anew."""
        self._is_roster_old = True

    def steps(self, columns: PositionColumns, units: Units, told: Sequence[AlarmState], *, now: float) -> Steps:
        """One look. `columns` stand still for as long as it lasts; `units` are those of its first rows; `told` are
        alarms that may have been raised before a restart. Findings come fence by fence, as they would in one go."""
        yield from self._settle(columns, units)
        if self._is_unsure:
            self._is_unsure = False
            self._resume(told)
        moved = np.flatnonzero(columns.at > self._looked_at)
        self._looked_at[moved] = columns.at[moved]
        outside_since = np.full(len(columns), np.nan)
        if self._home is not None:
            for first in range(0, len(moved), ROWS_A_STEP):
                self._home.look(columns, moved[first : first + ROWS_A_STEP])
                yield None
            outside_since = self._home.outside_since
        for fence_id, fence_field in list(self._fields.items()):
            if self._fields.get(fence_id) is not fence_field:
                continue
            for finding in fence_field.look(columns, moved, outside_since, now=now):
                if self._fields.get(fence_id) is fence_field:
                    yield Found(fence_field.fence, finding)
            yield None

    def _settle(self, columns: PositionColumns, units: Units) -> Steps:
        """Room for all units, and who is watched by whom."""
        if self._is_roster_old:
            self._roster, self._is_roster_old = Roster(), False
            self._settled.clear()
        count, more = len(units), len(columns) - len(self._looked_at)
        self._looked_at = np.concatenate((self._looked_at, np.full(more, -np.inf)))
        if self._home is not None:
            self._home.grow(len(columns))
        for first in range(len(self._roster), count, UNITS_A_STEP):
            newcomers = units[first : min(first + UNITS_A_STEP, count)]
            self._roster.add(newcomers)
            if self._home is not None:
                self._home.settle([unit.jurisdiction_id for unit in newcomers], first=first)
            yield None
        for fence_id, fence_field in list(self._fields.items()):
            first = self._settled.get(fence_id, -1)
            if first < count:
                fence_field.grow(len(columns))
                fence_field.applies[max(first, 0) : count] = self._roster.watched(fence_field.fence, max(first, 0))
                self._settled[fence_id], self._is_unsure = count, True
                yield None

    def _resume(self, told: Sequence[AlarmState]) -> None:
        """Alarms that were up before a restart, or before a unit was first heard of, end when their cause has."""
        rows = self._roster.rows
        for state in told:
            alarm = state.alarm
            if alarm.kind not in _TRIGGERS or state.phase not in HOLDING_PHASES or alarm.unit_id not in rows:
                continue
            fence_field = self._fields.get(alarm.fence_id) if alarm.fence_id is not None else None
            if fence_field is not None:
                fence_field.resume(rows[alarm.unit_id], _TRIGGERS[alarm.kind])
