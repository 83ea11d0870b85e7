"""Calls: what kind, how they end."""

from enum import StrEnum

import msgspec

from comms.domain.ids import CallId, PartyId, TalkgroupId


class CallKind(StrEnum):
    GROUP = "group"
    POINT = "point"


class CallPhase(StrEnum):
    RINGING = "ringing"
    ACTIVE = "active"
    ENDED = "ended"


class CallEnd(StrEnum):
    """Why a call ended, in the order an officer would want to be told apart."""

    HUNG_UP = "hung_up"
    REJECTED = "rejected"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"
    INACTIVE = "inactive"
    UNREACHABLE = "unreachable"
    GATEWAY_RESTARTED = "gateway_restarted"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A group call has a talkgroup; a point call has a callee."""

    id: CallId
    kind: CallKind
    caller: PartyId
    talkgroup_id: TalkgroupId | None = None
    callee: PartyId | None = None
    is_emergency: bool = False


class TalkEnd(StrEnum):
    RELEASED = "released"
    REVOKED_TOO_LONG = "revoked_too_long"
    REVOKED_PREEMPTED = "revoked_preempted"
    MEDIA_LOST = "media_lost"
    LEFT = "left"


RING_TIMEOUT_S = 30.0
"""How long a point call rings. Our own figure; 3GPP leaves it to configuration."""
HANG_TIME_S = 30.0
"""T4 of 3GPP TS 24.380: a group call with no talker ends after this."""
