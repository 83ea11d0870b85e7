"""What a client sends of one kind: numbering, timestamps in real time, and what it may be asked to repeat."""

import random
from collections.abc import Iterable

from comms.media.rtcp import SenderReport
from comms.media.rtp import AUDIO_RATE_HZ, VIDEO_RATE_HZ, RtpPacket
from comms.media.sdp import MediaKind

_KEPT_PACKETS = 512
_SHORTEST_PICTURE_TICKS = 900


class ClientStream:
    """Sans-I/O; `now` is monotonic seconds."""

    def __init__(self, kind: MediaKind, *, now: float) -> None:
        self.kind = kind
        self.ssrc = random.randrange(1, 1 << 32)
        self.payload_type = 0
        self.codec: str | None = None
        """What the gateway takes; None until it has answered, or when it refused the m-line."""
        self._rate_hz = AUDIO_RATE_HZ if kind is MediaKind.AUDIO else VIDEO_RATE_HZ
        # The lower half keeps early wraps, which confuse some SRTP receivers, away.
        self._sequence = random.randrange(0x8000)
        self._timestamp = random.getrandbits(32)
        self._duration = 0
        self._sent_at = now
        self._packets = self._octets = self._reported = 0
        self._kept: dict[int, bytes] = {}

    def voice(self, payload: bytes, samples: int, *, is_marked: bool, now: float) -> RtpPacket:
        """The next packet of a talk burst; a marked one begins a burst and accounts for the pause before it."""
        pause = int((now - self._sent_at) * self._rate_hz) if is_marked else 0
        self._timestamp = (self._timestamp + max(self._duration, pause)) & 0xFFFF_FFFF
        self._duration = samples
        self._sent_at = now
        return self._packet(payload, is_marked=is_marked)

    def picture(self, payloads: Iterable[bytes], *, now: float) -> list[RtpPacket]:
        """The packets of one picture taken now."""
        elapsed = int((now - self._sent_at) * self._rate_hz)
        self._timestamp = (self._timestamp + max(elapsed, _SHORTEST_PICTURE_TICKS)) & 0xFFFF_FFFF
        self._sent_at = now
        parts = list(payloads)
        return [self._packet(part, is_marked=index == len(parts) - 1) for index, part in enumerate(parts)]

    def _packet(self, payload: bytes, *, is_marked: bool) -> RtpPacket:
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._packets += 1
        self._octets += len(payload)
        return RtpPacket(self.payload_type, is_marked, self._sequence, self._timestamp, self.ssrc, payload)

    def remember(self, sequence: int, protected: bytes) -> None:
        """Keep video as it was sent: a repeat is the same bytes, never a second encryption."""
        self._kept[sequence] = protected
        if len(self._kept) > _KEPT_PACKETS:
            del self._kept[next(iter(self._kept))]

    def repeats(self, sequences: Iterable[int]) -> list[bytes]:
        return [self._kept[sequence] for sequence in sequences if sequence in self._kept]

    def report(self, *, now: float, ntp_time: int) -> SenderReport | None:
        """None when nothing was sent since the last one."""
        if self._packets == self._reported:
            return None
        self._reported = self._packets
        timestamp = self._timestamp + int((now - self._sent_at) * self._rate_hz)
        return SenderReport(
            self.ssrc, ntp_time, timestamp & 0xFFFF_FFFF, self._packets & 0xFFFF_FFFF, self._octets & 0xFFFF_FFFF
        )
