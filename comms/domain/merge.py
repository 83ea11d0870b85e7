"""Merging (合并): incidents that tell of the same thing are carried by one of them, the main one (主事件). What is
merged is not closed: it waits for the main one's end and has the same, or is taken out again (拆分) as it was."""

from enum import StrEnum

import msgspec

from comms.domain.ids import IncidentId, PartyId

MOST_AT_ONCE = 50
"""Incidents that one step may be about: a hand that slips does no more harm than that."""


class Ground(StrEnum):
    """What speaks for two incidents being one."""

    SAME_KIND = "same_kind"
    PLACE = "place"
    TIME = "time"
    TEXT = "text"


class Reason(msgspec.Struct, frozen=True):
    """`value`: metres, seconds, or the share (0 to 1) of words in common; 1 for the kind."""

    ground: Ground
    value: float


class Merge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That an incident is carried by another: `reasons` as they were found, `words` as the officer wrote them."""

    into: IncidentId
    by: PartyId
    at: float
    reasons: tuple[Reason, ...] = ()
    words: str = ""


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """An officer has taken note of an incident. The first one counts."""

    by: PartyId
    at: float
