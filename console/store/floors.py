"""Who may talk: each talkgroup's floor as the gateway tells it, and the desk's own request for it."""

from enum import StrEnum

import msgspec

from comms.domain.ids import CallId, PartyId, TalkgroupId
from comms.protocol import pushes

FloorPush = pushes.FloorGranted | pushes.FloorTaken | pushes.FloorIdle | pushes.FloorRevoked


class FloorView(msgspec.Struct, frozen=True, kw_only=True):
    """A talkgroup's floor. No talker: idle. `seq` is the gateway's floor_seq; `since` is Unix seconds."""

    talkgroup_id: TalkgroupId
    seq: int = -1
    call_id: CallId | None = None
    talker: PartyId | None = None
    talker_name: str = ""
    is_emergency: bool = False
    is_own: bool = False
    """This desk is the talker."""
    is_revoked: bool = False
    """This desk is the talker and must stop within the grace time."""
    since: float = 0.0


class TalkState(StrEnum):
    """The desk's own request, as a talk button shows it."""

    IDLE = "idle"
    REQUESTING = "requesting"
    QUEUED = "queued"
    OFFERED = "offered"
    """Granted from the queue while the officer does not press; taken back after T132."""
    TALKING = "talking"
    REVOKED = "revoked"
    """Must stop; still pressed."""
    RELEASING = "releasing"
    DENIED = "denied"
    """Still pressed after a denial; a fresh press asks again."""


class TalkView(msgspec.Struct, frozen=True, kw_only=True):
    """`cause` is the reject or revoke cause of TS 24.380; `fault` is a refusal code or a reason of ours."""

    talkgroup_id: TalkgroupId
    state: TalkState = TalkState.IDLE
    cause: int | None = None
    fault: str = ""
    queue_position: int = 0
    queue_size: int = 0
    since: float = 0.0
    """Unix seconds at which this state began."""
    until: float | None = None
    """When talking time ends (T2), or an offer lapses."""


def fold_floor(view: FloorView, push: FloorPush, *, own: PartyId | None, own_name: str, now: float) -> FloorView | None:
    """The floor after a push, or None when the push is older than what is known."""
    if push.floor_seq < view.seq or (push.floor_seq == view.seq and not isinstance(push, pushes.FloorRevoked)):
        return None
    match push:
        case pushes.FloorGranted():
            return FloorView(
                talkgroup_id=view.talkgroup_id,
                seq=push.floor_seq,
                call_id=push.call_id,
                talker=own,
                talker_name=own_name,
                is_own=True,
                since=now,
            )
        case pushes.FloorTaken():
            return FloorView(
                talkgroup_id=view.talkgroup_id,
                seq=push.floor_seq,
                call_id=push.call_id,
                talker=push.talker,
                talker_name=push.talker_name,
                is_emergency=push.is_emergency,
                is_own=push.talker == own,
                since=now,
            )
        case pushes.FloorIdle():
            return FloorView(talkgroup_id=view.talkgroup_id, seq=push.floor_seq, since=now)
        case pushes.FloorRevoked():
            return msgspec.structs.replace(view, seq=push.floor_seq, is_revoked=view.is_own)
