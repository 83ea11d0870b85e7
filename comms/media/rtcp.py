"""RTCP as far as the forwarder and its clients speak it: reports, key-frame requests, repeats, farewells."""

import struct
from collections.abc import Iterable, Iterator

import msgspec

_HEADER = struct.Struct("!BBH")
_SENDER_INFO = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IIIIII")
_FEEDBACK = struct.Struct("!II")

_SR, _RR, _SDES, _BYE, _RTPFB, _PSFB = 200, 201, 202, 203, 205, 206
_FMT_NACK, _FMT_PLI, _FMT_FIR = 1, 1, 4


class ReportBlock(msgspec.Struct, frozen=True):
    """What one receiver says of one stream."""

    ssrc: int
    fraction_lost: int
    """Of the last interval, in 256ths."""
    lost: int
    highest_sequence: int
    """With the count of wraps in the upper 16 bits."""
    jitter: int
    """RTP clock ticks."""
    last_report: int
    """Middle 32 bits of the NTP time of the last sender report that arrived; 0: none."""
    delay: int
    """Since that report, in 65536ths of a second."""


class SenderReport(msgspec.Struct, frozen=True):
    ssrc: int
    ntp_time: int
    """Seconds in 32.32 fixed point."""
    rtp_timestamp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()


class ReceiverReport(msgspec.Struct, frozen=True):
    ssrc: int
    blocks: tuple[ReportBlock, ...]


class KeyFrameRequest(msgspec.Struct, frozen=True):
    """PLI or FIR."""

    media_ssrc: int


class Nack(msgspec.Struct, frozen=True):
    media_ssrc: int
    sequences: tuple[int, ...]


class Bye(msgspec.Struct, frozen=True):
    ssrcs: tuple[int, ...]


Feedback = SenderReport | ReceiverReport | KeyFrameRequest | Nack | Bye


def parse(datagram: bytes) -> list[Feedback]:
    """What a compound packet says. Unknown and broken parts are passed over; nothing raises."""
    found: list[Feedback] = []
    offset = 0
    while offset + _HEADER.size <= len(datagram):
        first, kind, words = _HEADER.unpack_from(datagram, offset)
        end = offset + 4 + 4 * words
        if first >> 6 != 2 or end > len(datagram):
            break
        found.extend(_parse_one(kind, first & 0x1F, datagram[offset + 4 : end]))
        offset = end
    return found


def _parse_one(kind: int, count: int, body: bytes) -> Iterator[Feedback]:
    if kind == _SR and len(body) >= _SENDER_INFO.size:
        ssrc, ntp_time, rtp_timestamp, packets, octets = _SENDER_INFO.unpack_from(body)
        blocks = _blocks(body[_SENDER_INFO.size :], count)
        yield SenderReport(ssrc, ntp_time, rtp_timestamp, packets, octets, blocks)
    elif kind == _RR and len(body) >= 4:
        yield ReceiverReport(int.from_bytes(body[:4], "big"), _blocks(body[4:], count))
    elif kind == _BYE and len(body) >= 4 * count:
        yield Bye(struct.unpack_from(f"!{count}I", body))
    elif kind in (_RTPFB, _PSFB) and len(body) >= _FEEDBACK.size:
        yield from _parse_feedback(kind, count, body)


def _parse_feedback(kind: int, form: int, body: bytes) -> Iterator[Feedback]:
    _, media_ssrc = _FEEDBACK.unpack_from(body)
    details = body[_FEEDBACK.size :]
    if kind == _RTPFB and form == _FMT_NACK:
        yield Nack(media_ssrc, tuple(_lost(details)))
    elif kind == _PSFB and form == _FMT_PLI:
        yield KeyFrameRequest(media_ssrc)
    elif kind == _PSFB and form == _FMT_FIR:
        # FIR names its streams in the details and leaves the media source 0.
        yield from (KeyFrameRequest(ssrc) for ssrc, _ in struct.iter_unpack("!II", details[: len(details) // 8 * 8]))


def _lost(details: bytes) -> Iterator[int]:
    for first, mask in struct.iter_unpack("!HH", details[: len(details) // 4 * 4]):
        yield first
        yield from ((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)


def _blocks(body: bytes, count: int) -> tuple[ReportBlock, ...]:
    usable = min(count, len(body) // _BLOCK.size)
    return tuple(_block(*_BLOCK.unpack_from(body, index * _BLOCK.size)) for index in range(usable))


def _block(ssrc: int, loss: int, highest: int, jitter: int, last_report: int, delay: int) -> ReportBlock:
    lost = loss & 0xFF_FFFF
    return ReportBlock(
        ssrc, loss >> 24, lost - 0x100_0000 if lost & 0x80_0000 else lost, highest, jitter, last_report, delay
    )


def ntp(now: float) -> int:
    """The clock as 32.32 fixed point. Any zero will do: only differences are used (RFC 3550, 4)."""
    return int(now * (1 << 32)) & 0xFFFF_FFFF_FFFF_FFFF


def sender_report(report: SenderReport, *, cname: str) -> bytes:
    """An SR with its obligatory SDES; sent when there is something sent to report on."""
    info = _SENDER_INFO.pack(report.ssrc, report.ntp_time, report.rtp_timestamp, report.packets, report.octets)
    body = info + _pack_blocks(report.blocks)
    return _packet(_SR, len(report.blocks), body) + _description(report.ssrc, cname)


def receiver_report(report: ReceiverReport, *, cname: str) -> bytes:
    body = struct.pack("!I", report.ssrc) + _pack_blocks(report.blocks)
    return _packet(_RR, len(report.blocks), body) + _description(report.ssrc, cname)


def key_frame_request(*, sender_ssrc: int, media_ssrc: int) -> bytes:
    return _packet(_PSFB, _FMT_PLI, _FEEDBACK.pack(sender_ssrc, media_ssrc))


def nack(*, sender_ssrc: int, media_ssrc: int, sequences: Iterable[int]) -> bytes:
    """Ask for packets again. The numbers must be given in the order they were sent."""
    words: list[list[int]] = []
    for sequence in sequences:
        step = (sequence - words[-1][0]) & 0xFFFF if words else 0
        if words and 1 <= step <= 16:
            words[-1][1] |= 1 << (step - 1)
        else:
            words.append([sequence, 0])
    details = b"".join(struct.pack("!HH", first, mask) for first, mask in words)
    return _packet(_RTPFB, _FMT_NACK, _FEEDBACK.pack(sender_ssrc, media_ssrc) + details)


def bye(ssrc: int) -> bytes:
    return _packet(_BYE, 1, struct.pack("!I", ssrc))


def _pack_blocks(blocks: Iterable[ReportBlock]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            block.fraction_lost << 24 | max(min(block.lost, 0x7F_FFFF), -0x80_0000) & 0xFF_FFFF,
            block.highest_sequence,
            block.jitter,
            block.last_report,
            block.delay,
        )
        for block in blocks
    )


def _description(ssrc: int, cname: str) -> bytes:
    item = bytes((1, len(cname))) + cname.encode("ascii")
    chunk = struct.pack("!I", ssrc) + item + bytes(4 - len(item) % 4)
    return _packet(_SDES, 1, chunk)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEADER.pack(0x80 | count, kind, len(body) // 4) + body
