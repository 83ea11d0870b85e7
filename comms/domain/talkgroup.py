"""Talkgroups: units that talk together, and who may."""

import msgspec

from comms.domain.ids import JurisdictionId, TalkgroupId


class Talkgroup(msgspec.Struct, frozen=True, kw_only=True):
    """`audio_cut_in` makes pre-emption immediate (T3 = 0); `queue_size` bounds those waiting for the floor."""

    id: TalkgroupId
    name: str
    jurisdiction_id: JurisdictionId
    priority: int = 3
    """0 (lowest) to 7."""
    queue_size: int = 8
    audio_cut_in: bool = False
    max_talk_s: float = 30.0
    """T2 of 3GPP TS 24.380."""
    is_ad_hoc: bool = False
    """Formed for one call of who is in an area; it is gone when the call ends."""
