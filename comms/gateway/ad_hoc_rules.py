"""Whom an area call reaches. Pure: a picture and positions in, units or a refusal out."""

from collections.abc import Callable, Iterable
from typing import assert_never

from comms.domain.ad_hoc import MOST_GROUPS, AdHoc, AreaTarget, PolygonTarget, is_area
from comms.domain.ids import JurisdictionId, PartyId, UnitId
from comms.domain.order import CircleTarget, UnitsTarget
from comms.domain.picture import Picture
from comms.gateway.order_rules import is_own_unit
from comms.protocol.errors import RefusalCode

Inside = Callable[[CircleTarget | PolygonTarget], Iterable[UnitId]]
"""The units in an area by their last position."""


def members(
    target: AreaTarget, picture: Picture, *, jurisdiction_id: JurisdictionId, inside: Inside
) -> tuple[UnitId, ...] | RefusalCode:
    """Online units of the officer's jurisdiction. As with orders, a neighbour who stands in the area is left out,
    and a unit named outside the jurisdiction has refused the whole call before (`policy_table`)."""
    if not is_area(target):
        return RefusalCode.MALFORMED
    match target:
        case UnitsTarget(unit_ids=unit_ids):
            if any(unit_id not in picture.units for unit_id in unit_ids):
                return RefusalCode.NOT_FOUND
            found = [unit_id for unit_id in dict.fromkeys(unit_ids) if picture.units[unit_id].is_online]
            return tuple(found) or (RefusalCode.UNREACHABLE if unit_ids else RefusalCode.NO_UNITS)
        case CircleTarget() | PolygonTarget():
            return tuple(_callable(picture, inside(target), jurisdiction_id)) or RefusalCode.NO_UNITS
        case _:
            assert_never(target)


def newcomers(
    ad_hoc: AdHoc, picture: Picture, *, jurisdiction_id: JurisdictionId, inside: Inside
) -> tuple[UnitId, ...]:
    """Who has come into the area of a call that follows it. `jurisdiction_id` is the talkgroup's."""
    if not ad_hoc.is_following_area or isinstance(ad_hoc.area, UnitsTarget):
        return ()
    known = set(ad_hoc.unit_ids)
    return tuple(
        unit_id for unit_id in _callable(picture, inside(ad_hoc.area), jurisdiction_id) if unit_id not in known
    )


def _callable(picture: Picture, unit_ids: Iterable[UnitId], jurisdiction_id: JurisdictionId) -> Iterable[UnitId]:
    for unit_id in unit_ids:
        if picture.units[unit_id].is_online and is_own_unit(picture, unit_id, jurisdiction_id):
            yield unit_id


def has_too_many(picture: Picture, party: PartyId) -> bool:
    held = sum(group.ad_hoc is not None and group.ad_hoc.formed_by == party for group in picture.talkgroups.values())
    return held >= MOST_GROUPS
