"""Floor control commands. What is decided comes as a floor push; the reply says only that it was taken in."""

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import FloorAck, FloorQueuePosition, FloorRelease, FloorRequest
from comms.protocol.pushes import Done, FloorQueued


async def request(gateway: Gateway, session: Session, command: FloorRequest) -> Done | Refusal:
    refusal = gateway.voice.request(
        session, command.talkgroup_id, priority=command.priority, is_emergency=command.is_emergency
    )
    return refusal or Done(id=command.id)


async def release(gateway: Gateway, session: Session, command: FloorRelease) -> Done:
    """Nothing to release is as good as released."""
    group_call = gateway.voice.group_call(command.talkgroup_id)
    if group_call is not None:
        group_call.release(session, last_sequence=command.last_sequence)
    return Done(id=command.id)


async def queue_position(gateway: Gateway, session: Session, command: FloorQueuePosition) -> Done:
    group_call = gateway.voice.group_call(command.talkgroup_id)
    if group_call is not None:
        group_call.tell_queue_position(session)
    else:
        session.send(FloorQueued(talkgroup_id=command.talkgroup_id, position=0, size=0))
    return Done(id=command.id)


async def acknowledge(gateway: Gateway, session: Session, command: FloorAck) -> Done:
    group_call = gateway.voice.group_call(command.talkgroup_id)
    if group_call is not None:
        group_call.acknowledge(session, floor_seq=command.floor_seq)
    return Done(id=command.id)
