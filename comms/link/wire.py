"""Telling replies from pushes, and making the best of a frame that is neither."""

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import CommandId
from comms.protocol.errors import RefusalCode
from comms.protocol.push_shape import AnyReply
from comms.protocol.pushes import Push, Refused


class BrokenPeerError(Exception):
    """The gateway did not speak the protocol where it had to."""


class _Envelope(msgspec.Struct):
    id: str = ""


_envelope_decoder = msgspec.json.Decoder(_Envelope)


def reply_id(push: Push) -> CommandId | None:
    """The command a push answers, or None when it came unasked."""
    if isinstance(push, AnyReply):
        return push.id
    if isinstance(push, Refused) and push.id:
        return push.id
    return None


def salvage_refusal(frame: str | bytes) -> Refused | None:
    """For an unreadable reply whose id can be read: a refusal of our own, so that nobody waits for ever."""
    try:
        command_id = _envelope_decoder.decode(frame).id
    except UNREADABLE:
        return None
    return (
        Refused(id=CommandId(command_id), code=RefusalCode.INTERNAL, text="unreadable answer") if command_id else None
    )
