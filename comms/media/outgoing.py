"""What a listener receives on one slot: one continuous RTP stream, whoever talks."""

import random
from collections.abc import Iterable
from typing import Any

from comms.media.negotiation import SlotPlan
from comms.media.rtcp import ReportBlock, SenderReport
from comms.media.rtp import AUDIO_RATE_HZ, VIDEO_RATE_HZ
from comms.media.sdp import MediaKind
from comms.media.transport import LiteTransport

_CACHE_PACKETS = 512
"""Video packets kept for repeats: about 4 s at 1 Mbit/s."""
_REPEAT_LIMIT = 128
_SHORTEST_STEP = {MediaKind.AUDIO: 1920, MediaKind.VIDEO: 3000}
"""Ticks between the last packet of one source and the first of the next: at least one packet's worth."""


class OutgoingStream:
    """The numbers of one slot. `sequence_offset` and `timestamp_offset` map the present source's numbers to ours, so
    that its losses and reordering stay visible to the listener; they are chosen anew when the source changes."""

    __slots__ = (
        "_cache", "_last_at", "_last_timestamp", "_loss", "_next_sequence", "_octets", "_packets", "_payload_types",
        "_reported_packets", "base_sequence", "epoch", "handle", "kind", "mid", "needs_key_frame", "payload_type",
        "rate_hz", "route", "sequence_offset", "session_id", "ssrc", "timestamp_offset", "transport",
    )  # fmt: skip

    def __init__(self, session_id: str, plan: SlotPlan, transport: LiteTransport, *, ssrc: int, now: float) -> None:
        self.session_id = session_id
        self.mid = plan.slot.mid
        self.kind = plan.slot.kind
        self.rate_hz = AUDIO_RATE_HZ if self.kind is MediaKind.AUDIO else VIDEO_RATE_HZ
        self.transport = transport
        self.ssrc = ssrc
        self.handle: Any = None
        """libsrtp's, for the fan-out; None while the session is not connected."""
        self.route: Any = None
        """The comms.media.routing.Route that feeds this slot, if any."""
        self.epoch = 0
        """The source numbering the offsets belong to; 0: to be chosen at the next packet."""
        self.payload_type = 0
        self.sequence_offset = 0
        self.timestamp_offset = 0
        self.base_sequence = 0
        """Nothing older than this, in the source's numbers, is forwarded."""
        self.needs_key_frame = False
        self._payload_types = plan.payload_types
        # The lower half keeps early wraps, which confuse some SRTP receivers, away.
        self._next_sequence = random.randrange(1, 0x8000)
        self._last_timestamp = random.getrandbits(32)
        self._last_at = now
        self._packets = self._octets = self._reported_packets = 0
        self._cache: list[tuple[int, bytes] | None] = [None] * (_CACHE_PACKETS if self.kind is MediaKind.VIDEO else 0)
        self._loss: ReportBlock | None = None

    def follow(self, codec: str, sequence: int, timestamp: int, *, reserve: int, epoch: int, now: float) -> bool:
        """Choose the offsets so that this packet continues the stream after `reserve` places left free for older ones
        still on their way. False: the listener has not negotiated the codec."""
        payload_type = self._payload_types.get(codec)
        if payload_type is None:
            return False
        shortest = _SHORTEST_STEP[self.kind] * (1 + reserve)
        pause = max(int((now - self._last_at) * self.rate_hz), shortest)
        self.payload_type = payload_type
        self.base_sequence = (sequence - reserve) & 0xFFFF
        self.sequence_offset = (self._next_sequence + reserve - sequence) & 0xFFFF
        self.timestamp_offset = (self._last_timestamp + pause - timestamp) & 0xFFFF_FFFF
        self.epoch = epoch
        return True

    def settle(self, sequence: int, timestamp: int, sent_at: float) -> None:
        """The source's newest forwarded packet was the last under the present offsets."""
        if self.epoch:
            self._next_sequence = (sequence + self.sequence_offset + 1) & 0xFFFF
            self._last_timestamp = (timestamp + self.timestamp_offset) & 0xFFFF_FFFF
            self._last_at = sent_at
            self.epoch = 0

    def count(self, packets: int, octets: int) -> None:
        self._packets += packets
        self._octets += octets

    def remember(self, sequence: int, protected: bytes) -> None:
        """Keep a video packet as it was sent: a repeat is the same bytes, never a second encryption."""
        self._cache[sequence % _CACHE_PACKETS] = (sequence, protected)

    def repeats(self, sequences: Iterable[int]) -> list[bytes]:
        """The protected packets of these numbers, as far as they are still kept."""
        if not self._cache:
            return []
        kept = (self._cache[sequence % _CACHE_PACKETS] for sequence in list(sequences)[:_REPEAT_LIMIT])
        wanted = set(sequences)
        return [entry[1] for entry in kept if entry is not None and entry[0] in wanted]

    def sender_report(
        self, *, packets: int, octets: int, timestamp: int, sent_at: float, now: float, ntp_time: int
    ) -> SenderReport | None:
        """None when nothing was sent since the last one. The first four are the present route's: its counts, and the
        source's timestamp of its last packet and when that went."""
        packets += self._packets
        if packets == self._reported_packets:
            return None
        self._reported_packets = packets
        if self.epoch:
            present = timestamp + self.timestamp_offset + int((now - sent_at) * self.rate_hz)
        else:
            present = self._last_timestamp + int((now - self._last_at) * self.rate_hz)
        return SenderReport(
            ssrc=self.ssrc,
            ntp_time=ntp_time,
            rtp_timestamp=present & 0xFFFF_FFFF,
            packets=packets & 0xFFFF_FFFF,
            octets=(octets + self._octets) & 0xFFFF_FFFF,
        )

    def on_report(self, block: ReportBlock) -> None:
        self._loss = block

    @property
    def reported_loss(self) -> float:
        """Share of packets the listener last said it had lost, 0 to 1."""
        return self._loss.fraction_lost / 256 if self._loss else 0.0
