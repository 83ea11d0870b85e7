"""The clock of a case: how long a department has, how it runs, stands still and is given longer."""

import msgspec

from comms.domain.time_limit import TimeLimit


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
