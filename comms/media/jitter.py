"""The jitter buffer of received voice. Sans-I/O: packets come in when they arrive, a playback clock pulls.

aiortc's own adds 80 ms at 20 ms packets, keeps the last four of every talk burst and falls silent for 320 ms after one
loss (measured); hence this one. It holds packets for 30 ms on a network that has proved steady, for 40 to 50 ms on a
decent one and longer, up to 200 ms, on a bad one; it lets every burst run out to its last packet.
"""

from collections import deque

import msgspec

from comms.media.rtp import AUDIO_RATE_HZ, RtpPacket, opus_samples, sequence_delta, timestamp_delta

SHORTEST_TARGET_S = 0.03
"""Only for a stream of which the last 3 s of speech have come steadily: a wired command centre."""
DECENT_TARGET_S = 0.04
FIRST_TARGET_S = 0.05
LONGEST_TARGET_S = 0.2
_FEC_MARGIN_S = 0.02
"""At the least; on a lossy network one packet's length on top, so that the redundancy of a lost one is there."""
_UNDERRUN_S = 0.06
"""Concealed at the end of a burst or in a gap before falling silent; longer sounds like a robot."""
_TARDINESS_PACKETS = 150
"""Packets whose tardiness is remembered: 3 s at 20 ms."""
_STEADY_S, _STEADY_WORST_S = 0.015, 0.03
"""Tardiness that 95 % of the remembered packets, and all of them, stay below on a steady network: none of them would
have come too late for the shortest target."""
_LONGEST_GAP_PACKETS = 5
"""A longer loss is not bridged: what comes after it is a new start."""
_WAITS_S = 0.2
"""Over so much speech the shortest wait is looked at, to see whether all of it waits too long."""
_TOLERATED_S = 0.006
"""Waiting this much longer than the target is left alone; more is taken out bit by bit. A burst whose first packet
was slow would else be late to its last word."""
_LOSS_MEMORY = 500
"""Packets after a loss until the network counts as clean again: 10 s of speech at 20 ms."""
_FIRST_MEASUREMENT_PACKETS = 10
_RESTART_PACKETS = 1000
_CAPACITY = 100
"""Packets held at most; 2 s at 20 ms. More is a flood."""


class Play(msgspec.Struct, frozen=True):
    payload: bytes
    samples: int
    is_surplus: bool = False
    """The buffer has grown longer than it needs to be: play this one shortened."""


class Recover(msgspec.Struct, frozen=True):
    """A packet is lost, and the next one, whose redundancy describes it, is here."""

    next_payload: bytes
    samples: int


class Conceal(msgspec.Struct, frozen=True):
    """Nothing is known of this time: make it up."""

    samples: int


class Rest(msgspec.Struct, frozen=True):
    """Nobody talks, or a burst is still being gathered."""


Playout = Play | Recover | Conceal | Rest
_REST = Rest()


class _Held(msgspec.Struct, frozen=True, gc=False):
    timestamp: int
    """Unwrapped."""
    payload: bytes
    samples: int
    arrived_at: float


class JitterStats(msgspec.Struct, frozen=True):
    received: int
    late: int
    repeated: int
    recovered: int
    concealed: int
    """Playouts, not packets: also what bridged the end of a burst."""
    target_s: float
    spread_s: float
    """Measured: how much longer the slow packets travel than the fast ones."""


