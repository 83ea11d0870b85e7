"""Plans (预案) as data: what one key sets going for an incident, step by step, and by when the rest is to be seen to.

A plan is the site's own: `read_plans` takes its file and says in plain sentences what cannot work.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import PlanId
from comms.domain.order import OrderPriority

Words = str | dict[str, str]
"""In one language, or by locale (`zh_CN`, `en`)."""
StepId = str
_Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Metres = Annotated[float, Meta(gt=0, le=20_000)]
Minutes = Annotated[float, Meta(gt=0, le=10_080)]
MOST_STEPS = 60
MOST_PLANS = 200
MOST_WORDS = 500
PLACEHOLDERS = frozenset({"place", "kind", "text", "level"})
"""What a plan's words may name in braces; filled in from the incident."""


class PlanLevel(StrEnum):
    """响应级别: Ⅳ is the lowest."""

    IV = "IV"
    III = "III"
    II = "II"
    I = "I"  # noqa: E741 - the Roman numeral of the level

    @property
    def rank(self) -> int:
        """Higher is graver."""
        return tuple(PlanLevel).index(self)


USUAL_LEVEL = {
    OrderPriority.NORMAL: PlanLevel.IV,
    OrderPriority.URGENT: PlanLevel.III,
    OrderPriority.CRITICAL: PlanLevel.II,
}
"""What is offered at first, by the incident's priority; the officer chooses."""


class Nearest(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="nearest", forbid_unknown_fields=True):
    """The best units for the place, as far as `within_m`. Who has the skills comes before who lacks them."""

    count: Annotated[int, Meta(ge=1, le=100)]
    within_m: Metres = 5_000.0
    skills: tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...] = ()
    only_free: bool = False


class Within(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="within", forbid_unknown_fields=True):
    """Every unit so near."""

    radius_m: Metres


class Standing(msgspec.Struct, frozen=True, kw_only=True, tag_field="by", tag="talkgroup", forbid_unknown_fields=True):
    """Those of a standing talkgroup, by its id or its name."""

    talkgroup: Annotated[str, Meta(min_length=1, max_length=100)]


Who = Nearest | Within | Standing


class _Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="do", forbid_unknown_fields=True):
    id: _Name
    from_level: PlanLevel = PlanLevel.IV
    """From this level on; below it the step is not part of the plan."""
    whose: Words = ""
    """Who sees to it, as the plan calls him."""
    due_min: Minutes | None = None
    """By when after the start (T+ minutes). What is not done by then is an alarm."""


class TalkgroupStep(_Step, frozen=True, kw_only=True, tag="talkgroup"):
    """Form an ad-hoc talkgroup of these units, or take up a standing one."""

    name: Words
    who: Who


class OrderStep(_Step, frozen=True, kw_only=True, tag="order"):
    """Order these units to do something. `items` are names or ids of the item list, the first in force counts."""

    title: Words
    text: Words = ""
    who: Who
    items: tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...] = ()
    limit_min: Minutes | None = None
    priority: OrderPriority | None = None
    """None: the incident's."""


class CamerasStep(_Step, frozen=True, kw_only=True, tag="cameras"):
    """Show the nearest cameras at the desk."""

    within_m: Metres
    most: Annotated[int, Meta(ge=1, le=50)] = 6


class LayersStep(_Step, frozen=True, kw_only=True, tag="layers"):
    """Switch layers of the map on: ids, or the part before the stroke for all its categories."""

    layers: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(min_length=1)]


class CheckStep(_Step, frozen=True, kw_only=True, tag="check"):
    """Somebody has to see to it and say so."""

    text: Words


class NotifyStep(_Step, frozen=True, kw_only=True, tag="notify"):
    """Tell a department, the first that is known by one of these ids or words of its name. Where the case is
    registered it is dispatched there; else somebody calls."""

    departments: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...], Meta(min_length=1)]
    text: Words


PlanStep = TalkgroupStep | OrderStep | CamerasStep | LayersStep | CheckStep | NotifyStep
DESK_STEPS = (CamerasStep, LayersStep)
"""Carried out by the desk that started the plan, which then says so."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`kinds` are words of incident kinds: the plan fits a kind that has one of them in it."""

    id: PlanId
    name: Words
    kinds: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(min_length=1)]
    priorities: tuple[OrderPriority, ...] = ()
    """None given: all."""
    steps: Annotated[tuple[PlanStep, ...], Meta(min_length=1, max_length=MOST_STEPS)]
    source: str = ""
    """Where its measures are written down."""

    def steps_at(self, level: PlanLevel) -> tuple[PlanStep, ...]:
        return tuple(step for step in self.steps if step.from_level.rank <= level.rank)

    def step(self, step_id: StepId) -> PlanStep | None:
        return next((step for step in self.steps if step.id == step_id), None)

    @property
    def levels(self) -> tuple[PlanLevel, ...]:
        """Those that differ in what they do, from the lowest."""
        return tuple(level for level in PlanLevel if any(step.from_level is level for step in self.steps))


