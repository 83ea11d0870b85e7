"""From video packets, in whatever order they come, to whole pictures a decoder can take. Sans-I/O.

aiortc's own lets go of one picture per packet that comes in, so that every stall stays as delay for good, and waits up
to 512 packets for a lost one. This one asks for lost packets again, waits a quarter of a second, then starts over with
a key frame; what is complete is let go of at once."""

from collections.abc import Iterator

import msgspec

from comms.media.keyframe import starts_key_frame
from comms.media.rtp import RtpPacket, sequence_delta

PATIENCE_S = 0.25
"""How long a gap may hold the picture up: two repeats on a cellular network. Our own figure."""
_REPEAT_INTERVAL_S = 0.08
_REORDERING_S = 0.02
"""A packet may be overtaken by so much before it counts as lost."""
_REPEATS = 3
_KEY_FRAME_INTERVAL_S = 0.5
_CAPACITY = 600
_RESTART_PACKETS = 1000
_NACK_LIMIT = 64


class EncodedFrame(msgspec.Struct, frozen=True):
    """One picture's RTP payloads, in order."""

    payload_type: int
    payloads: tuple[bytes, ...]


class _Asked(msgspec.Struct):
    at: float
    count: int


class PictureBuffer:
    """One video slot. `now` is monotonic seconds."""

    def __init__(self, codecs: dict[int, str]) -> None:
        """`codecs`: the names by payload type."""
        self.lost_pictures = 0
        """Times the picture was given up and a key frame waited for."""
        self._codecs = codecs
        self._held: dict[int, RtpPacket] = {}
        """By unwrapped sequence number."""
        self._highest: int | None = None
        self._next: int | None = None
        """What the picture goes on with. None: only a key frame will do."""
        self._stuck_since: float | None = None
        self._asked: dict[int, _Asked] = {}
        self._key_frame_asked_at = float("-inf")

    def put(self, packet: RtpPacket) -> None:
        if packet.payload_type not in self._codecs:
            return
        sequence = self._unwrap(packet.sequence)
        self._asked.pop(sequence, None)
        if self._next is not None and sequence < self._next:
            return
        self._held[sequence] = packet
        if len(self._held) > _CAPACITY:
            self._give_up()

    def _unwrap(self, sequence: int) -> int:
        if self._highest is None or abs(sequence_delta(sequence, self._highest & 0xFFFF)) > _RESTART_PACKETS:
            self._held.clear()
            self._asked.clear()
            self._next = None
            self._highest = sequence + (1 << 20)
            return self._highest
        unwrapped = self._highest + sequence_delta(sequence, self._highest & 0xFFFF)
        self._highest = max(self._highest, unwrapped)
        return unwrapped

    def take(self, now: float) -> list[EncodedFrame]:
        """Pictures that are complete and whose predecessors were."""
        if self._next is None:
            self._next = self._first_key_frame()
        pictures = list(self._complete())
        if pictures or not self._held:
            self._stuck_since = None
        elif self._has_gap():
            if self._stuck_since is None:
                self._stuck_since = now
            if now - self._stuck_since > PATIENCE_S:
                self._give_up()
                return self.take(now) if self._next is not None else []
        return pictures

    def _complete(self) -> Iterator[EncodedFrame]:
        while self._next is not None:
            end = self._end_of_picture(self._next)
            if end is None:
                return
            packets = [self._held.pop(sequence) for sequence in range(self._next, end + 1)]
            self._next = end + 1
            yield EncodedFrame(packets[0].payload_type, tuple(packet.payload for packet in packets))

    def _end_of_picture(self, start: int) -> int | None:
        """The last packet of the picture that starts there, once all are here."""
        sequence = start
        while sequence in self._held:
            packet = self._held[sequence]
            following = self._held.get(sequence + 1)
            if packet.is_marked or (following is not None and following.timestamp != packet.timestamp):
                return sequence
            sequence += 1
        return None

    def _has_gap(self) -> bool:
        return next(self._gaps(), None) is not None

    def _gaps(self) -> Iterator[int]:
        if self._next is not None and self._held:
            yield from (number for number in range(self._next, max(self._held)) if number not in self._held)

    def _first_key_frame(self) -> int | None:
        return next((sequence for sequence in sorted(self._held) if self._is_start(self._held[sequence])), None)

    def _is_start(self, packet: RtpPacket) -> bool:
        return starts_key_frame(self._codecs[packet.payload_type], packet.payload)

    def _give_up(self) -> None:
        """Go on with the next key frame that is here, or wait for one."""
        self.lost_pictures += 1
        self._stuck_since = None
        self._asked.clear()
        beyond = [number for number in sorted(self._held) if self._next is None or number > self._next]
        self._next = next((number for number in beyond if self._is_start(self._held[number])), None)
        self._held = {
            number: self._held[number] for number in beyond if self._next is not None and number >= self._next
        }

    # what to ask the sender for ---------------------------------------------------------------------

    def repeats_due(self, now: float) -> list[int]:
        """Sequence numbers to ask for (again) now."""
        due: list[int] = []
        for number in self._gaps():
            asked = self._asked.setdefault(number, _Asked(now - _REPEAT_INTERVAL_S + _REORDERING_S, 0))
            if asked.count < _REPEATS and now - asked.at >= _REPEAT_INTERVAL_S and len(due) < _NACK_LIMIT:
                asked.at, asked.count = now, asked.count + 1
                due.append(number & 0xFFFF)
        return due

    def is_key_frame_due(self, now: float) -> bool:
        """Whether to ask for a key frame now; true at most twice a second."""
        if self._next is not None or now - self._key_frame_asked_at < _KEY_FRAME_INTERVAL_S:
            return False
        self._key_frame_asked_at = now
        return True

    def restart(self) -> None:
        """The decoder could not use what it got."""
        self._held.clear()
        self._give_up()
