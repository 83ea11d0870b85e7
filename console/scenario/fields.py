"""The fields of a scenario's parts, read from their types, so that none can be forgotten: what kind of field it is, in
which unit, of which group it names somebody."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import msgspec
from msgspec import inspect

from comms.domain.inject import Spot
from comms.domain.scenario import Scenario


class FieldKind(StrEnum):
    ID = "id"
    WORDS = "words"
    LINE = "line"
    LINES = "lines"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    NAMED = "named"
    """The id of another part; `Field.group` is where it is."""
    NAMED_MANY = "named_many"
    SPOT = "spot"
    BEHAVIOUR = "behaviour"
    PART = "part"
    """Fields of its own, of the one type in `Field.types`."""
    ONE_OF = "one_of"
    """One of several types, each with fields of its own."""
    PARTS = "parts"
    """A list of parts."""


@dataclass(frozen=True, slots=True)
class Field:
    """`types` are the structs it may hold, `choices` the values; `unit` is a word of the catalogue, or empty."""

    name: str
    kind: FieldKind
    is_optional: bool = False
    group: str = ""
    unit: str = ""
    is_whole: bool = False
    is_long: bool = False
    known: str = ""
    """Of which names of the town one may be taken."""
    types: tuple[type[msgspec.Struct], ...] = ()
    choices: tuple[str, ...] = ()
    choice_of: str = ""
    """The type of the choices."""
    is_required: bool = False


GROUPS = {
    "actor": "cast",
    "actors": "cast",
    "inject": "injects",
    "since": "injects",
    "expectation": "expectations",
    "objective": "objectives",
    "role": "roles",
}
"""Whom a field of this name names."""
UNITS = {
    "s": "s",
    "for_s": "s",
    "within_s": "s",
    "for_min": "min",
    "length_min": "min",
    "radius_m": "m",
    "within_m": "m",
    "people": "people",
    "count": "units",
    "units": "units",
    "lat": "degrees",
    "lon": "degrees",
}
KNOWN = {
    "talkgroup": "talkgroups",
    "jurisdiction": "jurisdictions",
    "items": "items",
    "skills": "skills",
    "plan": "plans",
    "grid": "grids",
    "street": "streets",
    "crossing": "streets",
    "named": "places",
    "source": "sources",
    "kind": "kinds",
    "officer": "officers",
}
LONG = frozenset({"summary", "text", "note", "task", "says"})
FIXED = frozenset({"format"})
"""Not for people: the product writes it."""


@cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Those a person may change, in the order of the type. Raises TypeError for a type no field is known for."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    found = (_field(each) for each in info.fields if each.name not in FIXED)
    return tuple(replace(field, is_long=field.is_long and struct is not Spot) for field in found)


def field_of(struct: type[msgspec.Struct], name: str) -> Field:
    return next(field for field in fields_of(struct) if field.name == name)


def tag_of(struct: type[msgspec.Struct]) -> str:
    """What a file calls it; of a type that stands for itself, its name in small letters."""
    tag = struct.__struct_config__.tag
    return tag if isinstance(tag, str) else struct.__name__.lower()


def _field(told: inspect.Field) -> Field:
    kind, is_optional = _bare(told.type)
    found = _special(told.name, kind) or _plain(told.name, kind)
    if found is None:
        raise TypeError(f"{told.name}: nothing to edit {told.type!r} with")
    return replace(found, is_optional=is_optional, is_required=told.required)


def _bare(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    """Without None, and whether None was among it."""
    if not isinstance(kind, inspect.UnionType):
        return kind, False
    others = tuple(each for each in kind.types if not isinstance(each, inspect.NoneType))
    bare = others[0] if len(others) == 1 else inspect.UnionType(others)
    return bare, len(others) < len(kind.types)


def _special(name: str, kind: inspect.Type) -> Field | None:
    if name == "behaviour":
        return Field(name, FieldKind.BEHAVIOUR)
    if isinstance(kind, inspect.StructType):
        is_spot = kind.cls is Spot
        return Field(name, FieldKind.SPOT if is_spot else FieldKind.PART, types=(kind.cls,))
    if isinstance(kind, inspect.UnionType):
        if any(isinstance(each, inspect.DictType) for each in kind.types):
            return Field(name, FieldKind.WORDS, is_long=name in LONG)
        structs = tuple(each.cls for each in kind.types if isinstance(each, inspect.StructType))
        return Field(name, FieldKind.ONE_OF, types=structs) if len(structs) == len(kind.types) else None
    if isinstance(kind, inspect.VarTupleType):
        return _many(name, kind.item_type)
    return None


def _many(name: str, kind: inspect.Type) -> Field | None:
    if isinstance(kind, inspect.StructType):
        return Field(name, FieldKind.PARTS, types=(kind.cls,))
    if not isinstance(kind, inspect.StrType):
        return None
    if name in GROUPS:
        return Field(name, FieldKind.NAMED_MANY, group=GROUPS[name])
    return Field(name, FieldKind.LINES, known=KNOWN.get(name, ""))


def _plain(name: str, kind: inspect.Type) -> Field | None:
    if isinstance(kind, inspect.EnumType):
        choices = tuple(str(each.value) for each in kind.cls)
        return Field(name, FieldKind.CHOICE, choices=choices, choice_of=kind.cls.__name__)
    if isinstance(kind, inspect.BoolType):
        return Field(name, FieldKind.FLAG)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return Field(name, FieldKind.NUMBER, unit=UNITS.get(name, ""), is_whole=isinstance(kind, inspect.IntType))
    if not isinstance(kind, inspect.StrType):
        return None
    if name == "id":
        return Field(name, FieldKind.ID)
    if name in GROUPS:
        return Field(name, FieldKind.NAMED, group=GROUPS[name])
    return Field(name, FieldKind.LINE, known=KNOWN.get(name, ""))


def _sections() -> dict[str, type[msgspec.Struct]]:
    return {field.name: field.types[0] for field in fields_of(Scenario) if field.kind is FieldKind.PARTS}


SECTIONS = _sections()
"""The lists of a scenario by the name of their field, with what is in them."""
