"""Edits of a scenario, each giving another one. Pure: what cannot be is refused with sentences."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from comms.domain.inject import AtTime, Inject, InjectWhat
from comms.domain.scenario import Scenario
from comms.domain.scenario_check import ScenarioFault, ScenarioFaultCode
from comms.scenario.scenario_file import sentences_of
from console.scenario.fields import SECTIONS, Field, FieldKind, fields_of, tag_of

Path = tuple[str | int, ...]
Part = TypeVar("Part", bound=msgspec.Struct)


class EditError(ValueError):
    """An edit that no scenario can take; says why, by locale."""

    def __init__(self, sentences: dict[str, str]) -> None:
        super().__init__(sentences["en"])
        self.sentences = sentences


def checked(scenario: Scenario) -> Scenario:
    """As it will be read back from its file. Raises EditError."""
    try:
        return msgspec.convert(msgspec.to_builtins(scenario), Scenario)
    except msgspec.ValidationError as error:
        raise EditError(sentences_of(str(error))) from None


def put(scenario: Scenario, path: Path, value: Any) -> Scenario:
    """With another value at a path of field names and places. Raises EditError."""
    return checked(_with(scenario, path, value))


def at_path(scenario: Scenario, path: Path) -> Any:
    """What is there. Raises LookupError or AttributeError where nothing is."""
    found: Any = scenario
    for step in path:
        found = found[step] if isinstance(step, int) else getattr(found, step)
    return found


def _with(part: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return (*part[:step], _with(part[step], rest, value), *part[step + 1 :])
    return msgspec.structs.replace(part, **{step: _with(getattr(part, step), rest, value)})


# --- lists of parts ---------------------------------------------------------------------------------------------


def add(scenario: Scenario, section: str, part: msgspec.Struct, at: int | None = None) -> Scenario:
    """At the end, or before the one at this place. Raises EditError."""
    parts = getattr(scenario, section)
    place = len(parts) if at is None else at
    return put(scenario, (section,), (*parts[:place], part, *parts[place:]))


def remove(scenario: Scenario, section: str, at: int) -> Scenario:
    """What named it goes on naming it, which the check tells of. Raises EditError for the last that has to be there."""
    parts = getattr(scenario, section)
    return put(scenario, (section,), (*parts[:at], *parts[at + 1 :]))


def move(scenario: Scenario, section: str, at: int, to: int) -> Scenario:
    parts = list(getattr(scenario, section))
    parts.insert(max(0, min(len(parts) - 1, to)), parts.pop(at))
    return put(scenario, (section,), tuple(parts))


def duplicate(scenario: Scenario, section: str, at: int) -> Scenario:
    """Right after the first, with an id of its own."""
    part = getattr(scenario, section)[at]
    name = getattr(part, "id", None)
    if name is not None:
        part = msgspec.structs.replace(part, id=free_id(scenario, section, name))
    return add(scenario, section, part, at + 1)


def names_in(scenario: Scenario, section: str) -> list[str]:
    """Those taken: injects and expectations are named in the same breath."""
    both = ("injects", "expectations")
    groups = both if section in both else (section,)
    return [part.id for group in groups for part in getattr(scenario, group)]


def free_id(scenario: Scenario, section: str, like: str) -> str:
    taken = set(names_in(scenario, section))
    base = like.rstrip("0123456789").rstrip("_")[:34] or "part"
    return next(name for name in (base, *(f"{base}_{number}" for number in range(2, 2000))) if name not in taken)


def rename(scenario: Scenario, section: str, at: int, name: str) -> Scenario:
    """With everything that names it. Raises EditError when another is called so, or nothing can be."""
    part = getattr(scenario, section)[at]
    if name != part.id and name in names_in(scenario, section):
        raise EditError({"en": f"{name} is taken; give it another id.", "zh_CN": f"编号 {name} 已被占用，请换一个。"})
    renamed = put(scenario, (section, at, "id"), name)
    return checked(_renamed(renamed, section, part.id, name))


def _renamed(part: Part, group: str, old: str, new: str) -> Part:
    changes = {
        field.name: _renamed_value(field, getattr(part, field.name), group, old, new) for field in fields_of(type(part))
    }
    return msgspec.structs.replace(part, **changes)


def _renamed_value(field: Field, value: Any, group: str, old: str, new: str) -> Any:
    if field.group == group and field.kind is FieldKind.NAMED:
        return new if value == old else value
    if field.group == group and field.kind is FieldKind.NAMED_MANY:
        return tuple(new if name == old else name for name in value)
    if field.kind is FieldKind.PARTS:
        return tuple(_renamed(each, group, old, new) for each in value)
    if isinstance(value, msgspec.Struct):
        return _renamed(value, group, old, new)
    return value


UNFILLED = "…"
"""Stands where the format wants a word and nobody has written one yet."""


def unfilled(scenario: Scenario) -> tuple[ScenarioFault, ...]:
    """Where it still stands."""
    parts = [(f"injects.{inject.id}.what", inject.what) for inject in scenario.injects]
    return tuple(
        ScenarioFault(ScenarioFaultCode.NO_WORDS, f"{where}.{field.name}", field.name)
        for where, part in (*parts, ("area", scenario.area))
        for field in fields_of(type(part))
        if field.kind is FieldKind.LINE and getattr(part, field.name) == UNFILLED
    )


# --- new parts --------------------------------------------------------------------------------------------------

_STARTS: dict[str, Any] = {"within_s": 120.0, "for_s": 300.0, "limit": 1.0}
"""What a number that has to be there begins with, by the name of its field; others with nought."""


def new_part(scenario: Scenario, struct: type[msgspec.Struct], like: msgspec.Struct | None = None, **given: Any) -> Any:
    """Of this type, as empty as it can be: what `like` has under the same name and of the same form is kept. Raises
    EditError when it has to name somebody and nobody is there."""
    values: dict[str, Any] = {}
    for field in fields_of(struct):
        if field.name in given:
            values[field.name] = given[field.name]
        elif like is not None and field.name in _shared(type(like), struct):
            values[field.name] = getattr(like, field.name)
        elif field.is_required and not field.is_optional:
            values[field.name] = _start(scenario, struct, field)
    return struct(**values)


def _shared(one: type[msgspec.Struct], other: type[msgspec.Struct]) -> set[str]:
    """Names of the fields that both have in the same form."""
    return {
        field.name
        for field in fields_of(one)
        for twin in fields_of(other)
        if (twin.name, twin.kind, twin.choices) == (field.name, field.kind, field.choices)
    }


def _start(scenario: Scenario, struct: type[msgspec.Struct], field: Field) -> Any:
    match field.kind:
        case FieldKind.ID:
            section = next((name for name, kind in SECTIONS.items() if kind is struct), "")
            return free_id(scenario, section, tag_of(struct)[:30]) if section else tag_of(struct)
        case FieldKind.WORDS:
            return ""
        case FieldKind.LINE:
            return _said_elsewhere(scenario, struct, field.name) or UNFILLED
        case FieldKind.NUMBER:
            return _STARTS.get(field.name, 0.0)
        case FieldKind.CHOICE:
            return field.choices[0]
        case FieldKind.NAMED:
            return _first(scenario, field)
        case FieldKind.BEHAVIOUR:
            return "good"
        case _:
            return new_part(scenario, field.types[0])


def _said_elsewhere(scenario: Scenario, struct: type[msgspec.Struct], name: str) -> str | None:
    """What the first part of the same type says there."""
    return next((getattr(each.what, name) for each in scenario.injects if isinstance(each.what, struct)), None)


def _first(scenario: Scenario, field: Field) -> str:
    parts: Sequence[Any] = getattr(scenario, field.group)
    if field.group == "cast":
        parts = [actor for actor in parts if not actor.is_citizen] or parts
    if not parts:
        raise EditError({"en": f"Add something to {field.group} first.", "zh_CN": _FIRST_ZH[field.group]})
    name: str = parts[0].id
    return name


_FIRST_ZH = {
    "cast": "请先添加一名出场人员。",
    "injects": "请先添加一条情景注入。",
    "expectations": "请先添加一项预期行动。",
    "objectives": "请先添加一个目标。",
    "roles": "请先添加一个席位。",
}


def new_inject(scenario: Scenario, kind: type[InjectWhat], at_s: float) -> Inject:
    """Raises EditError as `new_part` does."""
    what = new_part(scenario, kind)
    name = free_id(scenario, "injects", tag_of(kind))
    return checked_part(Inject(id=name, title="", when=AtTime(s=at_s), what=what))


def checked_part(part: Part) -> Part:
    try:
        return msgspec.convert(msgspec.to_builtins(part), type(part))
    except msgspec.ValidationError as error:
        raise EditError(sentences_of(str(error))) from None


def shifted(scenario: Scenario, at: int, seconds: float) -> Scenario:
    """An inject so much later, or sooner as far as it can. Raises EditError past a day."""
    second = scenario.injects[at].when.s + seconds
    return put(scenario, ("injects", at, "when", "s"), float(max(0.0, second)))
