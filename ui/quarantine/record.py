"""A record as it came, laid out as fields: JSON (also a row of a sheet), XML, a form; anything else as it is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_FIELDS = 300
MOST_VALUE = 2000
MOST_RAW = 20_000
"""Characters. More than this nobody reads; the whole stays in the store."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the way to it, `case.places.0.lat`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Record:
    """`raw` is what it says when it has no fields."""

    fields: tuple[Field, ...] = ()
    raw: str = ""
    is_cut: bool = False


def read_record(data: bytes, media_type: str) -> Record:
    """Never raises: a broken record is what quarantine is for. Takes a while for a large one: call it on a thread."""
    found: list[Field] = []
    for name, value in _fields(data, media_type):
        if len(found) == MOST_FIELDS:
            return Record(tuple(found), is_cut=True)
        found.append(Field(name, value[:MOST_VALUE]))
    if found:
        return Record(tuple(found))
    written = data[: 4 * MOST_RAW].decode("utf-8", "replace")
    return Record(raw=written[:MOST_RAW], is_cut=len(written) > MOST_RAW or len(data) > 4 * MOST_RAW)


def _fields(data: bytes, media_type: str) -> Iterator[tuple[str, str]]:
    try:
        if media_type == _FORM:
            yield from parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)
        elif media_type.endswith("xml"):
            yield from _of_element(fromstring(data, forbid_dtd=True), "")
        else:
            whole = json.loads(data)
            if isinstance(whole, dict | list):
                yield from _of_json(whole, "")
    except (ValueError, RecursionError, ParseError, DefusedXmlException):
        return


def _of_json(value: Any, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _of_json(inner, _within(name, str(key)))
        case list():
            for place, inner in enumerate(value):
                yield from _of_json(inner, _within(name, str(place)))
        case None:
            yield name, ""
        case str():
            yield name, value
        case _:
            yield name, json.dumps(value)


def _of_element(element: Element, name: str) -> Iterator[tuple[str, str]]:
    own = _within(name, element.tag.rpartition("}")[2])
    said = (element.text or "").strip()
    for key, value in element.attrib.items():
        yield _within(own, f"@{key.rpartition('}')[2]}"), value
    if said or not len(element):
        yield own, said
    for inner in element:
        yield from _of_element(inner, own)


def _within(name: str, inner: str) -> str:
    return f"{name}.{inner}" if name else inner
