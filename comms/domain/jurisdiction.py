"""The tree of jurisdictions: city › town › village › grid."""

from collections.abc import Mapping
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


def at_level(
    jurisdiction_id: JurisdictionId, level: Level, tree: Mapping[JurisdictionId, Jurisdiction]
) -> JurisdictionId:
    """The town, say, it lies in or is; itself where there is none above it."""
    node: JurisdictionId | None = jurisdiction_id
    while node is not None:
        if node in tree and tree[node].level is level:
            return node
        node = parent(node)
    return jurisdiction_id
