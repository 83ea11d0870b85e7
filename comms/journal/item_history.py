"""What the item list said on a day that is long past: the picture keeps only what is in force and to come."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from comms.domain.ids import ItemId
from comms.domain.item import ItemVersion
from comms.domain.item_book import ItemBook
from comms.domain.item_events import ItemEvent
from comms.journal import chain
from comms.journal.tables import events

_FIRST, _LAST = "item.", "item/"
"""Every kind of item event lies between these two."""


def versions_of(connection: Connection, item_id: ItemId) -> tuple[ItemVersion, ...]:
    """Every version an item ever had, oldest first: the list's events folded without forgetting."""
    rows = connection.execute(
        select(events).where(events.c.kind > _FIRST, events.c.kind < _LAST).order_by(events.c.seq)
    )
    book = ItemBook(keeps_all=True)
    for recorded in map(chain.from_row, rows):
        if isinstance(recorded.event, ItemEvent):
            book.apply(recorded.event, at=recorded.at, actor=recorded.actor)
    state = book.states.get(item_id)
    return state.versions if state is not None else ()
