"""Ad-hoc talkgroups: formed of who is in an area, for one call, and gone with it."""

from enum import StrEnum
from typing import assert_never

import msgspec

from comms.domain.ids import PartyId, UnitId
from comms.domain.order import CircleTarget, UnitsTarget

MOST_CORNERS = 500
LARGEST_RADIUS_M = 50_000.0
MOST_GROUPS = 16
"""Ad-hoc talkgroups one officer may have up at once; more would be nobody's conversation."""


class PolygonTarget(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="polygon"):
    """Corners (lat, lon) in WGS-84, not closed."""

    corners: tuple[tuple[float, float], ...]


AreaTarget = CircleTarget | PolygonTarget | UnitsTarget
"""Who is called: by place, or by name."""


class AdHocEnd(StrEnum):
    ENDED = "ended"
    """An officer ended it."""
    INACTIVE = "inactive"
    """Nobody talked for the hang time."""
    GATEWAY_RESTARTED = "gateway_restarted"


class AdHoc(msgspec.Struct, kw_only=True):
    """What makes a talkgroup ad hoc: the area it was formed of, and who has been called into it so far."""

    area: AreaTarget
    formed_by: PartyId
    formed_at: float
    unit_ids: list[UnitId]
    is_following_area: bool = False
    """Who comes into the area is called in, too."""


def is_area(target: AreaTarget) -> bool:
    """Whether the area can be one: numbers on the globe, a size an officer can mean, a polygon with three corners."""
    match target:
        case UnitsTarget():
            return True
        case CircleTarget():
            return _is_place(target.lat, target.lon) and 0 < target.radius_m <= LARGEST_RADIUS_M
        case PolygonTarget(corners=corners):
            return 3 <= len(corners) <= MOST_CORNERS and all(_is_place(lat, lon) for lat, lon in corners)
        case _:
            assert_never(target)


def _is_place(lat: float, lon: float) -> bool:
    return -90 <= lat <= 90 and -180 <= lon <= 180
