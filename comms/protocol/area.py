"""The static map of an area: what a desk draws beneath the units. Travels as one blob (JSON)."""

import msgspec

from comms.domain.ids import JurisdictionId, OfficerId, UnitId
from comms.domain.jurisdiction import Jurisdiction
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit

MEDIA_TYPE = "application/vnd.wangge.area+json"


class GridHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """网格长: who answers for a grid. One who carries a terminal is reached by a point call, others by `phone`."""

    name: str
    unit_id: UnitId | None = None
    phone: str = ""


class Grid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A grid's outline: rings of (lat, lon) in WGS-84, first ring outer, not closed."""

    jurisdiction_id: JurisdictionId
    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    population: int | None = None
    """Residents counted; None where nobody has counted."""
    head: GridHead | None = None


class Street(msgspec.Struct, frozen=True, kw_only=True):
    """A street's centre line, points (lat, lon). `rank` 0 is a main road, 1 a street, 2 a lane."""

    name: str
    rank: int
    line: tuple[tuple[float, float], ...]


class Camera(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    lat: float
    lon: float
    heading_deg: float | None = None
    category: str = ""
    """What it is there for (治安, 交通, …): data of the area."""


class KeyPlace(msgspec.Struct, frozen=True, kw_only=True):
    """重点场所: `category` is data of the area (出租屋, 三小场所, 学校, …)."""

    id: str
    name: str
    category: str
    lat: float
    lon: float
    address: str = ""


class CityPart(msgspec.Struct, frozen=True, kw_only=True):
    """城市部件: `category` is its class, data of the area."""

    id: str
    name: str
    category: str
    lat: float
    lon: float


class RiskSource(msgspec.Struct, frozen=True, kw_only=True):
    """风险源: `category` is its kind, `level` from 1 (highest) to 4; who answers for it in `keeper`."""

    id: str
    name: str
    category: str
    lat: float
    lon: float
    level: int = 4
    keeper: str = ""


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


_decoder = msgspec.json.Decoder(Area)


def encode_area(area: Area) -> bytes:
    return msgspec.json.encode(area)


def decode_area(data: bytes) -> Area:
    """Raises msgspec.DecodeError when the blob is no area."""
    return _decoder.decode(data)


class OfficerAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An officer to create when the town is loaded. The password is hashed on loading and never kept."""

    officer_id: OfficerId
    name: str
    jurisdiction_id: JurisdictionId
    password: str


class TownFile(msgspec.Struct, frozen=True, kw_only=True):
    """All that a gateway needs to begin: `python -m comms.gateway load --town FILE`."""

    area: Area
    jurisdictions: tuple[Jurisdiction, ...]
    units: tuple[Unit, ...]
    talkgroups: tuple[Talkgroup, ...]
    officers: tuple[OfficerAccount, ...] = ()


_town_decoder = msgspec.json.Decoder(TownFile)


def encode_town(town: TownFile) -> bytes:
    return msgspec.json.encode(town)


def decode_town(data: bytes) -> TownFile:
    """Raises msgspec.DecodeError when the file is no town."""
    return _town_decoder.decode(data)
