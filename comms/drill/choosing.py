"""What an officer chooses, as a rule would: who is nearest and free, under which item, whether all is done. Pure."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from comms.domain.ids import ItemId, OrderId, UnitId
from comms.domain.order import AssignmentState, Place
from comms.domain.picture import Picture
from comms.domain.position import distances_m
from comms.domain.unit import UnitStatus

_OVER = frozenset({AssignmentState.VERIFIED, AssignmentState.REFUSED, AssignmentState.CANCELLED})


def nearest_free(
    picture: Picture,
    where: Mapping[int, tuple[float, float]],
    place: Place,
    count: int,
    *,
    but: Collection[UnitId] = (),
    skills: Collection[str] = (),
) -> tuple[UnitId, ...]:
    """Available and heard of (`where` by number), those with one of the skills first, then by distance, then by
    number."""
    free = [
        state.unit
        for state in picture.units.values()
        if state.is_online
        and state.status is UnitStatus.AVAILABLE
        and state.unit.id not in but
        and state.unit.no in where
    ]
    if not free:
        return ()
    lats, lons = np.array([where[unit.no] for unit in free]).T
    metres = distances_m(lats, lons, lat=place.lat, lon=place.lon).tolist()
    ranked = sorted(
        zip(free, metres, strict=True),
        key=lambda pair: (bool(skills) and set(skills).isdisjoint(pair[0].skills), pair[1], pair[0].no),
    )
    return tuple(unit.id for unit, _ in ranked[:count])


def item_for(picture: Picture, kind: str, *, now: float) -> ItemId | None:
    """Of the item list: what is called so, else what may be asked whatever it is."""
    versions = [state.version_at(now) for state in picture.items.states.values()]
    items = [version.item for version in versions if version is not None]
    fitting = [item for item in items if item.name == kind] or [item for item in items if item.terms.is_general]
    return fitting[0].id if fitting else None


def is_all_done(picture: Picture, order_ids: Iterable[OrderId]) -> bool:
    """Nobody works on any of them."""
    orders = (picture.orders.get(order_id) for order_id in order_ids)
    return all(step in _OVER for order in orders if order is not None for step in order.assignments.values())
