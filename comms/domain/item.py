"""Items of the item list (入格事项清单): what may be asked of a grid worker, where, and within what time."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.ids import DepartmentId, ItemId, JurisdictionId, PartyId
from comms.domain.time_limit import TimeLimit

_Code = Annotated[str, Meta(max_length=20)]
_Words = Annotated[str, Meta(max_length=500)]
MOST_AMOUNT = 366.0
"""Of hours or days in a limit: no standard gives more than a year."""
ClassWord = Annotated[str, Meta(min_length=1, max_length=60)]


class ItemKind(StrEnum):
    COMPONENT = "component"
    """部件: something that stands there."""
    EVENT = "event"
    """事件: something that goes on."""


class Evidence(StrEnum):
    """What a worker has to bring back."""

    PHOTO_BEFORE = "photo_before"
    PHOTO_AFTER = "photo_after"
    VIDEO = "video"
    VOICE = "voice"
    POSITION = "position"


class ItemClass(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """大类 and 小类 are data of the site, codes included."""

    kind: ItemKind
    major: ClassWord
    minor: ClassWord
    major_code: _Code = ""
    minor_code: _Code = ""


class ItemTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an item says. Breaking an application down means filling all of this in."""

    opens_when: _Words = ""
    """立案条件"""
    closes_when: _Words = ""
    """结案条件"""
    limit: TimeLimit | None = None
    department_id: DepartmentId | None = None
    """Who handles it."""
    department: _Words = ""
    """All the bodies the sheet names, in its words."""
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=len(Evidence))] = ()
    is_general: bool = False
    """What an order in a hurry falls back on when nothing else fits, such as a first look (现场核实)."""

    @property
    def is_complete(self) -> bool:
        """Everything is said that an order and a case will need."""
        has_limit = self.limit is not None and 0 < self.limit.amount <= MOST_AMOUNT
        return bool(self.opens_when.strip() and self.closes_when.strip() and has_limit and self.department_id)


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: ItemId
    jurisdiction_id: JurisdictionId
    """Where it may be asked: there and below."""
    item_class: ItemClass
    terms: ItemTerms

    @property
    def name(self) -> str:
        return self.item_class.minor


class ItemStage(StrEnum):
    """How far the newest wording has come. An older version stays in force meanwhile."""

    APPLIED = "applied"
    BROKEN_DOWN = "broken_down"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    """A date was set from which it is, or will be, in force."""
    RETIRED = "retired"
    REJECTED = "rejected"


class ItemVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In force from `from_at` until before `until_at` (Unix seconds); None until another takes its place."""

    item: Item
    from_at: float
    until_at: float | None = None

    def is_in_force(self, at: float) -> bool:
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


class ItemState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is known of one item; a wording is kept once."""

    stage: ItemStage
    draft: Item | None = None
    """The wording that is applied for, or never came in force."""
    versions: tuple[ItemVersion, ...] = ()
    """Those in force, to come and just over; the journal has the others."""
    version_count: int = 0
    stage_before: ItemStage | None = None
    """Where a change that is turned down leaves it; None for an item that never was in force."""
    applied_by: PartyId | None = None
    applied_at: float | None = None
    settled_by: PartyId | None = None
    """Who approved, turned down or retired it last."""
    reason: str = ""
    """Why it was applied for, turned down or retired, whichever was last."""

    @property
    def item(self) -> Item:
        """The newest wording."""
        return self.draft or self.versions[-1].item

    def version_at(self, at: float) -> ItemVersion | None:
        return next((version for version in reversed(self.versions) if version.is_in_force(at)), None)
