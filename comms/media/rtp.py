"""RTP headers (RFC 3550) and the arithmetic of numbers that wrap."""

import struct

import msgspec

HEADER = struct.Struct("!BBHII")
VERSION_BYTE = 0x80
"""Version 2, no padding, no extension, no contributors: the only first byte we ever write."""
MARKER = 0x80
AUDIO_RATE_HZ = 48_000
VIDEO_RATE_HZ = 90_000


class RtpPacket(msgspec.Struct, frozen=True, gc=False):
    payload_type: int
    is_marked: bool
    """Audio: first packet of a talk burst. Video: last packet of a picture."""
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    """Without header extensions and padding."""


def parse(datagram: bytes) -> RtpPacket | None:
    """None for anything that is not a well-formed RTP packet."""
    if len(datagram) < HEADER.size:
        return None
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(datagram)
    if first >> 6 != 2:
        return None
    start = HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:
        if len(datagram) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
    end = len(datagram)
    if first & 0x20:
        padding = datagram[-1]
        end -= padding
        if padding == 0:
            return None
    if start > end:
        return None
    return RtpPacket(second & 0x7F, second >= MARKER, sequence, timestamp, ssrc, datagram[start:end])


def build(packet: RtpPacket) -> bytes:
    second = packet.payload_type | (MARKER if packet.is_marked else 0)
    return HEADER.pack(VERSION_BYTE, second, packet.sequence, packet.timestamp, packet.ssrc) + packet.payload


def is_media(datagram: bytes) -> bool:
    """RTP or RTCP (RFC 7983), long enough to look at."""
    return len(datagram) >= HEADER.size and 128 <= datagram[0] < 192


def is_rtcp(datagram: bytes) -> bool:
    """RFC 5761: on one port, RTCP is told by its packet type."""
    return 192 <= datagram[1] <= 223


def sequence_delta(later: int, earlier: int) -> int:
    """Signed steps from `earlier` to `later` the short way round: -32768 to 32767."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


def timestamp_delta(later: int, earlier: int) -> int:
    """Signed RTP clock ticks from `earlier` to `later` the short way round."""
    return ((later - earlier + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


_OPUS_FRAME_MS = (10, 20, 40, 60) * 3 + (10, 20) * 2 + (2.5, 5, 10, 20) * 4
"""By the 5 bits `config` of RFC 6716, table 2: SILK, hybrid, CELT."""


def opus_samples(payload: bytes) -> int:
    """Duration of an Opus packet in samples at 48 kHz, from its first bytes; 0 for an empty or broken one."""
    if not payload:
        return 0
    frame = int(_OPUS_FRAME_MS[payload[0] >> 3] * (AUDIO_RATE_HZ // 1000))
    match payload[0] & 3:
        case 0:
            return frame
        case 1 | 2:
            return 2 * frame
        case _:
            return frame * (payload[1] & 0x3F) if len(payload) > 1 else 0
