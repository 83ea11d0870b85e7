"""Commands about the item list (desks). Changes are durable."""

from typing import Annotated, get_args

from msgspec import Meta

from comms.domain.ids import ItemId, JurisdictionId
from comms.domain.item import ItemClass, ItemTerms
from comms.domain.item_list import MOST_PARTS
from comms.protocol.command_shape import AnyCommand

Reason = Annotated[str, Meta(max_length=1000)]


class ItemApply(AnyCommand, frozen=True, kw_only=True, tag="item.apply"):
    """Ask for an item to be put on the list of a jurisdiction, or for one of the list to be worded anew.
    `done.subject` is the item's id, which for a new one is this command's id."""

    jurisdiction_id: JurisdictionId
    item_class: ItemClass
    terms: ItemTerms = ItemTerms()
    item_id: ItemId | None = None
    """The item that is to be changed."""
    reason: Reason = ""


class ItemBreakDown(AnyCommand, frozen=True, kw_only=True, tag="item.break_down"):
    """Make an application into items that can be carried out. The first keeps the application's id; of an item that
    was in force before there can be but one."""

    item_id: ItemId
    item_class: ItemClass
    parts: Annotated[tuple[ItemTerms, ...], Meta(min_length=1, max_length=MOST_PARTS)]


class ItemApprove(AnyCommand, frozen=True, kw_only=True, tag="item.approve"):
    """By another officer than the applicant."""

    item_id: ItemId
    note: Reason = ""


class ItemReject(AnyCommand, frozen=True, kw_only=True, tag="item.reject"):
    item_id: ItemId
    reason: Reason


class ItemPutInForce(AnyCommand, frozen=True, kw_only=True, tag="item.put_in_force"):
    """From a date on (Unix seconds): today to a year ahead."""

    item_id: ItemId
    from_at: float


class ItemRetire(AnyCommand, frozen=True, kw_only=True, tag="item.retire"):
    """No longer in force from a date on (Unix seconds)."""

    item_id: ItemId
    from_at: float
    reason: Reason


class ItemRead(AnyCommand, frozen=True, kw_only=True, tag="item.read"):
    """All versions an item ever had, or the one in force at a moment; answered by item.versions."""

    item_id: ItemId
    at: float | None = None


ItemChange = ItemApply | ItemBreakDown | ItemApprove | ItemReject | ItemPutInForce | ItemRetire
ItemCommand = ItemChange | ItemRead
ITEM_CHANGES: tuple[type[ItemChange], ...] = get_args(ItemChange)
