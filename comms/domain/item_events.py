"""What happens to items of the item list."""

import msgspec

from comms.domain.ids import ItemId
from comms.domain.item import Item


class _ItemEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of all that happens to an item."""


class ItemEntered(_ItemEvent, frozen=True, kw_only=True, tag="item.entered"):
    """In force by a standard approved elsewhere: a town's file or a sheet. `source` names the file and the row."""

    item: Item
    from_at: float
    source: str = ""


class ItemApplied(_ItemEvent, frozen=True, kw_only=True, tag="item.applied"):
    """An officer wants it on the list, or an item on the list worded anew."""

    item: Item
    reason: str = ""


class ItemBrokenDown(_ItemEvent, frozen=True, kw_only=True, tag="item.broken_down"):
    """An application was made into items that can be carried out; the first keeps its id."""

    item_id: ItemId
    parts: tuple[Item, ...]


class ItemApproved(_ItemEvent, frozen=True, kw_only=True, tag="item.approved"):
    item_id: ItemId
    note: str = ""


class ItemRejected(_ItemEvent, frozen=True, kw_only=True, tag="item.rejected"):
    """Turned down. What was in force before stays so."""

    item_id: ItemId
    reason: str


class ItemPutInForce(_ItemEvent, frozen=True, kw_only=True, tag="item.put_in_force"):
    item_id: ItemId
    from_at: float


class ItemRetired(_ItemEvent, frozen=True, kw_only=True, tag="item.retired"):
    """No longer in force from `from_at` on."""

    item_id: ItemId
    from_at: float
    reason: str


ItemEvent = ItemEntered | ItemApplied | ItemBrokenDown | ItemApproved | ItemRejected | ItemPutInForce | ItemRetired
