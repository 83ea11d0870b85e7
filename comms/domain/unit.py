"""Units: workers and teams that can be dispatched."""

import sys
from enum import StrEnum

import msgspec

from comms.domain.ids import JurisdictionId, TalkgroupId, UnitId


class UnitStatus(StrEnum):
    AVAILABLE = "available"
    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    BUSY = "busy"
    OUT_OF_SERVICE = "out_of_service"
    OFFLINE = "offline"


class Unit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`no` is the unit's number in binary position frames: small, unique, never used again."""

    id: UnitId
    no: int
    name: str
    jurisdiction_id: JurisdictionId
    talkgroup_ids: tuple[TalkgroupId, ...] = ()
    """Talkgroups the unit may affiliate to, its own first."""
    skills: tuple[str, ...] = ()
    """What it is trained or equipped for, in the words of the site."""
    phone: str = ""

    def __post_init__(self) -> None:
        """Many have one jurisdiction: its id is kept once, from the moment a unit is read."""
        msgspec.structs.force_setattr(self, "jurisdiction_id", sys.intern(self.jurisdiction_id))


class VideoConsent(StrEnum):
    """How a unit's terminal answers a video point call: asking its user, or at once by duty policy."""

    ASK = "ask"
    AUTOMATIC = "automatic"
