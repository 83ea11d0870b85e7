"""The item list in words: limits, evidence, stages, and what the duty log says."""

from collections.abc import Callable
from typing import assert_never

from comms.domain.ids import ItemId
from comms.domain.item import Evidence, Item
from comms.domain.item_events import (
    ItemApplied,
    ItemApproved,
    ItemBrokenDown,
    ItemEntered,
    ItemEvent,
    ItemPutInForce,
    ItemRejected,
    ItemRetired,
)
from comms.domain.time_limit import TimeLimit
from ui.text import Texts
from ui.words import day

Told = tuple[str, str, dict[str, str | int]]
"""Key, icon, values."""


def told(event: ItemEvent, name: str, item_name: Callable[[ItemId], str]) -> Told | None:
    """`name` is who acted. None for what came with a sheet: its hundreds of lines would hide the rest."""
    match event:
        case ItemEntered():
            return None
        case ItemApplied(item=item):
            return "log.item_applied", "note", {"name": name, "item": item.name}
        case ItemBrokenDown(item_id=item_id, parts=parts):
            return "log.item_broken_down", "note", {"name": name, "item": item_name(item_id), "count": len(parts)}
        case ItemApproved(item_id=item_id):
            return "log.item_approved", "check", {"name": name, "item": item_name(item_id)}
        case ItemRejected(item_id=item_id, reason=reason):
            return "log.item_rejected", "close", {"name": name, "item": item_name(item_id), "reason": reason}
        case ItemPutInForce(item_id=item_id, from_at=from_at):
            return "log.item_in_force", "check", {"name": name, "item": item_name(item_id), "date": day(from_at)}
        case ItemRetired(item_id=item_id, from_at=from_at, reason=reason):
            values: dict[str, str | int] = {"name": name, "item": item_name(item_id), "date": day(from_at)}
            return "log.item_retired", "close", values | {"reason": reason}
        case _:
            assert_never(event)


def limit_words(limit: TimeLimit | None, text: Texts) -> str:
    if limit is None:
        return text("item.no_limit")
    return text(f"item.limit.{limit.unit.value}", amount=f"{limit.amount:g}")


def evidence_words(evidence: tuple[Evidence, ...], text: Texts) -> str:
    return text("list.separator").join(text(f"item.evidence.{one.value}") for one in evidence)


def item_line(item: Item, text: Texts) -> str:
    """One line to choose an item by: its name, when it applies, within what time."""
    return text("item.line", name=item.name, when=item.terms.opens_when, limit=limit_words(item.terms.limit, text))
