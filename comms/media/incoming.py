"""What a session publishes: which packets have come, how evenly, and how many are missing."""

import random

from comms.media.rtcp import ReportBlock, SenderReport
from comms.media.rtp import AUDIO_RATE_HZ, VIDEO_RATE_HZ, RtpPacket, sequence_delta, timestamp_delta
from comms.media.sdp import MediaKind

_RESTART_PACKETS = 1000
"""A jump this far is another stream, not loss or reordering."""
_RESERVE_LIMIT = 8
_FIRST_RESERVE_PACKETS = 4
"""Left free before the very first packet of a stream when it does not claim to be the first of a burst."""
WINDOW_PACKETS = 64
_WINDOW_MASK = (1 << WINDOW_PACKETS) - 1


class IncomingStream:
    """One direction of one kind of one session, across restarts of its sender. Sans-I/O; `now` is monotonic seconds."""

    def __init__(self, kind: MediaKind) -> None:
        self.kind = kind
        self.rate_hz = AUDIO_RATE_HZ if kind is MediaKind.AUDIO else VIDEO_RATE_HZ
        self.codec = ""
        self.ssrc: int | None = None
        self.epoch = 0
        """Changes when numbering starts afresh. 0: nothing has come yet."""
        self.highest = 0
        """Newest sequence number."""
        self.reserve = 0
        """Packets just before the newest one that have not come and may still."""
        self.is_late = False
        """Whether the last packet taken was older than one before it."""
        self.own_ssrc = random.getrandbits(32)
        """Signs our reports about this stream."""
        self._recent: dict[int, RtpPacket] = {}
        """The newest video packets, for a watcher whose key frame begins with a packet that was overtaken."""
        self._seen = 0
        self._cycles = 0
        self._base = 0
        self._received = 0
        self._expected_before = 0
        self._received_before = 0
        self._jitter = 0.0
        self._timestamp = 0
        self._arrived_at = 0.0
        self._sender_report: tuple[int, float] | None = None

    def take(self, packet: RtpPacket, now: float) -> None:
        """Account for a decrypted packet; `epoch`, `reserve` and `is_late` then speak of it."""
        step = sequence_delta(packet.sequence, self.highest)
        if self.epoch == 0 or packet.ssrc != self.ssrc or abs(step) > _RESTART_PACKETS:
            self._restart(packet)
        elif step > 0:
            self._advance(packet.sequence, step)
        else:
            self.is_late = True
            self._seen |= (1 << -step) & _WINDOW_MASK
        self._received += 1
        self._measure_jitter(packet, now)
        if self.kind is MediaKind.VIDEO:
            self._recent[packet.sequence] = packet
            if len(self._recent) > WINDOW_PACKETS:
                del self._recent[next(iter(self._recent))]

    def overtaken_by(self, sequence: int) -> list[RtpPacket]:
        """Video packets after this one that have come before it, in order."""
        count = sequence_delta(self.highest, sequence)
        later = ((sequence + step) & 0xFFFF for step in range(1, min(count, WINDOW_PACKETS) + 1))
        return [self._recent[number] for number in later if number in self._recent]

    def _restart(self, packet: RtpPacket) -> None:
        self.epoch += 1
        self.ssrc = packet.ssrc
        self.highest = self._base = packet.sequence
        is_burst_start = packet.is_marked or self.kind is MediaKind.VIDEO
        self.reserve = 0 if is_burst_start else _FIRST_RESERVE_PACKETS
        self.is_late = False
        self._recent.clear()
        self._seen = 1
        self._cycles = self._received = self._expected_before = self._received_before = 0
        self._jitter = 0.0
        self._sender_report = None

    def _advance(self, sequence: int, step: int) -> None:
        if sequence < self.highest:
            self._cycles += 1 << 16
        self.highest = sequence
        self.reserve = step - 1 if step <= _RESERVE_LIMIT else 0
        self.is_late = False
        self._seen = (self._seen << step | 1) & _WINDOW_MASK

    def _measure_jitter(self, packet: RtpPacket, now: float) -> None:
        """RFC 3550, A.8."""
        if self._received > 1 and packet.timestamp != self._timestamp:
            spacing = (now - self._arrived_at) * self.rate_hz - timestamp_delta(packet.timestamp, self._timestamp)
            # A pause between bursts is not jitter.
            if abs(spacing) < self.rate_hz:
                self._jitter += (abs(spacing) - self._jitter) / 16
        self._timestamp, self._arrived_at = packet.timestamp, now

    def has_all(self, first: int, last: int) -> bool:
        """Whether every packet from `first` to `last` has come; at most WINDOW_PACKETS back."""
        behind = sequence_delta(self.highest, last)
        if behind < 0:
            return False
        count = min(sequence_delta(last, first) + 1, WINDOW_PACKETS - behind)
        wanted = ((1 << max(count, 0)) - 1) << behind
        return self._seen & wanted == wanted

    def missing(self) -> list[int]:
        """Numbers just skipped by the newest packet, oldest first; empty for a late packet."""
        if self.is_late:
            return []
        return [(self.highest - back) & 0xFFFF for back in range(self.reserve, 0, -1)]

    def on_sender_report(self, report: SenderReport, now: float) -> None:
        if report.ssrc == self.ssrc:
            self._sender_report = (report.ntp_time >> 16 & 0xFFFF_FFFF, now)

    def report(self, now: float) -> ReportBlock | None:
        """What has happened since the last report; None when nothing has come (RFC 3550, A.3)."""
        if self.ssrc is None or self._received == self._received_before:
            return None
        highest = self._cycles + self.highest
        expected = highest - self._base + 1
        interval = expected - self._expected_before
        lost_now = interval - (self._received - self._received_before)
        self._expected_before, self._received_before = expected, self._received
        last_report, heard_at = self._sender_report or (0, now)
        return ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=max(0, min(255, (lost_now << 8) // interval)) if interval > 0 else 0,
            lost=expected - self._received,
            highest_sequence=highest & 0xFFFF_FFFF,
            jitter=int(self._jitter),
            last_report=last_report,
            delay=int((now - heard_at) * 65536) & 0xFFFF_FFFF,
        )
