"""How the parts of a scenario and their fields are called."""

from typing import TYPE_CHECKING, Any

import msgspec

from comms.domain.expectation import Expectation
from comms.domain.inject import AfterInject, AtTime, Inject
from comms.domain.measure import MORE_IS_BETTER, Measure
from comms.domain.scenario import Role, Scenario
from comms.domain.scenario_check import ScenarioFault
from console.scenario.fields import SECTIONS, Field, tag_of
from ui.text import Texts
from ui.words import duration

if TYPE_CHECKING:
    from ui.scenario.sense import Sense

CHOICES = {
    "AlarmKind": "alarm.kind.",
    "AlarmPriority": "alarm.priority.",
    "CaseStep": "case.step.",
    "OrderPriority": "priority.",
    "WeatherKind": "weather.kind.",
    "WeatherLevel": "weather_level.",
}
"""Where the desk has words for them already; the others are under `scenario.choice`."""


def choice_words(field: Field, value: str, text: Texts) -> str:
    prefix = CHOICES.get(field.choice_of, f"scenario.choice.{field.choice_of.lower()}.")
    return text(prefix + value)


def unit_words(field: Field, text: Texts) -> str:
    return text(f"scenario.unit.{field.unit}") if field.unit else ""


def field_words(struct: type[msgspec.Struct], name: str, text: Texts) -> str:
    """What a form writes before it; a type may have its own word."""
    own = f"scenario.field.{tag_of(struct)}_{name}"
    return text(own if text.has(own) else f"scenario.field.{name}")


def type_words(struct: type[msgspec.Struct], text: Texts) -> str:
    """Of one of several: a kind of inject, of condition, of what is looked for, of town."""
    return text(f"scenario.{struct.__struct_config__.tag_field}.{tag_of(struct)}")


def section_words(section: str, text: Texts) -> str:
    return text(f"scenario.section.{section}")


def part_words(part: Any, sense: "Sense") -> str:
    """What it is called in lists: its words, and how the file calls it where that tells it apart."""
    for name in ("title", "name", "words", "text", "source"):
        words = getattr(part, name, None)
        if words is not None and sense.said(words):
            return sense.said(words)
    return str(getattr(part, "id", "")) or sense.text("scenario.nameless")


def list_words(part: Any, sense: "Sense") -> str:
    """With its kind or its time, as a list of its section shows it."""
    text = sense.text
    match part:
        case Measure():
            sign = "≥" if part.kind in MORE_IS_BETTER else "≤"
            return f"{text(f'scenario.choice.measurekind.{part.kind}')} {sign} {part.limit:g}"
        case Expectation():
            return f"{duration(part.within_s)}  {part_words(part, sense)}"
        case Role():
            return f"{text(f'scenario.choice.rolekind.{part.kind}')} · {part_words(part, sense)}"
        case _:
            return part_words(part, sense)


def when_words(inject: Inject, sense: "Sense") -> str:
    """When it comes, in words: `3:00`, or after whom and how much later."""
    when, scenario = inject.when, sense.scenario()
    if isinstance(when, AtTime):
        return duration(when.s)
    other: Any = scenario.inject(when.inject) if isinstance(when, AfterInject) else None
    if not isinstance(when, AfterInject):
        other = scenario.expectation(when.expectation)
    name = part_words(other, sense) if other is not None else sense.text("scenario.nobody")
    later = f" + {duration(when.s)}" if when.s else ""
    return sense.text(f"scenario.when.{tag_of(type(when))}", name=name) + later


def where_words(fault: ScenarioFault, sense: "Sense") -> str:
    """Where something is wrong: the section and the part by its words."""
    head, *rest = fault.where.split(".")
    if head not in SECTIONS:
        is_field = head in Scenario.__struct_fields__ and sense.text.has(f"scenario.field.{head}")
        return sense.text(f"scenario.field.{head}") if is_field else sense.text("scenario.section.head")
    section = section_words(head, sense.text)
    if not rest:
        return section
    parts = getattr(sense.scenario(), head)
    part = next((each for at, each in enumerate(parts, 1) if getattr(each, "id", str(at)) == rest[0]), None)
    return section if part is None else f"{section} · {part_words(part, sense)}"
