"""Whole pictures out of packets in any order, without the lost ones."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from comms.media.picture_buffer import PATIENCE_S, EncodedFrame, PictureBuffer
from comms.media.rtp import RtpPacket

H264, VP8 = 102, 96
CODECS = {H264: "h264", VP8: "vp8"}
SIZES = (3, 1, 2, 1, 4, 1)
"""Packets of each picture of a film; the first picture is a key frame."""


def film(*, first: int = 0, sizes: tuple[int, ...] = SIZES, key_frames: tuple[int, ...] = (0,)) -> list[RtpPacket]:
    packets: list[RtpPacket] = []
    for picture, size in enumerate(sizes):
        for part in range(size):
            is_start = picture in key_frames and part == 0
            payload = bytes((0x67 if is_start else 0x61, picture, part))
            sequence = (first + len(packets)) & 0xFFFF
            packets.append(RtpPacket(H264, part == size - 1, sequence, 3000 * picture, 1, payload))
    return packets


def pictures(frames: list[EncodedFrame]) -> list[int]:
    """Which pictures these are; each must be whole."""
    for frame in frames:
        assert [payload[2] for payload in frame.payloads] == list(range(SIZES[frame.payloads[0][1]]))
    return [frame.payloads[0][1] for frame in frames]


@given(st.permutations(film()), st.integers(0, 0xFFFF))
def test_order_of_arrival_does_not_matter(order: list[RtpPacket], first: int) -> None:
    buffer = PictureBuffer(CODECS)
    shown: list[EncodedFrame] = []
    for packet in order:
        moved = RtpPacket(
            H264, packet.is_marked, (packet.sequence + first) & 0xFFFF, packet.timestamp, 1, packet.payload
        )
        buffer.put(moved)
        buffer.put(moved)
        shown += buffer.take(0.0)
    assert pictures(shown) == list(range(len(SIZES)))
    assert buffer.lost_pictures == 0


@given(st.sets(st.integers(0, 11), max_size=6), st.permutations(range(12)))
def test_what_is_shown_is_whole_and_unbroken(lost: set[int], order: list[int]) -> None:
    """After a loss nothing is shown until the next key frame."""
    packets = film(sizes=SIZES, key_frames=(0, 4))
    buffer = PictureBuffer(CODECS)
    shown: list[EncodedFrame] = []
    for step, index in enumerate(order):
        if index not in lost:
            buffer.put(packets[index])
        shown += buffer.take(step * 0.01)
    shown += buffer.take(1.0)
    shown += buffer.take(2.0)
    numbers = pictures(shown)
    assert numbers == sorted(numbers)
    for before, after in pairwise(numbers):
        assert after == before + 1 or after == 4
    assert not numbers or numbers[0] in (0, 4)


def test_without_marks_the_next_picture_ends_the_one_before() -> None:
    buffer = PictureBuffer(CODECS)
    for packet in film():
        buffer.put(RtpPacket(H264, False, packet.sequence, packet.timestamp, 1, packet.payload))
    assert pictures(buffer.take(0.0)) == list(range(len(SIZES) - 1))


def test_a_lost_packet_is_asked_for_a_few_times_and_then_a_key_frame() -> None:
    packets = film(first=65_534)
    buffer = PictureBuffer(CODECS)
    for index, packet in enumerate(packets):
        if index != 3:
            buffer.put(packet)
    assert pictures(buffer.take(0.0)) == [0]
    assert buffer.take(0.0) == []
    assert buffer.repeats_due(0.0) == [], "it may only have been overtaken"
    asked = [turn for turn in range(1, 30) if buffer.repeats_due(turn * 0.02) == [1]]
    assert asked[0] == 1
    assert len(asked) == 3
    assert not buffer.is_key_frame_due(0.2)
    assert buffer.take(PATIENCE_S - 0.01) == []
    assert not buffer.is_key_frame_due(0.24)
    assert buffer.take(PATIENCE_S + 0.01) == []
    assert buffer.is_key_frame_due(0.27)
    assert not buffer.is_key_frame_due(0.3)
    assert buffer.is_key_frame_due(0.8)
    assert buffer.lost_pictures == 1
    for packet in film(first=65_534 + 12):
        buffer.put(packet)
    assert pictures(buffer.take(0.9)) == list(range(len(SIZES)))


def test_a_repeat_in_time_mends_the_picture() -> None:
    packets = film()
    buffer = PictureBuffer(CODECS)
    for packet in packets[:3] + packets[4:]:
        buffer.put(packet)
    assert pictures(buffer.take(0.0)) == [0]
    buffer.put(packets[3])
    assert pictures(buffer.take(0.2)) == [1, 2, 3, 4, 5]
    buffer.put(packets[3])
    assert buffer.take(0.3) == []
    assert buffer.repeats_due(1.0) == []


def test_a_key_frame_behind_the_gap_is_taken_at_once_when_patience_ends() -> None:
    packets = film(key_frames=(0, 4))
    buffer = PictureBuffer(CODECS)
    for packet in packets[:3] + packets[4:]:
        buffer.put(packet)
    assert pictures(buffer.take(0.0)) == [0]
    assert buffer.take(0.1) == []
    assert pictures(buffer.take(0.5)) == [4, 5]


def test_a_decoder_that_fails_gets_a_key_frame_next() -> None:
    buffer = PictureBuffer(CODECS)
    for packet in film():
        buffer.put(packet)
    buffer.take(0.0)
    buffer.restart()
    assert buffer.is_key_frame_due(0.0)
    for packet in film(first=12, key_frames=()):
        buffer.put(packet)
    assert buffer.take(0.1) == []


def test_another_numbering_and_floods_and_strangers() -> None:
    buffer = PictureBuffer(CODECS)
    for packet in film() + film(first=30_000):
        buffer.put(packet)
    assert pictures(buffer.take(0.0)) == list(range(len(SIZES)))
    buffer.put(RtpPacket(77, True, 30_012, 0, 1, b"\x67"))
    assert buffer.take(0.0) == []
    for number in range(2000):
        buffer.put(RtpPacket(VP8, False, 30_012 + number, 0, 1, b"\x00"))
    assert len(buffer._held) <= 600
