"""RTCP: reports, repeats and key-frame requests, written and read back."""

import struct

from aiortc.rtp import RtcpPacket as OtherRtcp
from aiortc.rtp import RtcpSrPacket
from hypothesis import given
from hypothesis import strategies as st

from comms.media import rtcp
from comms.media.rtcp import Bye, KeyFrameRequest, Nack, ReceiverReport, ReportBlock, SenderReport

U8, U32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF_FFFF)
BLOCKS = st.builds(
    ReportBlock,
    ssrc=U32,
    fraction_lost=U8,
    lost=st.integers(-0x80_0000, 0x7F_FFFF),
    highest_sequence=U32,
    jitter=U32,
    last_report=U32,
    delay=U32,
)


@given(U32, st.lists(BLOCKS, max_size=3).map(tuple))
def test_receiver_reports(ssrc: int, blocks: tuple[ReportBlock, ...]) -> None:
    report = ReceiverReport(ssrc, blocks)
    datagram = rtcp.receiver_report(report, cname="gate")
    assert rtcp.parse(datagram) == [report]
    assert [type(part).__name__ for part in OtherRtcp.parse(datagram)] == ["RtcpRrPacket", "RtcpSdesPacket"]


@given(U32, st.integers(0, (1 << 64) - 1), U32, U32, U32)
def test_sender_reports(ssrc: int, ntp_time: int, timestamp: int, packets: int, octets: int) -> None:
    report = SenderReport(ssrc, ntp_time, timestamp, packets, octets)
    datagram = rtcp.sender_report(report, cname="x")
    assert rtcp.parse(datagram) == [report]
    other = OtherRtcp.parse(datagram)[0]
    assert isinstance(other, RtcpSrPacket)
    assert other.sender_info.ntp_timestamp == ntp_time


@given(st.integers(0, 0xFFFF), st.sets(st.integers(0, 300), min_size=1, max_size=40))
def test_repeats_asked_for_are_read_back_in_order(start: int, offsets: set[int]) -> None:
    wanted = tuple((start + offset) & 0xFFFF for offset in sorted(offsets))
    assert rtcp.parse(rtcp.nack(sender_ssrc=1, media_ssrc=2, sequences=wanted)) == [Nack(2, wanted)]


def test_key_frame_requests_of_both_kinds() -> None:
    assert rtcp.parse(rtcp.key_frame_request(sender_ssrc=1, media_ssrc=9)) == [KeyFrameRequest(9)]
    fir = struct.pack("!BBHIIIIII", 0x84, 206, 6, 1, 0, 9, 1 << 24, 10, 2 << 24)
    assert rtcp.parse(fir) == [KeyFrameRequest(9), KeyFrameRequest(10)]


def test_farewells_and_compounds() -> None:
    compound = rtcp.bye(5) + rtcp.key_frame_request(sender_ssrc=1, media_ssrc=9)
    assert rtcp.parse(compound) == [Bye((5,)), KeyFrameRequest(9)]


def test_what_is_broken_or_unknown_is_passed_over() -> None:
    good = rtcp.bye(5)
    unknown = struct.pack("!BBHI", 0x80, 204, 1, 7)
    remb = struct.pack("!BBHII", 0x8F, 206, 2, 1, 0)
    transport_feedback = struct.pack("!BBHII", 0x8F, 205, 2, 1, 0)
    short = [struct.pack("!BBH", 0x81, kind, 0) for kind in (200, 201, 203, 205, 206)]
    assert rtcp.parse(b"".join([unknown, remb, transport_feedback, *short, good])) == [Bye((5,))]
    assert rtcp.parse(b"\x00" + good[1:]) == []
    assert rtcp.parse(good[:-1]) == []


@given(st.binary(max_size=120), st.sampled_from([200, 201, 202, 203, 205, 206]), U8)
def test_any_bytes_are_survived(body: bytes, kind: int, first: int) -> None:
    rtcp.parse(body)
    padded = body + bytes(-len(body) % 4)
    rtcp.parse(struct.pack("!BBH", 0x80 | first & 0x1F, kind, len(padded) // 4) + padded)


def test_the_clock_as_fixed_point() -> None:
    assert rtcp.ntp(1.5) == 3 << 31
    assert rtcp.ntp(2.0**33) < 1 << 64
