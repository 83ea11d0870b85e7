"""RTP headers and numbers that wrap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.media import rtp
from comms.media.opus import OpusEncoder
from comms.media.rtp import RtpPacket
from comms.media.voice import VoiceSender
from tests.support.sound import sine

U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF)


@given(
    st.builds(
        RtpPacket,
        payload_type=st.integers(0, 127),
        is_marked=st.booleans(),
        sequence=U16,
        timestamp=U32,
        ssrc=U32,
        payload=st.binary(max_size=50),
    )
)
def test_what_is_built_is_read_back(packet: RtpPacket) -> None:
    datagram = rtp.build(packet)
    assert rtp.parse(datagram) == packet
    assert rtp.is_media(datagram)


def test_contributors_extensions_and_padding_are_skipped() -> None:
    header = bytes((0x80 | 0x20 | 0x10 | 2, 0x80 | 111)) + bytes(10)
    packet = rtp.parse(header + bytes(8) + b"\xbe\xde\x00\x01" + bytes(4) + b"voice" + b"\x00\x00\x03")
    assert packet is not None
    assert (packet.payload, packet.is_marked, packet.payload_type) == (b"voice", True, 111)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        bytes(12),
        bytes((0x80,)) * 11,
        bytes((0x81,)) + bytes(11),
        bytes((0x90,)) + bytes(11),
        bytes((0x90,)) + bytes(13) + b"\xff\xff",
        bytes((0xA0,)) + bytes(12),
        bytes((0xA0,)) + bytes(11) + b"\xff",
    ],
)
def test_broken_packets_are_nothing(datagram: bytes) -> None:
    assert rtp.parse(datagram) is None


@given(st.binary(max_size=64))
def test_any_bytes_are_survived(datagram: bytes) -> None:
    packet = rtp.parse(datagram)
    assert packet is None or len(packet.payload) <= len(datagram) - 12


@given(U16, st.integers(-32768, 32767))
def test_sequence_steps_wrap(start: int, step: int) -> None:
    assert rtp.sequence_delta((start + step) & 0xFFFF, start) == step


@given(U32, st.integers(-(1 << 31), (1 << 31) - 1))
def test_timestamp_steps_wrap(start: int, step: int) -> None:
    assert rtp.timestamp_delta((start + step) & 0xFFFF_FFFF, start) == step


@pytest.mark.parametrize("frame_ms", [10, 20, 40, 60])
def test_the_length_of_real_opus_packets(frame_ms: int) -> None:
    samples = 48 * frame_ms
    assert rtp.opus_samples(OpusEncoder(frame_ms=frame_ms).encode(sine(440, samples))) == samples
    assert VoiceSender(frame_ms=frame_ms).feed(sine(440, samples))[0].samples == samples


def test_the_length_of_other_opus_packets() -> None:
    celt_2_5_ms = 16 << 3
    assert rtp.opus_samples(bytes((celt_2_5_ms,))) == 120
    assert rtp.opus_samples(bytes((celt_2_5_ms | 1,))) == rtp.opus_samples(bytes((celt_2_5_ms | 2,))) == 240
    assert rtp.opus_samples(bytes((celt_2_5_ms | 3, 5))) == 600
    assert rtp.opus_samples(bytes((celt_2_5_ms | 3,))) == 0
    assert rtp.opus_samples(b"") == 0