class JitterBuffer:
    """One received stream. `now` is monotonic seconds, the same clock for `put` and `pull`."""

    def __init__(self) -> None:
        self.target_s = FIRST_TARGET_S
        self._held: dict[int, _Held] = {}
        """By unwrapped sequence number."""
        self._newest: tuple[int, int] | None = None
        """Unwrapped sequence number and timestamp of the newest packet; what later ones are unwrapped against."""
        self._next: tuple[int, int] | None = None
        """Sequence number and timestamp to play next. None before the first burst."""
        self._start_at: float | None = None
        """When the burst being gathered starts to play. None: playing, or nothing there."""
        self._is_playing = False
        self._samples = AUDIO_RATE_HZ // 50
        self._underrun_samples = 0
        self._fastest_s: float | None = None
        """Shortest travel time in this burst. Its zero is arbitrary: only differences count."""
        self._tardiness: deque[float] = deque(maxlen=_TARDINESS_PACKETS)
        """Seconds by which packets took longer than the fastest."""
        self._waits: deque[float] = deque()
        self._spread_s = 0.0
        self._is_steady = False
        self._was_surplus = False
        self._lost_at: int | None = None
        """How many packets had come when one was last found missing."""
        self._received = self._late = self._repeated = self._recovered = self._concealed = 0

    @property
    def stats(self) -> JitterStats:
        return JitterStats(
            self._received,
            self._late,
            self._repeated,
            self._recovered,
            self._concealed,
            self.target_s,
            self._spread_s,
        )

    # in --------------------------------------------------------------------------------------------

    def put(self, packet: RtpPacket, now: float) -> None:
        samples = opus_samples(packet.payload)
        if not samples:
            return
        sequence, timestamp = self._unwrap(packet)
        self._received += 1
        if packet.is_marked:
            self._fastest_s = None  # another talker, another path
        self._measure(now - timestamp / AUDIO_RATE_HZ)
        if self._next is not None and sequence < self._next[0]:
            self._late += 1
        elif sequence in self._held:
            self._repeated += 1
        else:
            self._held[sequence] = _Held(timestamp, packet.payload, samples, now)
            if len(self._held) > _CAPACITY:
                del self._held[min(self._held)]
            if not self._is_playing and self._start_at is None:
                self._start_at = now + self.target_s

    def _unwrap(self, packet: RtpPacket) -> tuple[int, int]:
        if self._newest is not None:
            step = sequence_delta(packet.sequence, self._newest[0] & 0xFFFF)
            if abs(step) <= _RESTART_PACKETS:
                ticks = timestamp_delta(packet.timestamp, self._newest[1] & 0xFFFF_FFFF)
                unwrapped = self._newest[0] + step, self._newest[1] + ticks
                self._newest = max(self._newest, unwrapped)
                return unwrapped
            self._restart()
        # Far above zero, so that what comes before the first packet stays positive.
        self._newest = packet.sequence + (1 << 20), packet.timestamp + (1 << 36)
        return self._newest

    def _restart(self) -> None:
        """Another numbering: what is held belongs to the old one."""
        self._held.clear()
        self._waits.clear()
        self._next = self._start_at = self._fastest_s = None
        self._is_playing = False

    @property
    def _is_lossy(self) -> bool:
        """Whether waiting one packet longer is worth it: only then is the redundancy of a lost one there in time."""
        return self._lost_at is not None and self._received - self._lost_at < _LOSS_MEMORY

    def _measure(self, travel_s: float) -> None:
        if self._fastest_s is None or travel_s < self._fastest_s:
            self._fastest_s = travel_s
        self._tardiness.append(travel_s - self._fastest_s)
        if len(self._tardiness) < _FIRST_MEASUREMENT_PACKETS:
            return
        if self._received % 5 == 0:
            self._judge_network()
        wanted_s = max(self._spread_s, _FEC_MARGIN_S)
        if self._is_lossy:
            wanted_s += self._samples / AUDIO_RATE_HZ
        least_s = SHORTEST_TARGET_S if self._is_steady else DECENT_TARGET_S
        self.target_s = min(max(wanted_s, least_s), LONGEST_TARGET_S)

    def _judge_network(self) -> None:
        ordered = sorted(self._tardiness)
        self._spread_s = ordered[len(ordered) * 19 // 20]
        has_all = len(ordered) == _TARDINESS_PACKETS
        self._is_steady = has_all and self._spread_s <= _STEADY_S and ordered[-1] <= _STEADY_WORST_S

    # out -------------------------------------------------------------------------------------------

    def pull(self, now: float) -> Playout:
        """What the decoder does next. Each but `Rest` covers the named number of samples; ask again after them."""
        if not self._is_playing and not self._has_started(now):
            return _REST
        if self._next is None or not self._held:
            return self._bridge()
        sequence, timestamp = self._next
        held = self._held.get(sequence)
        if held is not None and held.timestamp <= timestamp:
            return self._play(sequence, held, now)
        first = held or self._held[min(self._held)]
        if self._is_pause(first, sequence, timestamp):
            self._rest_until(first)
            return self.pull(now) if self._has_started(now) else _REST
        return self._make_up(sequence, timestamp)

    def starts_in_s(self, now: float) -> float | None:
        """How long until the burst being gathered is due; None when none is."""
        return None if self._is_playing or self._start_at is None else max(0.0, self._start_at - now)

    def _has_started(self, now: float) -> bool:
        if self._start_at is None or now < self._start_at:
            return False
        self._begin()
        return True

    def _begin(self) -> None:
        """Start a burst at its oldest packet."""
        sequence = min(self._held)
        held = self._held[sequence]
        self._next = sequence, held.timestamp
        self._samples = held.samples
        self._is_playing = True
        self._start_at = None
        self._underrun_samples = 0
        self._waits.clear()

    def _play(self, sequence: int, held: _Held, now: float) -> Play:
        del self._held[sequence]
        self._next = sequence + 1, held.timestamp + held.samples
        self._samples = held.samples
        self._underrun_samples = 0
        self._waits.append(now - held.arrived_at)
        is_enough = len(self._waits) * held.samples >= _WAITS_S * AUDIO_RATE_HZ
        is_long = is_enough and min(self._waits) > self.target_s + _TOLERATED_S
        if is_enough:
            self._waits.popleft()
        self._was_surplus = is_long and not self._was_surplus  # never two in a row
        return Play(held.payload, held.samples, self._was_surplus)

    def _is_pause(self, first: _Held, sequence: int, timestamp: int) -> bool:
        """Whether the timestamps leave more time than the missing packets would fill, or those are too many."""
        missing = 0 if sequence in self._held else min(self._held) - sequence
        gap = first.timestamp - timestamp
        return missing > _LONGEST_GAP_PACKETS or gap > (missing + 1) * self._samples

    def _rest_until(self, first: _Held) -> None:
        """A new burst, or a new talker: gather afresh, at today's target."""
        self._is_playing = False
        self._start_at = first.arrived_at + self.target_s

    def _make_up(self, sequence: int, timestamp: int) -> Recover | Conceal:
        self._lost_at = self._received
        self._next = sequence + 1, timestamp + self._samples
        following = self._held.get(sequence + 1)
        if following is not None:
            self._recovered += 1
            return Recover(following.payload, self._samples)
        self._concealed += 1
        return Conceal(self._samples)

    def _bridge(self) -> Conceal | Rest:
        """Empty: the burst is over, or the next packet is late. It is waited for, so the delay grows if it comes."""
        if self._underrun_samples >= _UNDERRUN_S * AUDIO_RATE_HZ:
            self._is_playing = False
            return _REST
        self._underrun_samples += self._samples
        self._concealed += 1
        return Conceal(self._samples)
