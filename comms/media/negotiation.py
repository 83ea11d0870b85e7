"""Which part of an offer the forwarder takes up: codecs, slots and the answer."""

from enum import StrEnum

import msgspec

from comms.media.sdp import Codec, Description, Direction, Line, MediaKind, MediaSection

_FEEDBACK = ("nack", "nack pli", "ccm fir")
_OPUS_FORMAT = "minptime=10;useinbandfec=1;maxaveragebitrate=32000"
"""What a browser should send us: speech with redundancy. 24 to 32 kbit/s is enough for it."""


class MediaRefusalReason(StrEnum):
    MALFORMED = "malformed"
    NO_RTCP_MUX = "no_rtcp_mux"
    WRONG_SETUP = "wrong_setup"
    """The client insists on being the DTLS server; the forwarder always is."""
    NO_CODEC = "no_codec"
    """No m-line has Opus, H.264 or VP8."""


class MediaRefusal(msgspec.Struct, frozen=True):
    reason: MediaRefusalReason
    detail: str


class Slot(msgspec.Struct, frozen=True):
    """An m-line on which the client receives."""

    mid: str
    kind: MediaKind


class Sending(msgspec.Struct, frozen=True):
    """An m-line on which the client sends."""

    mid: str
    kind: MediaKind
    codecs: dict[int, str]
    """Name by payload type."""
    ssrcs: tuple[int, ...]


class SlotPlan(msgspec.Struct, frozen=True):
    slot: Slot
    payload_types: dict[str, int]
    """By codec name: a listener can be given any codec it negotiated."""


class Agreement(msgspec.Struct, frozen=True):
    lines: tuple[Line, ...]
    """For the answer, the slots' SSRCs still missing."""
    slots: tuple[SlotPlan, ...]
    sendings: tuple[Sending, ...]


def agree(offer: Description) -> Agreement | MediaRefusal:
    """Take up every m-line that has a codec we forward."""
    if offer.setup == "passive":
        return MediaRefusal(MediaRefusalReason.WRONG_SETUP, "the forwarder is always the DTLS server")
    lines: list[Line] = []
    slots: list[SlotPlan] = []
    sendings: list[Sending] = []
    for section in offer.media:
        codecs = () if section.is_rejected else _usable(section)
        if codecs and not section.has_rtcp_mux:
            return MediaRefusal(MediaRefusalReason.NO_RTCP_MUX, f"m-line {section.mid} lacks rtcp-mux")
        lines.append(
            Line(
                mid=section.mid,
                kind=section.kind,
                protocol=section.protocol,
                direction=section.direction.mirrored,
                codecs=codecs,
                refused_formats=section.formats,
                has_rtcp_rsize=section.has_rtcp_rsize,
            )
        )
        kind = MediaKind(section.kind) if codecs else MediaKind.AUDIO
        if codecs and section.direction.receives:
            types = {codec.name: codec.payload_type for codec in reversed(codecs)}
            slots.append(SlotPlan(Slot(section.mid, kind), types))
        if codecs and section.direction.sends:
            names = {codec.payload_type: codec.name for codec in codecs}
            sendings.append(Sending(section.mid, kind, names, section.ssrcs))
    if not slots and not sendings:
        return MediaRefusal(MediaRefusalReason.NO_CODEC, "no m-line has Opus, H.264 or VP8")
    return Agreement(tuple(lines), tuple(slots), tuple(sendings))


def _usable(section: MediaSection) -> tuple[Codec, ...]:
    if section.direction is Direction.INACTIVE or not section.protocol.endswith("RTP/SAVPF"):
        return ()
    if section.kind == MediaKind.AUDIO:
        opus = [codec for codec in section.codecs if (codec.name, codec.clock_rate_hz) == ("opus", 48_000)]
        return tuple(msgspec.structs.replace(codec, format=_OPUS_FORMAT, feedback=()) for codec in opus[:1])
    if section.kind == MediaKind.VIDEO:
        h264 = sorted((codec for codec in section.codecs if _h264_rank(codec) is not None), key=_h264_rank_or_last)
        vp8 = [codec for codec in section.codecs if (codec.name, codec.clock_rate_hz) == ("vp8", 90_000)]
        return tuple(_with_our_feedback(codec) for codec in [*h264[:1], *vp8[:1]])
    return ()


def _h264_rank(codec: Codec) -> int | None:
    """0 for constrained baseline, 1 for baseline, None for what not every decoder of ours has to know."""
    parameters = codec.parameters
    if (codec.name, codec.clock_rate_hz, parameters.get("packetization-mode")) != ("h264", 90_000, "1"):
        return None
    profile = parameters.get("profile-level-id", "42e01f").lower()
    if not profile.startswith("42"):
        return None
    return 0 if profile.startswith("42e0") else 1


def _h264_rank_or_last(codec: Codec) -> int:
    rank = _h264_rank(codec)
    return 2 if rank is None else rank


def _with_our_feedback(codec: Codec) -> Codec:
    return msgspec.structs.replace(codec, feedback=tuple(item for item in codec.feedback if item in _FEEDBACK))
