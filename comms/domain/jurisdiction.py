"""The tree of jurisdictions: city › town › village › grid."""

from enum import StrEnum

import msgspec

from comms.domain.ids import JurisdictionId


class Level(StrEnum):
    CITY = "city"
    TOWN = "town"
    VILLAGE = "village"
    GRID = "grid"


class Jurisdiction(msgspec.Struct, frozen=True, kw_only=True):
    id: JurisdictionId
    name: str
    level: Level


def contains(outer: JurisdictionId, inner: JurisdictionId) -> bool:
    """True when `inner` is `outer` or lies below it."""
    return inner == outer or inner.startswith(outer + "/")


def parent(jurisdiction_id: JurisdictionId) -> JurisdictionId | None:
    """The node above, or None for the root."""
    head, _, _ = jurisdiction_id.rpartition("/")
    return JurisdictionId(head) if head else None
