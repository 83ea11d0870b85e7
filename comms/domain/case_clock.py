"""The clock of a case: how long a department has, how it runs, stands still and is given longer. Pure."""

import msgspec

from comms.domain.time_limit import TimeLimit
from comms.domain.work_calendar import WorkCalendar

WARN_LEFT = 0.2
"""Warned when this part of the time is left."""
ESCALATE_OVER = 0.5
"""催办 at the deadline, 督办 when it is exceeded by this part of the time. Our own figures; a standard gives none."""


class CaseClock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As it stands after a move. Instants are Unix seconds; counted seconds run only when the limit's unit runs."""

    limit: TimeLimit
    allowed_s: float
    """Counted seconds allowed: the limit, and what was added to it."""
    counted_s: float = 0.0
    """Counted until it was last stopped, or begun."""
    running_since: float | None = None
    """None while it stands still, for the reason given in the flow."""
    due_at: float
    """When it is up, or would be had it not been stopped."""
    warn_at: float
    escalate_at: float
    is_late: bool = False
    """It was up at least once before the department was done."""

    def is_late_at(self, now: float) -> bool:
        return self.is_late or (self.running_since is not None and now > self.due_at)


class ClockWork:
    """What can be done to a clock, by a calendar."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar

    def begun(self, limit: TimeLimit, at: float) -> CaseClock:
        allowed_s = self._calendar.seconds(limit, at=at)
        due_at = self._calendar.deadline(at, allowed_s, limit.unit)
        return self._timed(CaseClock(limit=limit, allowed_s=allowed_s, due_at=due_at, warn_at=at, escalate_at=at), at)

    def stopped(self, clock: CaseClock, at: float) -> CaseClock:
        """It stands still: suspended, handed back, or closed. Nothing counts until it goes on."""
        if clock.running_since is None:
            return clock
        counted_s = clock.counted_s + self._calendar.elapsed_s(clock.running_since, at, clock.limit.unit)
        return msgspec.structs.replace(clock, counted_s=counted_s, running_since=None, is_late=clock.is_late_at(at))

    def gone_on(self, clock: CaseClock, at: float) -> CaseClock:
        """What was left is left. One that was late stays late, and is not reminded of again."""
        left_s = clock.allowed_s - clock.counted_s
        due_at = clock.due_at if clock.is_late else self._calendar.deadline(at, left_s, clock.limit.unit)
        return self._timed(msgspec.structs.replace(clock, due_at=due_at), at)

    def extended(self, clock: CaseClock, until_at: float, at: float) -> CaseClock:
        """The new deadline is the one that was asked for, to the second."""
        more_s = self._calendar.elapsed_s(clock.due_at, until_at, clock.limit.unit)
        counted_s = self.counted_s(clock, at)
        return self._timed(
            msgspec.structs.replace(clock, allowed_s=clock.allowed_s + more_s, counted_s=counted_s, due_at=until_at), at
        )

    def counted_s(self, clock: CaseClock, now: float) -> float:
        """Counted until now."""
        if clock.running_since is None:
            return clock.counted_s
        return clock.counted_s + self._calendar.elapsed_s(clock.running_since, now, clock.limit.unit)

    def _timed(self, clock: CaseClock, at: float) -> CaseClock:
        """Running since `at`, with the instants that follow from it."""
        unit = clock.limit.unit
        to_warn_s = clock.allowed_s * (1 - WARN_LEFT) - clock.counted_s
        return msgspec.structs.replace(
            clock,
            running_since=at,
            warn_at=min(clock.due_at, self._calendar.deadline(at, to_warn_s, unit)),
            escalate_at=self._calendar.deadline(clock.due_at, clock.allowed_s * ESCALATE_OVER, unit),
        )
