"""The hot loop: one decrypted packet to many listeners.

No objects are made per listener: header and payload are written into reused memory, libsrtp encrypts in place, and the
kernel takes a batch at a time (see `comms.media.batch` for what that gains).
"""

import socket
from collections.abc import Sequence

import numpy as np
from pylibsrtp._binding import lib

from comms.media.batch import CAPACITY, SLOT_BYTES, Batch, packed_name
from comms.media.crowd import Columns, Crowd
from comms.media.incoming import IncomingStream
from comms.media.keyframe import starts_key_frame
from comms.media.outgoing import OutgoingStream
from comms.media.rtp import HEADER, MARKER, VERSION_BYTE, RtpPacket, sequence_delta

_TRAILER_BYTES = 16 + 128
PAYLOAD_LIMIT_BYTES = SLOT_BYTES - HEADER.size - _TRAILER_BYTES


_HEADERS = np.dtype(
    [("version", "u1"), ("payload_type", "u1"), ("sequence", ">u2"), ("timestamp", ">u4"), ("ssrc", ">u4")]
)
"""An RTP header as numpy writes it (RFC 3550, 5.1)."""


class FanOut:
    """Owns the memory. One call serves all: at 1,165 listeners it holds the loop for about 13 ms."""

    def __init__(self, sock: socket.socket) -> None:
        self._batch = batch = Batch(sock)
        self._headers = np.ndarray((CAPACITY,), _HEADERS, batch.memory, strides=(SLOT_BYTES,))
        self.forwarded = 0
        self.dropped = 0
        """Packets the kernel or libsrtp would not take."""

    def send_audio(self, packet: RtpPacket, source: IncomingStream, crowd: Crowd, now: float) -> None:
        columns = None if source.is_late else crowd.columns(source.epoch, self._batch.family)
        if columns is not None:
            for some in columns:
                self._send_alike(packet, some)
            return
        for first in range(0, len(crowd.members), CAPACITY):
            filled = self._fill(packet, source, crowd.members[first : first + CAPACITY], now)
            self._send(filled)

    def _send_alike(self, packet: RtpPacket, some: Columns) -> None:
        """To listeners who are all in the midst of this numbering."""
        batch, count = self._batch, len(some.handles)
        headers, end = self._headers[:count], HEADER.size + len(packet.payload)
        headers["version"] = VERSION_BYTE
        headers["payload_type"] = some.payload_types
        headers["sequence"] = some.sequence_offsets + packet.sequence & 0xFFFF
        headers["timestamp"] = some.timestamp_offsets + np.uint32(packet.timestamp)
        headers["ssrc"] = some.ssrcs
        batch.memory[:count, HEADER.size : end] = np.frombuffer(packet.payload, np.uint8)
        batch.lengths[:count] = end
        batch.names[:count] = some.names
        failed = [*map(lib.srtp_protect, some.handles, batch.pointers, batch.length_pointers)]
        if any(failed):
            for slot in np.flatnonzero(failed).tolist():
                batch.strike(slot)
        self._send(count)

    def _send(self, filled: int) -> None:
        taken = self._batch.send(filled)
        self.forwarded += taken
        self.dropped += filled - taken

    def _fill(self, packet: RtpPacket, source: IncomingStream, listeners: Sequence[OutgoingStream], now: float) -> int:
        """Write and encrypt the datagrams of one batch, one by one; returns how many there are."""
        batch = self._batch
        batch.memory[: len(listeners), HEADER.size : HEADER.size + len(packet.payload)] = np.frombuffer(
            packet.payload, np.uint8
        )
        batch.lengths[: len(listeners)] = HEADER.size + len(packet.payload)
        slot = 0
        for out in listeners:
            # Only the first packet after a change is marked: aiortc, for one, marks every packet.
            mark = 0
            if out.epoch != source.epoch:
                if not _begin(out, packet, source, now):
                    continue
                mark = MARKER
            if source.is_late and sequence_delta(packet.sequence, out.base_sequence) < 0:
                continue
            self._write(slot, out, mark | out.payload_type, packet)
            slot += 1
        return slot

    def _write(self, slot: int, out: OutgoingStream, second_byte: int, packet: RtpPacket) -> bool:
        """Header and address for a payload that stands in its slot, then encrypt. False: it will not be sent."""
        batch = self._batch
        HEADER.pack_into(
            batch.buffer, slot * SLOT_BYTES, VERSION_BYTE, second_byte,
            (packet.sequence + out.sequence_offset) & 0xFFFF,
            (packet.timestamp + out.timestamp_offset) & 0xFFFF_FFFF, out.ssrc,
        )  # fmt: skip
        if lib.srtp_protect(out.handle, batch.pointers[slot], batch.length_pointers[slot]):
            batch.strike(slot)
            return False
        batch.names[slot] = np.frombuffer(packed_name(batch.family, out.transport.address), np.uint8)
        return True

    def send_video(
        self, packet: RtpPacket, source: IncomingStream, listeners: Sequence[OutgoingStream], now: float
    ) -> None:
        """Few listeners, so told plainly: waits for a key frame after a change and keeps packets for repeats."""
        for out in listeners:
            if out.epoch == source.epoch:
                if not source.is_late or sequence_delta(packet.sequence, out.base_sequence) >= 0:
                    self._send_video_to(out, packet)
            elif not out.needs_key_frame or starts_key_frame(source.codec, packet.payload):
                self._begin_video(out, packet, source, now)

    def _begin_video(self, out: OutgoingStream, packet: RtpPacket, source: IncomingStream, now: float) -> None:
        """A key frame's packets leave together, so its first one is easily overtaken: what overtook it follows it."""
        if not out.follow(source.codec, packet.sequence, packet.timestamp, reserve=0, epoch=source.epoch, now=now):
            return
        out.needs_key_frame = False
        self._send_video_to(out, packet)
        if source.is_late:
            for overtaker in source.overtaken_by(packet.sequence):
                self._send_video_to(out, overtaker)

    def _send_video_to(self, out: OutgoingStream, packet: RtpPacket) -> None:
        batch, end = self._batch, HEADER.size + len(packet.payload)
        batch.buffer[HEADER.size : end] = packet.payload
        batch.lengths[0] = end
        if self._write(0, out, (MARKER if packet.is_marked else 0) | out.payload_type, packet):
            sequence = (packet.sequence + out.sequence_offset) & 0xFFFF
            out.remember(sequence, bytes(batch.buffer[: batch.lengths[0]]))
        self._send(1)


def _begin(out: OutgoingStream, packet: RtpPacket, source: IncomingStream, now: float) -> bool:
    # A late packet is no place to begin: what should precede it has gone already.
    if source.is_late:
        return False
    return out.follow(
        source.codec, packet.sequence, packet.timestamp, reserve=source.reserve, epoch=source.epoch, now=now
    )
