"""The plan (预案) for what happens around a place: the first kind of incident that has one names it."""

from collections.abc import Iterable

from comms.domain.plan import Plan
from comms.domain.plan_fit import longest_word


def plan_for(kinds: Iterable[str], plans: Iterable[Plan]) -> Plan | None:
    """The plan of the first kind that has one; of several the one whose word says most."""
    known = tuple(plans)
    for kind in kinds:
        best = max(known, key=lambda plan: len(longest_word(plan, kind)), default=None)
        if best is not None and longest_word(best, kind):
            return best
    return None