def said(words: Words, locale: str, **values: str) -> str:
    """In this language, else in any; with the values filled in."""
    if isinstance(words, dict):
        words = words.get(locale) or next(iter(words.values()), "")
    return words.format_map(values) if values else words


def text_of(step: PlanStep) -> Words:
    """What a step is called; layers and cameras are called by whoever shows them."""
    match step:
        case TalkgroupStep():
            return step.name
        case OrderStep():
            return step.title
        case CheckStep() | NotifyStep():
            return step.text
        case _:
            return ""


class PlanFileError(ValueError):
    """One plain sentence: which plan, which step, what to do."""


class _Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan whose steps have not been looked at."""

    id: _Name
    name: Words
    kinds: tuple[str, ...]
    steps: list[dict[str, Any]]
    priorities: tuple[OrderPriority, ...] = ()
    source: Annotated[str, Meta(max_length=MOST_WORDS)] = ""


def read_plans(data: bytes) -> tuple[Plan, ...]:
    """Raises PlanFileError."""
    try:
        raw = msgspec.json.decode(data, type=list[dict[str, Any]])
    except UNREADABLE as error:
        raise PlanFileError(f"The file is no list of plans in JSON ({error}); compare it with the product's.") from None
    if not 0 < len(raw) <= MOST_PLANS:
        raise PlanFileError(f"The file has {len(raw)} plans; give 1 to {MOST_PLANS}.")
    plans = tuple(_plan(number, entry) for number, entry in enumerate(raw, start=1))
    doubled = _doubled([plan.id for plan in plans])
    if doubled:
        raise PlanFileError(f"Two plans have the id {doubled}; give one of them another.")
    return plans


def _plan(number: int, entry: dict[str, Any]) -> Plan:
    where = f"Plan {number} ({entry.get('id', 'without an id')})"
    try:
        draft = msgspec.convert(entry, _Draft)
        steps = tuple(_step(where, at, step) for at, step in enumerate(draft.steps, start=1))
        plan = msgspec.convert(entry, Plan)
    except msgspec.ValidationError as error:
        raise PlanFileError(f"{where}: {error}.") from None
    if not all(_texts(plan.name)):
        raise PlanFileError(f"{where} has no name; give it one in every language.")
    doubled = _doubled([step.id for step in steps])
    if doubled:
        raise PlanFileError(f"{where}: two steps have the id {doubled}; give one of them another.")
    return plan


def _step(where: str, at: int, raw: dict[str, Any]) -> PlanStep:
    where = f"{where}, step {at} ({raw.get('id', 'without an id')})"
    try:
        step: PlanStep = msgspec.convert(raw, PlanStep)
    except msgspec.ValidationError as error:
        raise PlanFileError(f"{where}: {error}.") from None
    title = text_of(step)
    if not isinstance(step, DESK_STEPS) and not (title and all(_texts(title))):
        raise PlanFileError(f"{where} says nothing; write what is to be done, in every language.")
    details = step.text if isinstance(step, OrderStep) else ""
    for words in (*_texts(title), *_texts(details), *_texts(step.whose)):
        fault = _template_fault(words)
        if fault:
            raise PlanFileError(f"{where}: {fault}")
    return step


def _texts(words: Words) -> Iterator[str]:
    yield from words.values() if isinstance(words, dict) else (words,)


def _template_fault(words: str) -> str:
    if len(words) > MOST_WORDS:
        return f"the words are {len(words)} characters long; at most {MOST_WORDS} fit on a terminal."
    named = set(re.findall(r"\{(.*?)\}", words))
    if named - PLACEHOLDERS:
        known = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
        return f"{{{min(named - PLACEHOLDERS)}}} is nothing a plan can fill in; there are {known}."
    if re.sub(r"\{.*?\}", "", words).count("{") or re.sub(r"\{.*?\}", "", words).count("}"):
        return f"a brace in {words!r} has no partner; write names such as {{place}}."
    return ""


def _doubled(names: list[Any]) -> str:
    return next((name for at, name in enumerate(names) if name in names[:at]), "")
