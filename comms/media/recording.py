"""Talk bursts kept as Ogg/Opus (RFC 7845): what was sent, not encoded again."""

import math
import struct
import zlib
from collections.abc import Iterator

import msgspec
import numpy as np

from comms.media.opus import OpusDecoder, Pcm
from comms.media.rtp import AUDIO_RATE_HZ, opus_samples, timestamp_delta

MEDIA_TYPE = "audio/ogg"
_PRE_SKIP_SAMPLES = 312
"""6.5 ms: libopus's look-ahead, which a player drops (RFC 7845, 5.1)."""
_PAGE_SAMPLES = AUDIO_RATE_HZ
"""A page a second, as players like for seeking."""
_LONGEST_SAMPLES = 30 * 60 * AUDIO_RATE_HZ
"""A burst is ended by the floor after a minute or so; half an hour is a fault."""
_LONGEST_GAP_SAMPLES = 5 * AUDIO_RATE_HZ
"""Of a sender's clock that leaps. A longer pause is kept as long as it was by our own: what is said after it is heard
where it was said."""
_PAGE_HEADER = struct.Struct("<4sBBqIIIB")
_LACING_LIMIT = 255
_CONTINUED, _FIRST, _LAST = 1, 2, 4


class Recording(msgspec.Struct, frozen=True):
    """`began_s` is when its first sample came in, on the clock of the packets' arrivals."""

    ogg: bytes
    duration_s: float
    began_s: float


class BurstRecorder:
    """Give `take` to `Forwarder.set_tap`; call `finish` when the burst has drained."""

    def __init__(self, *, remark: str = "") -> None:
        """`remark` is written into the file's head, where players show it."""
        self._remark = remark
        self._first: int | None = None
        self._began_s = math.inf
        """When sample 0 came in, by the packet that was least held up on its way."""
        self._packets: dict[int, tuple[bytes, float]] = {}
        """With their arrivals, by samples since the first packet that came; negative for one that was overtaken."""

    def take(self, payload: bytes, timestamp: int, arrival_s: float) -> None:
        """One RTP payload, in any order. Empty, broken and repeated ones are passed over."""
        if not opus_samples(payload):
            return
        if self._first is None:
            self._first = timestamp
        at = timestamp_delta(timestamp, self._first)
        if abs(at) <= _LONGEST_SAMPLES:
            self._packets.setdefault(at, (payload, arrival_s))
            self._began_s = min(self._began_s, arrival_s - at / AUDIO_RATE_HZ)

    def finish(self) -> Recording | None:
        """None when nothing was said."""
        packets = list(_filled(sorted(self._packets.items())))
        if not packets:
            return None
        samples = sum(opus_samples(payload) for payload in packets)
        began_s = self._began_s + min(self._packets) / AUDIO_RATE_HZ
        return Recording(write_ogg(packets, remark=self._remark), samples / AUDIO_RATE_HZ, began_s)


def _filled(packets: list[tuple[int, tuple[bytes, float]]]) -> Iterator[bytes]:
    """Close gaps with empty packets, for which every decoder makes up sound (RFC 7845, 4.1)."""
    due: int | None = None
    before_s = 0.0
    for at, (payload, arrival_s) in packets:
        samples = opus_samples(payload)
        if due is not None and at < due:
            continue  # overlaps what is there already
        longest = _LONGEST_GAP_SAMPLES + max(0.0, arrival_s - before_s) * AUDIO_RATE_HZ
        gap = 0 if due is None or at - due > longest else at - due
        empty = bytes((payload[0] & 0xFC,))  # same configuration, one frame, no bytes of it
        while gap >= samples:
            yield empty
            gap -= opus_samples(empty)
        yield payload
        due, before_s = at + samples, arrival_s


def write_ogg(packets: list[bytes], *, remark: str = "") -> bytes:
    """A whole file. Its granule positions count samples, the look-ahead included."""
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, _PRE_SKIP_SAMPLES, AUDIO_RATE_HZ, 0, 0)
    vendor = b"wangge"
    comments = [f"TITLE={remark}".encode()] if remark else []
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments))
    tags += b"".join(struct.pack("<I", len(comment)) + comment for comment in comments)
    pages = [_page([head], 0, 0, _FIRST), _page([tags], 0, 1, 0)]
    groups = list(_grouped(packets))
    position = 0
    for index, group in enumerate(groups):
        position += sum(opus_samples(packet) for packet in group)
        pages.append(_page(group, position, 2 + index, _LAST if index == len(groups) - 1 else 0))
    return b"".join(pages)


def _grouped(packets: list[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    samples = lacing = 0
    for packet in packets:
        size = len(packet) // 255 + 1
        if group and (samples >= _PAGE_SAMPLES or lacing + size > _LACING_LIMIT):
            yield group
            group, samples, lacing = [], 0, 0
        group.append(packet)
        samples += opus_samples(packet)
        lacing += size
    if group:
        yield group


def _page(packets: list[bytes], position: int, number: int, flags: int) -> bytes:
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes((len(packet) % 255,)) for packet in packets)
    header = _PAGE_HEADER.pack(b"OggS", 0, flags, position, 1, number, 0, len(lacing))
    page = header + lacing + b"".join(packets)
    checksum = _crc(page)
    return page[:22] + struct.pack("<I", checksum) + page[26:]


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _crc(data: bytes) -> int:
    """Ogg's own: the usual polynomial, neither reflected nor inverted (RFC 3533, 6). zlib's is both, so it is given
    mirrored bytes and its answer mirrored back; in a loop of our own it kept the interpreter busy for milliseconds."""
    reflected = zlib.crc32(data.translate(_MIRRORED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int.from_bytes(reflected.to_bytes(4, "little").translate(_MIRRORED), "big")


class OggError(ValueError):
    """Not a mono Opus file as `write_ogg` makes them."""


def read_pcm(ogg: bytes) -> Pcm:
    """The whole recording for playback, mono at 48 kHz. Raises OggError."""
    packets = _read_packets(ogg)
    if len(packets) < 2 or not packets[0].startswith(b"OpusHead") or not packets[1].startswith(b"OpusTags"):
        raise OggError("no Opus headers")
    pre_skip = int.from_bytes(packets[0][10:12], "little")
    decoder = OpusDecoder()
    blocks = [
        decoder.decode(packet) if len(packet) > 1 else decoder.conceal(opus_samples(packet)) for packet in packets[2:]
    ]
    return np.concatenate([np.zeros(0, dtype=np.int16), *blocks])[pre_skip:]


def _read_packets(ogg: bytes) -> list[bytes]:
    packets: list[bytes] = []
    unfinished = b""
    offset = 0
    while offset < len(ogg):
        if len(ogg) < offset + _PAGE_HEADER.size:
            raise OggError("a page is cut short")
        magic, version, _, _, _, _, checksum, count = _PAGE_HEADER.unpack_from(ogg, offset)
        body = offset + _PAGE_HEADER.size + count
        lacing = ogg[offset + _PAGE_HEADER.size : body]
        end = body + sum(lacing)
        if magic != b"OggS" or version or len(ogg) < end:
            raise OggError("a page is broken")
        if _crc(ogg[offset : offset + 22] + bytes(4) + ogg[offset + 26 : end]) != checksum:
            raise OggError("a page's checksum is wrong")
        for size in lacing:
            unfinished += ogg[body : body + size]
            body += size
            if size < 255:
                packets.append(unfinished)
                unfinished = b""
        offset = end
    return packets
