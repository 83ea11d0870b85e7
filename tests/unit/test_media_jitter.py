"""The jitter buffer against every order of arrival hypothesis can think of."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from comms.media import jitter
from comms.media.jitter import Conceal, JitterBuffer, Play, Playout, Recover, Rest
from comms.media.rtp import RtpPacket

FRAME = 960
FRAME_S = 0.02
TOC = bytes((15 << 3,))
"""Hybrid, 20 ms, one frame."""


def packet(number: int, *, first: int = 0, first_timestamp: int = 0, is_marked: bool = False) -> RtpPacket:
    sequence = (first + number) & 0xFFFF
    timestamp = (first_timestamp + FRAME * number) & 0xFFFF_FFFF
    return RtpPacket(111, is_marked, sequence, timestamp, 1, TOC + number.to_bytes(4, "big"))


def number_of(payload: bytes) -> int:
    return int.from_bytes(payload[1:5], "big")


@dataclass
class Listening:
    """Everything a playback clock got, in order, and when."""

    buffer: JitterBuffer
    events: list[tuple[float, Playout]]

    @property
    def played(self) -> list[int]:
        return [number_of(event.payload) for _, event in self.events if isinstance(event, Play)]

    @property
    def recovered(self) -> list[int]:
        return [number_of(event.next_payload) - 1 for _, event in self.events if isinstance(event, Recover)]

    @property
    def concealed(self) -> int:
        return sum(isinstance(event, Conceal) for _, event in self.events)

    def first_played_s(self) -> float:
        return next(at for at, event in self.events if isinstance(event, Play))


def listen(arrivals: list[tuple[float, RtpPacket]], *, tail_s: float = 0.6) -> Listening:
    """Feed packets at their times to a buffer that is pulled every 20 ms."""
    buffer = JitterBuffer()
    listening = Listening(buffer, [])
    waiting = sorted(arrivals, key=lambda arrival: arrival[0])
    end_s = (waiting[-1][0] if waiting else 0.0) + tail_s
    for turn in range(int(end_s / FRAME_S)):
        now = turn * FRAME_S
        while waiting and waiting[0][0] <= now:
            at, arriving = waiting.pop(0)
            buffer.put(arriving, at)
        listening.events.append((now, buffer.pull(now)))
    return listening


@given(
    first=st.integers(0, 0xFFFF),
    first_timestamp=st.integers(0, 0xFFFF_FFFF),
    jitters=st.lists(st.floats(0, 0.035), min_size=1, max_size=60),
)
def test_jitter_within_the_target_costs_nothing(first: int, first_timestamp: int, jitters: list[float]) -> None:
    """Whatever the order, the wrap and the length of the burst: all of it, in order, and then quiet."""
    arrivals = [
        (number * FRAME_S + late_s, packet(number, first=first, first_timestamp=first_timestamp))
        for number, late_s in enumerate(jitters)
    ]
    # Nobody can know that something was overtaken before the first that came.
    arrivals[0] = (0.0, arrivals[0][1])
    listening = listen(arrivals)
    assert listening.played == list(range(len(jitters)))
    assert isinstance(listening.events[-1][1], Rest)
    assert listening.buffer.stats.late == 0


@given(
    jitters=st.lists(st.one_of(st.none(), st.floats(0, 0.4)), max_size=80),
    repeats=st.lists(st.integers(0, 79), max_size=10),
    first=st.integers(0, 0xFFFF),
)
def test_whatever_the_network_does_order_holds_and_the_end_is_quiet(
    jitters: list[float | None], repeats: list[int], first: int
) -> None:
    arrivals = [
        (number * FRAME_S + late_s, packet(number, first=first))
        for number, late_s in enumerate(jitters)
        if late_s is not None
    ]
    arrivals += [arrivals[index] for index in repeats if index < len(arrivals)]
    listening = listen(arrivals, tail_s=1.0)
    assert listening.played == sorted(set(listening.played))
    assert isinstance(listening.events[-1][1], Rest)
    stats = listening.buffer.stats
    assert stats.received == len(arrivals)
    assert len(listening.played) + stats.late + stats.repeated == stats.received
    assert jitter.SHORTEST_TARGET_S <= stats.target_s <= jitter.LONGEST_TARGET_S


@given(st.sets(st.integers(1, 98), max_size=20))
def test_single_losses_are_recovered_from_the_next_packet(lost: set[int]) -> None:
    arrivals = [(number * FRAME_S, packet(number)) for number in range(100) if number not in lost]
    listening = listen(arrivals)
    assert listening.played == [number for number in range(100) if number not in lost]
    single = [number for number in sorted(lost) if number + 1 not in lost]
    kept = [number for number in single if _gap_before(number, lost) <= 5]
    assert listening.recovered == kept


def _gap_before(number: int, lost: set[int]) -> int:
    """How many in a row are lost, up to this one."""
    count = 1
    while number - count in lost:
        count += 1
    return count


def test_a_burst_runs_out_to_its_last_packet_at_once() -> None:
    """aiortc's buffer keeps the last four; ours adds only its target."""
    listening = listen([(number * FRAME_S, packet(number)) for number in range(3)])
    assert listening.played == [0, 1, 2]
    times = [at for at, event in listening.events if isinstance(event, Play)]
    assert times[-1] - 2 * FRAME_S <= jitter.FIRST_TARGET_S + FRAME_S


