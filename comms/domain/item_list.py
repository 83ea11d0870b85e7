"""The rules of the item list: what may be done with an item when, and whether an order may be asked.

不带清单不入格、不入清单不作业: once a jurisdiction has a list, nothing that is not on it may be asked of those who work
there or below.
"""

from collections.abc import Iterable
from enum import StrEnum
from math import isfinite

from comms.domain.ids import ItemId, JurisdictionId, PartyId
from comms.domain.item import Item, ItemStage, ItemState
from comms.domain.item_book import ItemBook
from comms.domain.jurisdiction import contains

FARTHEST_S = 366 * 86_400.0
"""How far ahead a date may lie."""
BACK_S = 86_400.0
"""How far back: today's date begins at midnight."""
MOST_PARTS = 20
"""Into how many an application may be broken down."""
MOST_APPLICATIONS = 500
"""Applications that wait at the same time."""


class ItemStep(StrEnum):
    APPLY = "apply"
    BREAK_DOWN = "break_down"
    APPROVE = "approve"
    REJECT = "reject"
    PUT_IN_FORCE = "put_in_force"
    RETIRE = "retire"


_S = ItemStage
STEPS: dict[ItemStage, frozenset[ItemStep]] = {
    _S.APPLIED: frozenset({ItemStep.BREAK_DOWN, ItemStep.REJECT}),
    _S.BROKEN_DOWN: frozenset({ItemStep.BREAK_DOWN, ItemStep.APPROVE, ItemStep.REJECT}),
    _S.APPROVED: frozenset({ItemStep.PUT_IN_FORCE, ItemStep.REJECT}),
    _S.IN_FORCE: frozenset({ItemStep.APPLY, ItemStep.RETIRE}),
    _S.RETIRED: frozenset({ItemStep.APPLY}),
    _S.REJECTED: frozenset({ItemStep.APPLY}),
}
"""What may be done with an item. A change of an item in force is applied for like a new one."""
STAGE_AFTER: dict[ItemStep, ItemStage] = {
    ItemStep.APPLY: _S.APPLIED,
    ItemStep.BREAK_DOWN: _S.BROKEN_DOWN,
    ItemStep.APPROVE: _S.APPROVED,
    ItemStep.REJECT: _S.REJECTED,
    ItemStep.PUT_IN_FORCE: _S.IN_FORCE,
    ItemStep.RETIRE: _S.RETIRED,
}
"""Where a step leads. Turning a change down leads back to where the item was before it was applied for."""
WAITING = frozenset({_S.APPLIED, _S.BROKEN_DOWN, _S.APPROVED})
"""Somebody has to do something about it."""
REASON_NEEDED = frozenset({ItemStep.REJECT, ItemStep.RETIRE})


class ItemFault(StrEnum):
    WRONG_STAGE = "wrong_stage"
    OWN_APPLICATION = "own_application"
    INCOMPLETE = "incomplete"
    BAD_DATE = "bad_date"
    REASON_MISSING = "reason_missing"


def step_fault(state: ItemState, step: ItemStep, *, actor: PartyId, reason: str = "") -> ItemFault | None:
    """Why a step may not be taken, or None when it may."""
    if step not in STEPS[state.stage]:
        return ItemFault.WRONG_STAGE
    if step is ItemStep.APPROVE and actor == state.applied_by:
        return ItemFault.OWN_APPLICATION
    if step in REASON_NEEDED and not reason.strip():
        return ItemFault.REASON_MISSING
    return None


def parts_fault(state: ItemState, parts: tuple[Item, ...]) -> ItemFault | None:
    """Why an application cannot be broken down so: each part must say all, and an item that was in force stays one
    item, so that its versions are of the same thing."""
    is_one = not state.version_count or len(parts) == 1
    return None if is_one and all(part.terms.is_complete for part in parts) else ItemFault.INCOMPLETE


def date_fault(from_at: float, *, now: float) -> ItemFault | None:
    """Why something cannot be so from this date, in Unix seconds: the past is written already."""
    is_near = isfinite(from_at) and now - BACK_S <= from_at <= now + FARTHEST_S
    return None if is_near else ItemFault.BAD_DATE


def is_allowed(
    book: ItemBook, item_id: ItemId | None, jurisdiction_ids: Iterable[JurisdictionId], *, at: float
) -> bool:
    """True when those who work in these jurisdictions may be asked this at `at` (Unix seconds): where a list is in
    force, the item must be on it."""
    listed = book.listed(at)
    if not listed:
        return True
    state = book.states.get(item_id) if item_id is not None else None
    version = state.version_at(at) if state is not None else None
    own = version.item.jurisdiction_id if version is not None else None
    return all(
        (own is not None and contains(own, where)) or not any(contains(node, where) for node in listed)
        for where in set(jurisdiction_ids)
    )
