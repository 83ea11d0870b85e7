"""Saying whom an order is for, and where."""

from typing import assert_never

from comms.domain.order import CircleTarget, JurisdictionTarget, OrderTarget, Place, TalkgroupTarget, UnitsTarget
from console.actions.dispatch import Dispatch
from console.store.store import Store
from ui.search.finder import grid_name
from ui.text import Texts
from ui.words import distance

NAMED = 3


def target_words(target: OrderTarget | None, store: Store, dispatch: Dispatch, text: Texts) -> str:
    """Who gets it, as an officer would say; how many stand inside a circle is counted now."""
    match target:
        case None:
            return text("target.none")
        case UnitsTarget(unit_ids):
            known = store.picture.units
            names = [known[unit_id].unit.name if unit_id in known else unit_id for unit_id in unit_ids[:NAMED]]
            joined = text("list.separator").join(names)
            if len(unit_ids) <= NAMED:
                return text("target.units", names=joined)
            return text("target.units_more", names=joined, count=len(unit_ids))
        case TalkgroupTarget(talkgroup_id):
            group = store.picture.talkgroups.get(talkgroup_id)
            return text("target.talkgroup", name=group.talkgroup.name if group is not None else talkgroup_id)
        case JurisdictionTarget(jurisdiction_id):
            return text("target.grid", name=grid_name(store, jurisdiction_id))
        case CircleTarget():
            inside = len(dispatch.within(target).unit_ids)
            return text("target.circle", radius=distance(target.radius_m, text), count=inside)
        case _:
            assert_never(target)


def place_words(place: Place | None, text: Texts) -> str:
    if place is None:
        return text("composer.no_place")
    return place.text or text("composer.coordinates", lat=f"{place.lat:.5f}", lon=f"{place.lon:.5f}")
