"""The item list of the picture, folded from its events."""

from typing import assert_never

import msgspec

from comms.domain import item_events as ev
from comms.domain.ids import ItemId, JurisdictionId, PartyId
from comms.domain.item import Item, ItemStage, ItemState, ItemVersion
from comms.domain.states import Change

NOUN = "item"
KEPT_OVER_S = 2 * 86_400.0
"""How long a version that is over stays in the picture; a date that is set lies less far back."""
KEPT_REJECTED = 100
"""New items that were turned down, kept to look back at."""


class ItemBook(msgspec.Struct, kw_only=True):
    """`keeps_all` only where the past is looked at: a picture has no room for every version there ever was."""

    states: dict[ItemId, ItemState] = {}
    since: dict[JurisdictionId, float] = {}
    """From when on (Unix seconds) a jurisdiction has had a list, though all on it may be retired by now."""
    keeps_all: bool = False

    def apply(self, event: ev.ItemEvent, *, at: float, actor: PartyId) -> tuple[Change, ...]:
        """Raises KeyError for an item that is not there."""
        match event:
            case ev.ItemEntered(item=item):
                is_new = item.id not in self.states
                state = self.states.setdefault(item.id, ItemState(stage=ItemStage.IN_FORCE))
                self._put(state, item, event.from_at, at)
                return (Change(NOUN, item.id, is_new),)
            case ev.ItemApplied():
                return self._applied(event, at, actor)
            case ev.ItemBrokenDown():
                return self._broken_down(event)
            case _:
                return self._settled(event, at, actor)

    def _applied(self, event: ev.ItemApplied, at: float, actor: PartyId) -> tuple[Change, ...]:
        known = self.states.get(event.item.id)
        state = known or ItemState(stage=ItemStage.APPLIED)
        if known is not None and known.version_count:
            state.stage_before = known.stage
        self.states[event.item.id] = state
        state.draft, state.stage, state.reason = event.item, ItemStage.APPLIED, event.reason
        state.applied_by, state.applied_at, state.settled_by = actor, at, None
        return (Change(NOUN, event.item.id, known is None),)

    def _broken_down(self, event: ev.ItemBrokenDown) -> tuple[Change, ...]:
        first = self.states[event.item_id]
        changes: list[Change] = []
        for part in event.parts:
            known = self.states.get(part.id)
            state = known or ItemState(stage=ItemStage.BROKEN_DOWN)
            self.states[part.id] = state
            state.draft, state.stage = part, ItemStage.BROKEN_DOWN
            state.applied_by, state.applied_at, state.reason = first.applied_by, first.applied_at, first.reason
            changes.append(Change(NOUN, part.id, known is None))
        return tuple(changes)

    def _settled(
        self,
        event: ev.ItemApproved | ev.ItemRejected | ev.ItemPutInForce | ev.ItemRetired,
        at: float,
        actor: PartyId,
    ) -> tuple[Change, ...]:
        state = self.states[event.item_id]
        match event:
            case ev.ItemApproved():
                state.stage, state.settled_by = ItemStage.APPROVED, actor
            case ev.ItemRejected():
                self._reject(state, event.reason, actor)
            case ev.ItemPutInForce():
                self._put(state, state.item, event.from_at, at)
            case ev.ItemRetired():
                state.stage, state.settled_by, state.reason = ItemStage.RETIRED, actor, event.reason
                self._end(state, event.from_at)
            case _:
                assert_never(event)
        return (Change(NOUN, event.item_id),)

    def _reject(self, state: ItemState, reason: str, actor: PartyId) -> None:
        state.settled_by, state.reason = actor, reason
        if state.stage_before is not None:
            state.stage, state.stage_before, state.draft = state.stage_before, None, None
            return
        state.stage = ItemStage.REJECTED
        rejected = [key for key, other in self.states.items() if other.stage is ItemStage.REJECTED]
        for key in rejected[: max(0, len(rejected) - KEPT_REJECTED)]:
            del self.states[key]

    # --- versions -----------------------------------------------------------------------------------------

    def _put(self, state: ItemState, item: Item, from_at: float, at: float) -> None:
        """This wording is in force from then on; what was to begin at or after it never is."""
        before = _until(state.versions, from_at)
        state.version_count += 1 - (len(state.versions) - len(before))
        if not self.keeps_all:
            before = tuple(version for version in before if not _is_over(version, at))
        state.versions = (*before, ItemVersion(item=item, from_at=from_at))
        state.stage, state.stage_before, state.draft = ItemStage.IN_FORCE, None, None
        self.since[item.jurisdiction_id] = min(self.since.get(item.jurisdiction_id, from_at), from_at)

    def _end(self, state: ItemState, from_at: float) -> None:
        before = _until(state.versions, from_at)
        never = state.versions[len(before) :]
        state.version_count -= len(never)
        state.draft = None if before else state.item
        state.versions = before
        node = state.item.jurisdiction_id
        if self.since.get(node) in {version.from_at for version in never}:
            self._date_again(node)  # its list would have begun with what never began

    def _date_again(self, node: JurisdictionId) -> None:
        dates = [
            version.from_at
            for state in self.states.values()
            for version in state.versions
            if version.item.jurisdiction_id == node
        ]
        if dates:
            self.since[node] = min(dates)
        else:
            del self.since[node]

    # --- asking -------------------------------------------------------------------------------------------

    def listed(self, at: float) -> frozenset[JurisdictionId]:
        """Jurisdictions that have a list at `at` (Unix seconds)."""
        return frozenset(node for node, since in self.since.items() if since <= at)

    def as_of(self, item_id: ItemId | None, *, at: float) -> Item | None:
        """An item as it was; in its newest wording when the picture has forgotten."""
        state = self.states.get(item_id) if item_id is not None else None
        if state is None:
            return None
        version = state.version_at(at)
        return version.item if version is not None else state.item

    def in_force(self, at: float) -> list[Item]:
        return [version.item for state in self.states.values() if (version := state.version_at(at)) is not None]


def _until(versions: tuple[ItemVersion, ...], from_at: float) -> tuple[ItemVersion, ...]:
    """What was in force before, its end drawn to `from_at`."""
    return tuple(
        version
        if version.until_at is not None and version.until_at <= from_at
        else msgspec.structs.replace(version, until_at=from_at)
        for version in versions
        if version.from_at < from_at
    )


def _is_over(version: ItemVersion, at: float) -> bool:
    return version.until_at is not None and version.until_at <= at - KEPT_OVER_S
