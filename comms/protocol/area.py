"""The static map of an area: what a desk draws beneath the units. Travels as one blob (JSON).

A city has some 250,000 of these things: they are not watched for cycles, which they cannot form, and share what most of
them have in common.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import DepartmentId, JurisdictionId, OfficerId, UnitId
from comms.domain.item import Item
from comms.domain.jurisdiction import Jurisdiction
from comms.domain.officer import Department, OfficerRole
from comms.domain.patrol import PatrolPlan, Question
from comms.domain.pause import never
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.protocol.places import Places, from_wire, to_wire

if TYPE_CHECKING:
    Line = Sequence[tuple[float, float]]
    """Places (lat, lon) in WGS-84: tuples where they are made, `Places` when they come from the wire."""
else:
    Line = Places

_PIECE_BYTES = 60_000
"""Decoded in one step, of some tenths of a millisecond."""
_WINDOW_BYTES = 1_000_000
"""Looked through in one step."""
MEDIA_TYPE = "application/vnd.wangge.area+json"


class GridHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """网格长: who answers for a grid. One who carries a terminal is reached by a point call, others by `phone`."""

    name: str
    unit_id: UnitId | None = None
    phone: str = ""


class Grid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A grid's outline: rings of (lat, lon) in WGS-84, first ring outer, not closed."""

    jurisdiction_id: JurisdictionId
    name: str
    rings: tuple[Line, ...]
    population: int | None = None
    """Residents counted; None where nobody has counted."""
    head: GridHead | None = None


class Street(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A street's centre line, points (lat, lon). `rank` 0 is a main road, 1 a street, 2 a lane."""

    name: str
    rank: int
    line: Line


def _share_category(thing: "Camera | KeyPlace | CityPart | RiskSource") -> None:
    """At once, while it is read: room that is given back later stays in pieces."""
    msgspec.structs.force_setattr(thing, "category", sys.intern(thing.category))


class Camera(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: str
    name: str
    lat: float
    lon: float
    heading_deg: float | None = None
    category: str = ""
    """What it is there for (治安, 交通, …): data of the area."""

    def __post_init__(self) -> None:
        _share_category(self)


class KeyPlace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """重点场所: `category` is data of the area (出租屋, 三小场所, 学校, …)."""

    id: str
    name: str
    category: str
    lat: float
    lon: float
    address: str = ""

    def __post_init__(self) -> None:
        _share_category(self)


class CityPart(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """城市部件: `category` is its class, data of the area."""

    id: str
    name: str
    category: str
    lat: float
    lon: float

    def __post_init__(self) -> None:
        _share_category(self)


class RiskSource(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """风险源: `category` is its kind, `level` from 1 (highest) to 4; who answers for it in `keeper`."""

    id: str
    name: str
    category: str
    lat: float
    lon: float
    level: int = 4
    keeper: str = ""

    def __post_init__(self) -> None:
        _share_category(self)


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """One area. `bounds` is (south, west, north, east) in degrees."""

    name: str
    bounds: tuple[float, float, float, float]
    grids: tuple[Grid, ...] = ()
    streets: tuple[Street, ...] = ()
    cameras: tuple[Camera, ...] = ()
    places: tuple[KeyPlace, ...] = ()
    parts: tuple[CityPart, ...] = ()
    risks: tuple[RiskSource, ...] = ()


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    """What stands before the things."""

    name: str
    bounds: tuple[float, float, float, float]


_decoder = msgspec.json.Decoder(Area, dec_hook=from_wire)
_head_decoder = msgspec.json.Decoder(_Head)
_decoders: dict[str, "msgspec.json.Decoder[list[Any]]"] = {
    "grids": msgspec.json.Decoder(list[Grid], dec_hook=from_wire),
    "streets": msgspec.json.Decoder(list[Street], dec_hook=from_wire),
    "cameras": msgspec.json.Decoder(list[Camera]),
    "places": msgspec.json.Decoder(list[KeyPlace]),
    "parts": msgspec.json.Decoder(list[CityPart]),
    "risks": msgspec.json.Decoder(list[RiskSource]),
}


def encode_area(area: Area) -> bytes:
    return msgspec.json.encode(area, enc_hook=to_wire)


def decode_area(data: bytes | bytearray, pause: Callable[[], None] = never) -> Area:
    """A city takes 0.4 s, in small steps with a `pause` before each. Raises one of `UNREADABLE` when the blob is no
    area."""
    try:
        return _decoded_in_pieces(data, pause)
    except UNREADABLE:  # written otherwise than by `encode_area`, or a name has a border's letters in it
        return _decoder.decode(data)


def _decoded_in_pieces(data: bytes | bytearray, pause: Callable[[], None]) -> Area:
    """Each list is cut where one thing ends and the next begins. Where that goes wrong a piece cannot be decoded."""
    starts: dict[str, int] = {}
    at = 0
    for name in _decoders:
        found = _find(data, b',"%s":[' % name.encode(), at, pause)
        if found >= 0:
            starts[name] = at = found
    if not starts:
        return _decoder.decode(data)
    head = _head_decoder.decode(data[: min(starts.values())] + b"}")
    things: dict[str, Any] = {}
    for (name, start), end in zip(starts.items(), [*list(starts.values())[1:], len(data) - 1], strict=True):
        found_things: list[Any] = []
        for piece in _pieces(data, start + len(name) + 4, end):
            pause()
            found_things += _decoders[name].decode(piece)
        things[name] = tuple(found_things)
    return Area(name=head.name, bounds=head.bounds, **things)


def _find(data: bytes | bytearray, wanted: bytes, start: int, pause: Callable[[], None]) -> int:
    for at in range(start, len(data), _WINDOW_BYTES):
        pause()
        found = data.find(wanted, at, at + _WINDOW_BYTES + len(wanted))
        if found >= 0:
            return found
    return -1


def _pieces(data: bytes | bytearray, start: int, end: int) -> Iterator[bytes | bytearray]:
    """The list from `start` to `end` as lists of some of its things."""
    opening = b""
    while (cut := data.find(b"},{", start + _PIECE_BYTES, end)) >= 0:
        yield opening + data[start : cut + 1] + b"]"
        opening, start = b"[", cut + 2
    yield opening + data[start:end]


class OfficerAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An officer to create when the town is loaded. The password is hashed on loading and never kept."""

    officer_id: OfficerId
    name: str
    jurisdiction_id: JurisdictionId
    password: str
    roles: tuple[OfficerRole, ...] = ()
    """None: all those of cases, and none that administers."""
    department_id: DepartmentId | None = None


class TownFile(msgspec.Struct, frozen=True, kw_only=True):
    """All that a gateway needs to begin: `python -m comms.gateway load --town FILE`."""

    area: Area
    jurisdictions: tuple[Jurisdiction, ...]
    units: tuple[Unit, ...]
    talkgroups: tuple[Talkgroup, ...]
    officers: tuple[OfficerAccount, ...] = ()
    items: tuple[Item, ...] = ()
    """Its item list."""
    items_from_at: float = 0.0
    """Since when the list is in force, Unix seconds."""
    departments: tuple[Department, ...] = ()
    patrol_questions: tuple[Question, ...] = ()
    patrol_plans: tuple[PatrolPlan, ...] = ()


_town_decoder = msgspec.json.Decoder(TownFile, dec_hook=from_wire)


def encode_town(town: TownFile) -> bytes:
    return msgspec.json.encode(town, enc_hook=to_wire)


def decode_town(data: bytes) -> TownFile:
    """Raises one of `UNREADABLE` when the file is no town."""
    return _town_decoder.decode(data)