def test_the_delay_starts_at_60_ms_and_falls_to_40_on_a_good_network() -> None:
    arrivals = [(number * FRAME_S, packet(number)) for number in range(50)]
    second_start_s = 5.0
    second = RtpPacket(111, True, 50, FRAME * 250, 1, TOC + (50).to_bytes(4, "big"))
    listening = listen([*arrivals, (second_start_s, second)])
    assert listening.first_played_s() == 0.06
    at = next(at for at, event in listening.events if isinstance(event, Play) and number_of(event.payload) == 50)
    assert abs(at - second_start_s - 0.04) < 1e-9


def test_the_target_follows_the_jitter_and_stays_bounded() -> None:
    bad = listen([(number * FRAME_S + (number % 5) * 0.02, packet(number)) for number in range(100)])
    assert 0.09 <= bad.buffer.stats.target_s <= 0.11
    awful = listen([(number * FRAME_S + (number % 7) * 0.1, packet(number)) for number in range(100)])
    assert awful.buffer.stats.target_s == jitter.LONGEST_TARGET_S


def test_a_stream_that_has_come_steadily_waits_less() -> None:
    steady = [(number * FRAME_S + (number % 3) * 0.002, packet(number)) for number in range(160)]
    short = listen(steady[:149])
    assert short.buffer.stats.target_s == jitter.DECENT_TARGET_S
    assert listen(steady).buffer.stats.target_s == jitter.SHORTEST_TARGET_S
    one_straggler = [*steady[:100], (100 * FRAME_S + 0.03, packet(100)), *steady[101:]]
    assert listen(one_straggler).buffer.stats.target_s == jitter.DECENT_TARGET_S


def test_a_pause_is_silence_not_loss() -> None:
    """The numbers run on, the time does not: the talker changed, or took a breath."""
    late = RtpPacket(111, True, 3, FRAME * 100, 1, TOC + (3).to_bytes(4, "big"))
    arrivals = [*((number * FRAME_S, packet(number)) for number in range(3)), (0.06, late)]
    listening = listen(arrivals)
    assert listening.played == [0, 1, 2, 3]
    assert listening.recovered == []


def test_a_long_loss_is_not_bridged() -> None:
    arrivals = [(number * FRAME_S, packet(number)) for number in (*range(10), *range(60, 70))]
    listening = listen(arrivals)
    assert listening.played == [*range(10), *range(60, 70)]
    assert listening.concealed <= 8


def test_an_empty_buffer_is_bridged_for_60_ms_then_rests() -> None:
    listening = listen([(0.0, packet(0))])
    kinds = [type(event) for _, event in listening.events]
    start = kinds.index(Play)
    assert kinds[start : start + 5] == [Play, Conceal, Conceal, Conceal, Rest]


def test_too_long_a_buffer_is_played_shortened_until_it_fits() -> None:
    """A talker whose packets waited 300 ms somewhere and then came all at once."""
    arrivals = [(max(number * FRAME_S, 0.3), packet(number)) for number in range(400)]
    listening = listen(arrivals)
    surplus = [event for _, event in listening.events if isinstance(event, Play) and event.is_surplus]
    assert surplus


def test_another_numbering_starts_afresh() -> None:
    arrivals = [(number * FRAME_S, packet(number)) for number in range(10)]
    arrivals += [(0.2 + number * FRAME_S, packet(number + 30_000)) for number in range(10)]
    listening = listen(arrivals)
    assert listening.played[-10:] == list(range(30_000, 30_010))


def test_a_flood_does_not_fill_the_memory() -> None:
    buffer = JitterBuffer()
    for number in range(1000):
        buffer.put(packet(number), 0.0)
    assert len(buffer._held) <= 100


def test_what_is_no_opus_is_not_counted() -> None:
    buffer = JitterBuffer()
    buffer.put(RtpPacket(111, False, 0, 0, 1, b""), 0.0)
    assert buffer.stats.received == 0
    assert isinstance(buffer.pull(1.0), Rest)
