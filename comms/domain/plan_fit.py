"""Which plans fit an incident, and why. Pure; the desk offers by it, nobody is held to it."""

from collections.abc import Iterable

import msgspec

from comms.domain.incident import Incident
from comms.domain.plan import Plan


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """`word` is the longest of the plan's words that the incident's kind has in it, or else what was told of it."""

    plan: Plan
    word: str = ""
    is_in_text: bool = False
    is_priority: bool = True
    """The plan is for this priority."""

    @property
    def is_fitting(self) -> bool:
        return bool(self.word) and self.is_priority


def fit(plan: Plan, incident: Incident) -> Fit:
    is_priority = not plan.priorities or incident.priority in plan.priorities
    word = longest_word(plan, incident.kind)
    if word:
        return Fit(plan=plan, word=word, is_priority=is_priority)
    word = longest_word(plan, incident.text)
    return Fit(plan=plan, word=word, is_in_text=bool(word), is_priority=is_priority)


def fits(plans: Iterable[Plan], incident: Incident) -> list[Fit]:
    """All plans, those that fit first: by the kind before by what was told, the word that says most before others."""
    return sorted((fit(plan, incident) for plan in plans), key=_order)


def longest_word(plan: Plan, words: str) -> str:
    """Empty when the plan has none that is in there."""
    return max((word for word in plan.kinds if word in words), key=len, default="")


def _order(found: Fit) -> tuple[bool, bool, bool, int]:
    return (not found.is_fitting, not found.word, found.is_in_text, -len(found.word))
