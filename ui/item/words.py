"""The item list in words: limits, evidence, stages, and what the duty log says."""

from collections.abc import Callable
from typing import assert_never

from comms.domain.ids import ItemId
from comms.domain.item import Evidence, Item, ItemStage, ItemState, ItemVersion
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
from comms.domain.item_list import WAITING
from comms.domain.time_limit import TimeLimit
from console.store.store import Store
from ui.search.initials import initials
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import day, party_name

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


def item_found(item: Item, words: list[str]) -> bool:
    """Whether each word stands somewhere in the item."""
    said = " ".join(
        (item.name, item.item_class.major, item.terms.opens_when, item.terms.department, *initials(item.name))
    ).casefold()
    return all(word in said for word in words)


def item_sheet_line(state: ItemState, now: float, text: Texts) -> Line:
    item = state.item
    is_waiting = state.stage in WAITING
    icon, tone = ("clock", "warn") if is_waiting else ("check", "") if state.version_at(now) else ("close", "")
    return Line(
        key=item.id,
        title=item.name,
        detail=item.terms.opens_when or text("item.no_condition"),
        figure=text(f"item.stage.{_shown_stage(state, now)}"),
        icon=icon,
        tone=tone,
    )


def _shown_stage(state: ItemState, now: float) -> str:
    """In force is a question of time, not only of the last step."""
    if state.stage is ItemStage.IN_FORCE and state.version_at(now) is None:
        return "to_come"
    if state.stage is ItemStage.RETIRED and state.version_at(now) is not None:
        return "to_end"
    return state.stage.value


def item_facts(state: ItemState, store: Store, text: Texts) -> str:
    item, terms, now = state.item, state.item.terms, store.server_now()
    node = store.picture.jurisdictions.get(item.jurisdiction_id)
    of, kind = item.item_class, text(f"item_kind.{item.item_class.kind.value}")
    rows = [
        ("stage", text(f"item.stage.{_shown_stage(state, now)}")),
        (
            "class",
            text("item.class_words", kind=kind, major=of.major),
        ),
        ("opens", terms.opens_when),
        ("closes", terms.closes_when),
        ("limit", limit_words(terms.limit, text)),
        ("department", terms.department or terms.department_id or ""),
        ("evidence", evidence_words(terms.evidence, text)),
        ("where", node.name if node is not None else item.jurisdiction_id),
    ]
    if state.applied_by is not None:
        rows.append(("applied_by", party_name(store, state.applied_by, text)))
    if state.reason:
        rows.append(("reason", state.reason))
    return "\n".join(text("item.fact", name=text(f"item.form.{key}"), value=value) for key, value in rows if value)


def version_words(versions: tuple[ItemVersion, ...], text: Texts) -> str:
    """From when until when each was in force, the newest first."""
    lines = [
        text(
            "item.version" if version.until_at is not None else "item.version_open",
            from_day=day(version.from_at),
            until_day=day(version.until_at) if version.until_at is not None else "",
            limit=limit_words(version.item.terms.limit, text),
            when=version.item.terms.opens_when,
        )
        for version in reversed(versions)
    ]
    return "\n".join((text("item.versions", count=len(versions)), *lines)) if lines else ""
