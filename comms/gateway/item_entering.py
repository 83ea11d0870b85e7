"""A list approved elsewhere (a town's file, a sheet) compared with the one in force."""

from collections.abc import Iterable
from dataclasses import dataclass

from comms.domain.ids import JurisdictionId
from comms.domain.item import Item
from comms.domain.item_book import ItemBook
from comms.domain.item_events import ItemEntered


@dataclass(frozen=True, slots=True)
class Entering:
    """What reading a list anew changes."""

    events: list[ItemEntered]
    unchanged: int
    missing: list[Item]
    """In force by then, and not in the sheet: they stay."""


def entering(book: ItemBook, items: Iterable[tuple[Item, str]], *, from_at: float) -> Entering:
    """Items, each with where it was read. One that is in force as it stands is left alone."""
    events: list[ItemEntered] = []
    seen: set[str] = set()
    where: set[JurisdictionId] = set()
    for item, source in items:
        seen.add(item.id)
        where.add(item.jurisdiction_id)
        state = book.states.get(item.id)
        version = state.version_at(from_at) if state is not None else None
        if version is None or version.item != item:
            events.append(ItemEntered(item=item, from_at=from_at, source=source))
    missing = [item for item in book.in_force(from_at) if item.jurisdiction_id in where and item.id not in seen]
    return Entering(events, len(seen) - len(events), missing)
