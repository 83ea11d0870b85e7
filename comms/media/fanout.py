"""The hot loop: one decrypted packet to many listeners.

No objects are made per listener: header and payload are written into reused memory, libsrtp encrypts in place, and the
kernel takes a batch at a time (see `comms.media.batch` for what that gains).
"""

import socket
from collections.abc import Sequence

import numpy as np
from pylibsrtp._binding import lib

from comms.media.batch import CAPACITY, SLOT_BYTES, Batch, packed_name
from comms.media.incoming import IncomingStream
from comms.media.keyframe import starts_key_frame
from comms.media.outgoing import OutgoingStream
from comms.media.rtp import HEADER, MARKER, VERSION_BYTE, RtpPacket, sequence_delta

_TRAILER_BYTES = 16 + 128
PAYLOAD_LIMIT_BYTES = SLOT_BYTES - HEADER.size - _TRAILER_BYTES


class FanOut:
    """Owns the memory. One call serves all: at 1,165 listeners it holds the loop for about 15 ms."""

    def __init__(self, sock: socket.socket) -> None:
        self._batch = Batch(sock)
        self.forwarded = 0
        self.dropped = 0
        """Packets the kernel or libsrtp would not take."""

    def send_audio(
        self, packet: RtpPacket, source: IncomingStream, listeners: Sequence[OutgoingStream], now: float
    ) -> None:
        for first in range(0, len(listeners), CAPACITY):
            filled = self._fill(packet, source, listeners[first : first + CAPACITY], now)
            if filled:
                self._send(filled)

    def _send(self, filled: int) -> None:
        taken = self._batch.send(filled)
        self.forwarded += taken
        self.dropped += filled - taken

    def _fill(self, packet: RtpPacket, source: IncomingStream, listeners: Sequence[OutgoingStream], now: float) -> int:
        """Write and encrypt the datagrams of one batch; returns how many there are."""
        batch = self._batch
        buffer, names, pack_into, protect = batch.buffer, batch.names, HEADER.pack_into, lib.srtp_protect
        pointers, length_pointers, name_bytes = batch.pointers, batch.length_pointers, batch.name_bytes
        sequence, timestamp, epoch, is_late = packet.sequence, packet.timestamp, source.epoch, source.is_late
        end = HEADER.size + len(packet.payload)
        batch.memory[: len(listeners), HEADER.size : end] = np.frombuffer(packet.payload, np.uint8)
        batch.lengths[: len(listeners)] = end
        slot = 0
        for out in listeners:
            # Only the first packet after a change is marked: aiortc, for one, marks every packet.
            mark = 0
            if out.epoch != epoch:
                if not _begin(out, packet, source, now):
                    continue
                mark = MARKER
            if is_late and sequence_delta(sequence, out.base_sequence) < 0:
                continue
            pack_into(
                buffer, slot * SLOT_BYTES, VERSION_BYTE, mark | out.payload_type,
                (sequence + out.sequence_offset) & 0xFFFF, (timestamp + out.timestamp_offset) & 0xFFFF_FFFF, out.ssrc,
            )  # fmt: skip
            if protect(out.handle, pointers[slot], length_pointers[slot]):
                self.dropped += 1
                batch.memory[slot, HEADER.size : end] = np.frombuffer(packet.payload, np.uint8)
                batch.lengths[slot] = end
                continue
            address = out.transport.address
            if address is not out.named:
                out.named, out.name = address, packed_name(batch.family, address)
            names[slot * name_bytes : (slot + 1) * name_bytes] = out.name
            slot += 1
        return slot

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
        sequence = (packet.sequence + out.sequence_offset) & 0xFFFF
        timestamp = (packet.timestamp + out.timestamp_offset) & 0xFFFF_FFFF
        marker = MARKER if packet.is_marked else 0
        batch, end = self._batch, HEADER.size + len(packet.payload)
        HEADER.pack_into(batch.buffer, 0, VERSION_BYTE, marker | out.payload_type, sequence, timestamp, out.ssrc)
        batch.buffer[HEADER.size : end] = packet.payload
        batch.lengths[0] = end
        if lib.srtp_protect(out.handle, batch.pointers[0], batch.length_pointers[0]):
            self.dropped += 1
            return
        out.remember(sequence, bytes(batch.buffer[: batch.lengths[0]]))
        batch.names[: batch.name_bytes] = packed_name(batch.family, out.transport.address)
        self._send(1)


def _begin(out: OutgoingStream, packet: RtpPacket, source: IncomingStream, now: float) -> bool:
    # A late packet is no place to begin: what should precede it has gone already.
    if source.is_late:
        return False
    return out.follow(
        source.codec, packet.sequence, packet.timestamp, reserve=source.reserve, epoch=source.epoch, now=now
    )
