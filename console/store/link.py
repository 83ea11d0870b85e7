"""What the desk knows of its own connection, voice path and session."""

from enum import StrEnum

import msgspec

from comms.domain.ids import JurisdictionId, PartyId, TalkgroupId
from comms.domain.talkgroup import Talkgroup


class LinkPhase(StrEnum):
    OFFLINE = "offline"
    CONNECTING = "connecting"
    ONLINE = "online"
    WAITING = "waiting"
    """Between two attempts; `retry_at` says when the next begins."""


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """`retry_at` is Unix seconds; `detail` is the plain reason of the last loss."""

    phase: LinkPhase = LinkPhase.OFFLINE
    latency_ms: float | None = None
    retry_at: float | None = None
    detail: str = ""


class MediaReport(msgspec.Struct, frozen=True, kw_only=True):
    """The voice and video path. `fault` is a refusal code or a device fault, empty when all is well."""

    is_up: bool = False
    fault: str = ""
    microphone: str = ""
    speaker: str = ""
    microphone_level: float = 0.0
    """0 to 1, of what is sent now."""
    speaker_level: float = 0.0


class OwnSession(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits at this desk, and what it hears; the first of `affiliated` is the selected talkgroup."""

    party: PartyId
    name: str
    jurisdiction_id: JurisdictionId
    talkgroups: tuple[Talkgroup, ...] = ()
    affiliated: tuple[TalkgroupId, ...] = ()
    token_expires_at: float | None = None
    clock_offset_s: float = 0.0
    """Gateway's clock less this desk's, at sign-in."""
