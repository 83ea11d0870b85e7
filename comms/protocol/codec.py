"""Encoding and strict decoding of text frames."""

from dataclasses import dataclass

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import CommandId
from comms.protocol.commands import Command
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import PictureSnapshot, Push

MAX_FRAME_BYTES = 4_300_000
"""Room for the largest blob.put (3 MB as base64 and its envelope)."""

_encoder = msgspec.json.Encoder()
_command_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_push_decoder: msgspec.json.Decoder[Push] = msgspec.json.Decoder(Push)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A frame that is no command: what is wrong, and the id if one could be found."""

    code: RefusalCode
    detail: str
    id: CommandId


class _Envelope(msgspec.Struct):
    """What can be salvaged from a frame whose body is wrong."""

    id: str = ""
    kind: str = ""


_envelope_decoder = msgspec.json.Decoder(_Envelope)


def encode(message: Command | Push) -> str:
    return _encoder.encode(message).decode()


def decode_command(frame: str | bytes) -> Command | Unreadable:
    """A command, or why the frame is none. Never raises on any input."""
    if len(frame) > MAX_FRAME_BYTES:
        return Unreadable(RefusalCode.TOO_LARGE, f"{len(frame)} bytes", CommandId(""))
    try:
        return _command_decoder.decode(frame)
    except msgspec.ValidationError as error:
        return _salvage(frame, str(error))
    except UNREADABLE as error:
        return Unreadable(RefusalCode.MALFORMED, str(error), CommandId(""))


def _salvage(frame: str | bytes, detail: str) -> Unreadable:
    try:
        envelope = _envelope_decoder.decode(frame)
    except UNREADABLE:
        return Unreadable(RefusalCode.MALFORMED, detail, CommandId(""))
    is_unknown = detail.startswith("Invalid value") and detail.endswith("`$.kind`")
    code = RefusalCode.UNKNOWN_KIND if is_unknown else RefusalCode.MALFORMED
    return Unreadable(code, detail, CommandId(envelope.id[:64]))


def decode_push(frame: str | bytes) -> Push:
    """A push from the gateway. Raises one of `UNREADABLE` when it is none: the peer is broken."""
    push = _push_decoder.decode(frame)
    if isinstance(push, PictureSnapshot):
        units = push.picture.units.values()
        push.picture.units = {state.unit.id: state for state in units}  # ids that came twice are kept once
    return push
