"""One fence over all units: columns of who is inside, since when, how fast; in goes what moved, out come findings."""

from dataclasses import dataclass

import numpy as np

from comms.domain.fence import Fence, FenceRule, FenceTrigger
from comms.gateway.fence_outline import Bools, Floats, Outline, Rows, Vote, margins
from comms.protocol.frames import PositionColumns

AGAIN_S = 60.0
"""What lasts is told again so often, with its new value."""
TIMED_EVERY_S = 5.0
"""How often limits in minutes are looked at."""
_OUTSIDE, _INSIDE = 0, 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A unit's row and a rule that it breaks (`value` measured, in the rule's unit) or no longer breaks."""

    row: int
    rule: FenceRule
    is_broken: bool
    value: float | None = None


class FenceField:
    """`applies` says which rows are watched; what grows is not watched until it is set."""

    def __init__(self, fence: Fence) -> None:
        self.fence = fence
        self.outline = Outline(fence.shape) if fence.shape is not None else None
        self.applies: Bools = np.zeros(0, np.bool_)
        self._rules = {rule.trigger: rule for rule in fence.rules}
        self._side, self._speed = Vote(), Vote()
        self._rows: Rows = np.zeros(0, np.intp)
        self._inside_since: Floats = np.zeros(0)
        self._is_open: Bools = np.zeros(0, np.bool_)
        """Rows that are not known to be outside, or were not sure of it when they were last looked at."""
        self._timed_at = 0.0
        self._crossed_before: dict[FenceTrigger, set[int]] = {}
        self._told_at: dict[FenceTrigger, Floats] = {}
        """When a lasting breach was last told, by row; NaN while there is none."""

    def grow(self, rows: int) -> None:
        self._side.grow(rows)
        self._speed.grow(rows)
        more = rows - len(self._rows)
        self._rows = np.arange(rows)
        if more > 0:
            self.applies = np.concatenate((self.applies, np.zeros(more, np.bool_)))
            self._is_open = np.concatenate((self._is_open, np.ones(more, np.bool_)))
            self._inside_since = np.concatenate((self._inside_since, np.full(more, np.nan)))
            for trigger in self._rules:
                known = self._told_at.get(trigger, np.zeros(0))
                self._told_at[trigger] = np.concatenate((known, np.full(more, np.nan)))

    def resume(self, row: int, trigger: FenceTrigger) -> None:
        """A breach of this row was told before a restart: its end will be told, too."""
        if trigger in (FenceTrigger.ENTER, FenceTrigger.LEAVE):
            self._crossed_before.setdefault(trigger, set()).add(row)
        elif trigger in self._told_at:
            self._told_at[trigger][row] = -np.inf

    def look(self, columns: PositionColumns, moved: Rows, outside_since: Floats, *, now: float) -> list[Finding]:
        """`moved` are rows with a new reading since the last look, `outside_since` is when a row left its own grid
        (NaN: it has not). Times are Unix seconds."""
        rows = self.worth_a_look(columns, moved)
        findings = self._cross(columns, rows) + self._race(columns, rows, now)
        if now >= self._timed_at:
            self._timed_at = now + TIMED_EVERY_S
            findings += self._dwell(now) + self._stray(outside_since, now) + self._silence(columns, now)
        return findings

    def worth_a_look(self, columns: PositionColumns, moved: Rows) -> Rows:
        """Most are far away and known to be: of them nothing can be found."""
        if self.outline is None:
            return moved[self.applies[moved]]
        is_near = self.outline.may_reach(columns.lat[moved], columns.lon[moved])
        return moved[(is_near | self._is_open[moved]) & self.applies[moved]]

    def _cross(self, columns: PositionColumns, rows: Rows) -> list[Finding]:
        if self.outline is None or not len(rows):
            return []
        depth = self.outline.depth_m(columns.lat[rows], columns.lon[rows])
        clear = abs(depth) > margins(columns.accuracy_m[rows], self.outline.size_m)
        changed, new = self._side.take(rows, depth > 0, clear)
        self._is_open[rows] = (self._side.said[rows] != _OUTSIDE) | (self._side.votes[rows] > 0)
        both = np.concatenate((changed, new))
        self._inside_since[both] = np.where(self._side.said[both] == _INSIDE, columns.at[both], np.nan)
        findings = []
        for trigger, broken_side in ((FenceTrigger.ENTER, _INSIDE), (FenceTrigger.LEAVE, _OUTSIDE)):
            rule = self._rules.get(trigger)
            if rule is not None:
                findings += [Finding(int(row), rule, bool(self._side.said[row] == broken_side)) for row in changed]
                told = self._crossed_before.get(trigger)
                back = told.intersection(new.tolist()) if told else set()
                findings += [Finding(row, rule, False) for row in back if self._side.said[row] != broken_side]
        return findings

    def _race(self, columns: PositionColumns, rows: Rows, now: float) -> list[Finding]:
        rule = self._rules.get(FenceTrigger.SPEED)
        if rule is None or not len(rows):
            return []
        is_here = self._side.said[rows] == _INSIDE if self.outline is not None else self.applies[rows]
        is_meant = is_here | ~np.isnan(self._told_at[FenceTrigger.SPEED][rows])
        rows, is_here = rows[is_meant], is_here[is_meant]
        if not len(rows):
            return []
        km_h = columns.speed_mps[rows].astype(np.float64) * 3.6
        self._speed.take(rows, km_h > (rule.limit or 0), ~np.isnan(km_h))
        return self._last(rule, rows, (self._speed.said[rows] == 1) & is_here, km_h, now)

    def _dwell(self, now: float) -> list[Finding]:
        rule = self._rules.get(FenceTrigger.DWELL)
        if rule is None:
            return []
        minutes = (now - self._inside_since) / 60
        return self._last(rule, self._rows, minutes >= (rule.limit or 0), minutes, now)

    def _stray(self, outside_since: Floats, now: float) -> list[Finding]:
        rule = self._rules.get(FenceTrigger.OUT_OF_GRID)
        if rule is None:
            return []
        minutes = (now - outside_since) / 60
        return self._last(rule, self._rows, (minutes >= (rule.limit or 0)) & self.applies, minutes, now)

    def _silence(self, columns: PositionColumns, now: float) -> list[Finding]:
        rule = self._rules.get(FenceTrigger.SILENT)
        if rule is None:
            return []
        at = columns.at[: len(self._rows)]
        minutes = (now - at) / 60
        broken = np.isfinite(at) & (minutes >= (rule.limit or 0)) & self.applies
        if self.outline is not None:
            broken &= self._side.said == _INSIDE
        return self._last(rule, self._rows, broken, minutes, now)

    def _last(self, rule: FenceRule, rows: Rows, broken: Bools, values: Floats, now: float) -> list[Finding]:
        """What lasts: told when it begins, now and then while it lasts, and when it is over. All by `rows`."""
        told_at = self._told_at[rule.trigger]
        before = told_at[rows]
        over = ~np.isnan(before) & ~broken
        due = broken & ~(now - before < AGAIN_S)
        told_at[rows[over]], told_at[rows[due]] = np.nan, now
        findings = [Finding(int(row), rule, False) for row in rows[over]]
        return findings + [
            Finding(int(row), rule, True, float(value)) for row, value in zip(rows[due], values[due], strict=True)
        ]
