"""STUN (RFC 8489) as far as ICE needs it: authenticated binding requests and their answers. Pure bytes in and out."""

import binascii
import hashlib
import hmac
import ipaddress
import struct
from dataclasses import dataclass

BINDING_REQUEST = 0x0001
BINDING_SUCCESS = 0x0101

_MAGIC = 0x2112A442
_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")
_USERNAME = 0x0006
_MESSAGE_INTEGRITY = 0x0008
_XOR_MAPPED_ADDRESS = 0x0020
_PRIORITY = 0x0024
_USE_CANDIDATE = 0x0025
_FINGERPRINT = 0x8028
_ICE_CONTROLLING = 0x802A
_FINGERPRINT_XOR = 0x5354554E
_INTEGRITY_BYTES = 4 + 20
_FINGERPRINT_BYTES = 4 + 4

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class StunMessage:
    kind: int
    transaction_id: bytes
    username: str
    """Empty when the message has none."""
    priority: int
    is_nomination: bool
    integrity_offset: int | None
    """Where MESSAGE-INTEGRITY starts in the datagram. None: the message is not signed."""


def is_stun(datagram: bytes) -> bool:
    """RFC 7983: the first byte tells STUN (0 to 3) from DTLS (20 to 63) and RTP (128 to 191)."""
    return len(datagram) >= _HEADER.size and datagram[0] < 4


def parse(datagram: bytes) -> StunMessage | None:
    """None for anything that is not one whole STUN message."""
    if not is_stun(datagram):
        return None
    kind, length, magic, transaction_id = _HEADER.unpack_from(datagram)
    if magic != _MAGIC or length % 4 or length + _HEADER.size != len(datagram):
        return None
    attributes: dict[int, bytes] = {}
    integrity_offset: int | None = None
    offset = _HEADER.size
    while offset < len(datagram):
        name, size = _ATTRIBUTE.unpack_from(datagram, offset)
        if offset + _ATTRIBUTE.size + size > len(datagram):
            return None
        # What follows MESSAGE-INTEGRITY is not covered by it and must not be believed (RFC 8489, 14.5).
        if integrity_offset is None:
            if name == _MESSAGE_INTEGRITY:
                if size != _INTEGRITY_BYTES - _ATTRIBUTE.size:
                    return None
                integrity_offset = offset
            attributes.setdefault(name, datagram[offset + 4 : offset + 4 + size])
        offset += _ATTRIBUTE.size + (size + 3) // 4 * 4
    return StunMessage(
        kind=kind,
        transaction_id=transaction_id,
        username=attributes.get(_USERNAME, b"").decode("ascii", "replace"),
        priority=int.from_bytes(attributes.get(_PRIORITY, b"")[:4], "big"),
        is_nomination=_USE_CANDIDATE in attributes,
        integrity_offset=integrity_offset,
    )


def is_authentic(datagram: bytes, message: StunMessage, password: bytes) -> bool:
    """Whether the message was signed with this password."""
    start = message.integrity_offset
    if start is None:
        return False
    covered_length = start - _HEADER.size + _INTEGRITY_BYTES
    covered = datagram[:2] + struct.pack("!H", covered_length) + datagram[4:start]
    return hmac.compare_digest(_sign(covered, password), datagram[start + 4 : start + _INTEGRITY_BYTES])


def binding_request(
    transaction_id: bytes, *, username: str, password: bytes, priority: int, tie_breaker: int, is_nomination: bool
) -> bytes:
    """A check of the controlling agent."""
    attributes = [
        (_USERNAME, username.encode("ascii")),
        (_PRIORITY, struct.pack("!I", priority)),
        (_ICE_CONTROLLING, struct.pack("!Q", tie_breaker)),
    ]
    if is_nomination:
        attributes.append((_USE_CANDIDATE, b""))
    return _build(BINDING_REQUEST, transaction_id, attributes, password)


def binding_success(request: StunMessage, *, seen_from: Address, password: bytes) -> bytes:
    mapped = _xor_address(seen_from, request.transaction_id)
    return _build(BINDING_SUCCESS, request.transaction_id, [(_XOR_MAPPED_ADDRESS, mapped)], password)


def _build(kind: int, transaction_id: bytes, attributes: list[tuple[int, bytes]], password: bytes) -> bytes:
    body = b"".join(_encode(name, value) for name, value in attributes)
    signed = _HEADER.pack(kind, len(body) + _INTEGRITY_BYTES, _MAGIC, transaction_id) + body
    body += _encode(_MESSAGE_INTEGRITY, _sign(signed, password))
    checked = _HEADER.pack(kind, len(body) + _FINGERPRINT_BYTES, _MAGIC, transaction_id) + body
    return checked + _encode(_FINGERPRINT, struct.pack("!I", binascii.crc32(checked) ^ _FINGERPRINT_XOR))


def _encode(name: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(name, len(value)) + value + bytes(-len(value) % 4)


def _sign(covered: bytes, password: bytes) -> bytes:
    return hmac.digest(password, covered, hashlib.sha1)


def _xor_address(address: Address, transaction_id: bytes) -> bytes:
    ip = ipaddress.ip_address(address[0].partition("%")[0])
    key = (struct.pack("!I", _MAGIC) + transaction_id)[: len(ip.packed)]
    masked = bytes(a ^ b for a, b in zip(ip.packed, key, strict=True))
    return struct.pack("!BBH", 0, 1 if ip.version == 4 else 2, address[1] ^ (_MAGIC >> 16)) + masked
