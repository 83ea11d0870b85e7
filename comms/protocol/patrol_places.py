"""Places to visit beside those of the map: one blob (JSON), made of a sheet that was imported."""

import msgspec

from comms.domain.ids import JurisdictionId, PatrolPlaceId
from comms.domain.patrol import LOWEST_LEVEL, PatrolPlace
from comms.protocol.area import Area

MEDIA_TYPE = "application/vnd.wangge.places+json"


class PlaceRegister(msgspec.Struct, frozen=True, kw_only=True):
    places: tuple[PatrolPlace, ...]


_decoder = msgspec.json.Decoder(PlaceRegister)


def encode_places(register: PlaceRegister) -> bytes:
    return msgspec.json.encode(register)


def decode_places(data: bytes) -> PlaceRegister:
    """Raises one of `UNREADABLE` when the blob is no register."""
    return _decoder.decode(data)


def places_of(area: Area) -> list[PatrolPlace]:
    """Key places and risk sources of the map; their grids are not known yet."""
    found = [
        PatrolPlace(
            id=PatrolPlaceId(f"place:{place.id}"),
            name=place.name,
            category=place.category,
            lat=place.lat,
            lon=place.lon,
            address=place.address,
        )
        for place in area.places
    ]
    found += (
        PatrolPlace(
            id=PatrolPlaceId(f"risk:{risk.id}"),
            name=risk.name,
            category=risk.category,
            lat=risk.lat,
            lon=risk.lon,
            level=min(max(risk.level, 1), LOWEST_LEVEL),
        )
        for risk in area.risks
    )
    return found


def in_grid(place: PatrolPlace, grid: JurisdictionId) -> PatrolPlace:
    return msgspec.structs.replace(place, jurisdiction_id=grid)
