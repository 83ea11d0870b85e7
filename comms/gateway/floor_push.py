"""Floor control's messages as they cross the wire."""

from typing import assert_never

from comms.domain.floor_effect import Denied, Granted, Idle, Queued, Revoked, Taken
from comms.domain.ids import CallId, TalkgroupId
from comms.protocol.pushes import FloorDenied, FloorGranted, FloorIdle, FloorQueued, FloorRevoked, FloorTaken, Push

FloorMessage = Granted | Denied | Queued | Revoked | Taken | Idle


def floor_push(
    message: FloorMessage, *, talkgroup_id: TalkgroupId, call_id: CallId, frame_ms: int, talker_name: str
) -> Push:
    """`frame_ms` and `talker_name` are for the messages that say them."""
    match message:
        case Granted(_, duration_s, floor_seq, from_queue):
            return FloorGranted(
                talkgroup_id=talkgroup_id,
                call_id=call_id,
                floor_seq=floor_seq,
                duration_s=duration_s,
                frame_ms=frame_ms,
                from_queue=from_queue,
            )
        case Taken(talker, is_emergency, floor_seq):
            return FloorTaken(
                talkgroup_id=talkgroup_id,
                call_id=call_id,
                floor_seq=floor_seq,
                talker=talker,
                talker_name=talker_name,
                is_emergency=is_emergency,
            )
        case Denied(_, cause):
            return FloorDenied(talkgroup_id=talkgroup_id, cause=int(cause))
        case Queued(_, position, size):
            return FloorQueued(talkgroup_id=talkgroup_id, position=position, size=size)
        case Revoked(_, cause, grace_s, floor_seq):
            return FloorRevoked(talkgroup_id=talkgroup_id, floor_seq=floor_seq, cause=int(cause), grace_s=grace_s)
        case Idle(floor_seq):
            return FloorIdle(talkgroup_id=talkgroup_id, floor_seq=floor_seq)
        case _:
            assert_never(message)
