"""What the forwarder keeps of incoming and outgoing streams, without sockets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.media.client_stream import ClientStream
from comms.media.incoming import WINDOW_PACKETS, IncomingStream
from comms.media.keyframe import starts_key_frame
from comms.media.rtcp import SenderReport
from comms.media.rtp import RtpPacket
from comms.media.sdp import MediaKind
from comms.media.video import film_card


def packet(sequence: int, *, timestamp: int = 0, ssrc: int = 1, is_marked: bool = False) -> RtpPacket:
    return RtpPacket(111, is_marked, sequence & 0xFFFF, timestamp & 0xFFFF_FFFF, ssrc, b"x")


def fed(*sequences: int, start: int = 0) -> IncomingStream:
    stream = IncomingStream(MediaKind.AUDIO)
    for index, sequence in enumerate(sequences):
        stream.take(packet(start + sequence, timestamp=960 * sequence), index * 0.02)
    return stream


@given(st.integers(0, 0xFFFF), st.permutations(range(10)))
def test_a_window_is_whole_when_all_have_come(start: int, order: list[int]) -> None:
    stream = IncomingStream(MediaKind.AUDIO)
    stream.take(packet(start - 1, is_marked=True), 0.0)
    for index, offset in enumerate(order):
        stream.take(packet(start + offset), 0.0)
        is_complete = index == len(order) - 1
        assert stream.has_all(start, (start + 9) & 0xFFFF) is is_complete
    assert stream.epoch == 1
    assert stream.highest == (start + 9) & 0xFFFF


def test_a_window_does_not_reach_beyond_its_memory() -> None:
    stream = fed(*range(WINDOW_PACKETS + 10))
    assert stream.has_all(0, WINDOW_PACKETS + 9)
    assert not stream.has_all(0, WINDOW_PACKETS + 10)
    assert fed(0, 2).has_all(2, 2)
    assert not fed(0, 2).has_all(0, 2)


def test_places_are_kept_for_packets_that_may_still_come() -> None:
    assert fed(0).reserve == 4, "an unmarked first packet may have been overtaken"
    assert fed(0, 1).reserve == 0
    late = fed(0, 3)
    assert (late.reserve, late.missing(), late.is_late) == (2, [1, 2], False)
    late.take(packet(1), 1.0)
    assert (late.is_late, late.missing()) == (True, [])
    assert fed(0, 50).reserve == 0, "too many to be reordering"


def test_a_new_numbering_is_a_new_epoch() -> None:
    stream = fed(0, 1)
    stream.take(packet(2, ssrc=9), 1.0)
    assert (stream.epoch, stream.ssrc) == (2, 9)
    stream.take(packet(30_000, ssrc=9, is_marked=True), 1.0)
    assert (stream.epoch, stream.reserve, stream.highest) == (3, 0, 30_000)


def test_reports_count_loss_wraps_and_jitter() -> None:
    stream = IncomingStream(MediaKind.AUDIO)
    assert stream.report(0.0) is None
    for index, sequence in enumerate([65534, 65535, 0, 2, 3]):
        stream.take(packet(sequence, timestamp=960 * index, is_marked=True), 0.02 * index + 0.01 * (index % 2))
    report = stream.report(1.0)
    assert report is not None
    assert (report.highest_sequence, report.lost, report.fraction_lost) == (0x1_0003, 1, 256 // 6)
    assert 0 < report.jitter < 960
    assert (report.last_report, report.delay) == (0, 0)
    assert stream.report(2.0) is None, "nothing has come since"
    stream.on_sender_report(SenderReport(1, 5 << 32, 0, 0, 0), 3.0)
    stream.on_sender_report(SenderReport(2, 9 << 32, 0, 0, 0), 3.0)
    stream.take(packet(4), 3.0)
    report = stream.report(4.5)
    assert report is not None
    assert (report.fraction_lost, report.last_report, report.delay) == (0, 5 << 16, 3 << 15)


def test_a_pause_is_no_jitter() -> None:
    stream = fed(0, 1, 2)
    before = stream.report(0.1)
    stream.take(packet(3, timestamp=960 * 3), 60.0)
    after = stream.report(60.0)
    assert before is not None
    assert after is not None
    assert after.jitter == before.jitter


def test_a_client_accounts_for_pauses_and_repeats() -> None:
    voice = ClientStream(MediaKind.AUDIO, now=0.0)
    first = voice.voice(b"1", 960, is_marked=True, now=0.0)
    second = voice.voice(b"2", 960, is_marked=False, now=5.0)
    third = voice.voice(b"3", 960, is_marked=True, now=7.0)
    assert (second.timestamp - first.timestamp) & 0xFFFF_FFFF == 960
    assert (third.timestamp - second.timestamp) & 0xFFFF_FFFF == 2 * 48_000
    report = voice.report(now=7.0, ntp_time=1)
    assert report is not None
    assert (report.packets, report.octets, report.rtp_timestamp) == (3, 3, third.timestamp)
    assert voice.report(now=8.0, ntp_time=2) is None
    video = ClientStream(MediaKind.VIDEO, now=0.0)
    for sequence in range(600):
        video.remember(sequence, bytes((sequence & 0xFF,)))
    assert video.repeats([599, 0]) == [bytes((599 & 0xFF,))]
    one, two = video.picture([b"a", b"b"], now=0.0)
    assert (one.timestamp, one.is_marked, two.is_marked) == (two.timestamp, False, True)


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_real_key_frames_are_recognised(codec: str) -> None:
    film = film_card(codec, width=320, height=180, seconds=0.4)
    marks = [starts_key_frame(codec, picture.payloads[0]) for picture in film.pictures]
    assert marks == [picture.is_key_frame for picture in film.pictures]
    assert marks.count(True) == 1
    later = [payload for picture in film.pictures for payload in picture.payloads[1:]]
    assert not any(starts_key_frame(codec, payload) for payload in later)


@pytest.mark.parametrize(
    ("codec", "payload", "is_start"),
    [
        ("h264", b"", False),
        ("h264", b"\x78\x00\x03\x67ab", True),
        ("h264", b"\x78\x00", False),
        ("vp8", b"\x90\x80\x12\x00", True),
        ("vp8", b"\x90\x80\x81\x23\x00", True),
        ("vp8", b"\x90\xe0\x12\x01\x20\x00", True),
        ("vp8", b"\x90\x80\x12\x01", False),
        ("vp8", b"\x90", False),
        ("vp8", b"\x10", False),
        ("vp8", b"\x11\x00", False),
        ("vp8", b"\x00\x00", False),
        ("av1", b"\x00", True),
    ],
)
def test_key_frames_in_the_forms_browsers_send(codec: str, payload: bytes, is_start: bool) -> None:
    assert starts_key_frame(codec, payload) is is_start


@given(st.binary(max_size=12), st.sampled_from(["h264", "vp8"]))
def test_any_payload_is_survived(payload: bytes, codec: str) -> None:
    starts_key_frame(codec, payload)
