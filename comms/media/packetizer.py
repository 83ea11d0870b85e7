"""Encoded pictures to RTP payloads and back: H.264 (RFC 6184, packetization mode 1) and VP8 (RFC 7741)."""

from collections.abc import Iterator

PAYLOAD_BYTES = 1100
"""Leaves room for RTP, SRTP, UDP, IPv6 and a tunnel within 1280 bytes."""
_FU_A = 28
_STAP_A = 24
_START_CODE = b"\x00\x00\x00\x01"
_VP8_START = 0x10


def split_h264(bitstream: bytes) -> list[bytes]:
    """The NAL units of an Annex B bitstream, without start codes."""
    parts = bitstream.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01")
    return [part for part in parts if part]


def pack_h264(bitstream: bytes) -> list[bytes]:
    return [payload for unit in split_h264(bitstream) for payload in _pack_unit(unit)]


def _pack_unit(unit: bytes) -> Iterator[bytes]:
    if len(unit) <= PAYLOAD_BYTES:
        yield unit
        return
    indicator = unit[0] & 0xE0 | _FU_A
    kind = unit[0] & 0x1F
    body = unit[1:]
    step = PAYLOAD_BYTES - 2
    for start in range(0, len(body), step):
        edges = (0x80 if start == 0 else 0) | (0x40 if start + step >= len(body) else 0)
        yield bytes((indicator, edges | kind)) + body[start : start + step]


def unpack_h264(payloads: list[bytes]) -> bytes:
    """The Annex B bitstream of one picture's payloads, in order. Raises ValueError when they are broken."""
    stream = bytearray()
    for payload in payloads:
        if len(payload) < 2:
            raise ValueError("a payload of H.264 has at least two bytes")
        kind = payload[0] & 0x1F
        if kind == _FU_A:
            if payload[1] & 0x80:
                stream += _START_CODE + bytes((payload[0] & 0xE0 | payload[1] & 0x1F,))
            stream += payload[2:]
        elif kind == _STAP_A:
            stream += b"".join(_START_CODE + unit for unit in _aggregated(payload[1:]))
        else:
            stream += _START_CODE + payload
    return bytes(stream)


def _aggregated(body: bytes) -> Iterator[bytes]:
    while len(body) >= 2:
        size = int.from_bytes(body[:2], "big")
        if len(body) < 2 + size:
            raise ValueError("an aggregated unit is cut short")
        yield body[2 : 2 + size]
        body = body[2 + size :]


def pack_vp8(picture: bytes) -> list[bytes]:
    step = PAYLOAD_BYTES - 1
    return [
        bytes((_VP8_START if start == 0 else 0,)) + picture[start : start + step]
        for start in range(0, len(picture), step)
    ]


def unpack_vp8(payloads: list[bytes]) -> bytes:
    """One picture's payloads, in order, as `pack_vp8` made them or as browsers send them. Raises ValueError."""
    return b"".join(payload[_vp8_descriptor_bytes(payload) :] for payload in payloads)


def _vp8_descriptor_bytes(payload: bytes) -> int:
    if not payload:
        raise ValueError("a payload of VP8 has at least one byte")
    if not payload[0] & 0x80:
        return 1
    if len(payload) < 3:
        raise ValueError("a VP8 descriptor is cut short")
    extension = payload[1]
    size = 2
    if extension & 0x80:
        size += 2 if payload[2] & 0x80 else 1
    return size + bool(extension & 0x40) + bool(extension & 0x30)
