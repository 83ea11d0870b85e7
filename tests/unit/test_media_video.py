"""Pictures through encoders, packetizers and decoders."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.media.packetizer import PAYLOAD_BYTES, pack_h264, pack_vp8, split_h264, unpack_h264, unpack_vp8
from comms.media.picture import from_frame
from comms.media.video import BAR_LUMA, VideoDecoder, VideoEncoder, draw_card, film_card, to_frame

CODECS = ["h264", "vp8"]


def units() -> st.SearchStrategy[list[bytes]]:
    """NAL units without start codes inside, as encoders guarantee."""
    body = st.binary(min_size=1, max_size=40).map(lambda data: data.replace(b"\x00", b"\x01"))
    sizes = st.integers(1, 80)
    unit = st.tuples(st.sampled_from([0x61, 0x65, 0x67, 0x68]), body, sizes)
    return st.lists(unit.map(lambda parts: bytes((parts[0],)) + parts[1] * parts[2]), min_size=1, max_size=5)


@given(units())
def test_h264_units_survive_being_cut_up(parts: list[bytes]) -> None:
    stream = b"".join(b"\x00\x00\x00\x01" + part for part in parts)
    payloads = pack_h264(stream)
    assert all(len(payload) <= PAYLOAD_BYTES for payload in payloads)
    assert unpack_h264(payloads) == stream
    assert split_h264(stream) == parts


def test_aggregated_h264_units_are_taken_apart() -> None:
    assert unpack_h264([b"\x78\x00\x02\x67\x01\x00\x02\x68\x02"]) == b"\x00\x00\x00\x01\x67\x01\x00\x00\x00\x01\x68\x02"
    for broken in (b"\x67", b"\x78\x00\x09\x67"):
        with pytest.raises(ValueError, match=r"cut short|two bytes"):
            unpack_h264([broken])


@given(st.binary(min_size=1, max_size=5000))
def test_vp8_pictures_survive_being_cut_up(picture: bytes) -> None:
    payloads = pack_vp8(picture)
    assert all(len(payload) <= PAYLOAD_BYTES for payload in payloads)
    assert unpack_vp8(payloads) == picture


@pytest.mark.parametrize("descriptor", [b"\x10", b"\x90\x80\x12", b"\x90\x80\x81\x23", b"\x90\xe0\x12\x01\x20"])
def test_vp8_descriptors_of_browsers_are_skipped(descriptor: bytes) -> None:
    assert unpack_vp8([descriptor + b"picture"]) == b"picture"


@pytest.mark.parametrize("payload", [b"", b"\x90\x80"])
def test_broken_vp8_descriptors_are_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="VP8"):
        unpack_vp8([payload])


@pytest.mark.parametrize("codec", CODECS)
def test_colours_survive_encoding(codec: str) -> None:
    encoder, decoder = VideoEncoder(codec, width=640, height=360), VideoDecoder(codec)
    shown = [
        picture
        for phase in (0.0, 0.1, 0.2)
        for picture in decoder.decode(encoder.encode(draw_card(phase=phase)).payloads) or []
    ]
    assert len(shown) == 3
    original = draw_card(phase=0.2)
    last = shown[-1]
    assert (last.y.shape, last.u.shape, last.v.shape) == ((360, 640), (180, 320), (180, 320))
    for name in ("y", "u", "v"):
        off = np.abs(getattr(last, name).astype(int) - getattr(original, name).astype(int))
        assert off.mean() < 3
        assert not getattr(last, name).flags.writeable
    centres = last.y[100, 640 // 14 :: 640 // 7][:7]
    assert np.allclose(centres, BAR_LUMA, atol=4)


@pytest.mark.parametrize("codec", CODECS)
def test_key_frames_come_on_demand(codec: str) -> None:
    encoder = VideoEncoder(codec, width=160, height=96)
    card = draw_card(width=160, height=96)
    kinds = [encoder.encode(card, force_key_frame=number == 3).is_key_frame for number in range(6)]
    assert kinds == [True, False, False, True, False, False]


@pytest.mark.parametrize("codec", CODECS)
def test_a_film_may_be_repeated_for_ever(codec: str) -> None:
    film = film_card(codec, width=160, height=96, rate_hz=10, seconds=0.5)
    assert [picture.is_key_frame for picture in film.pictures] == [True, False, False, False, False]
    decoder = VideoDecoder(codec)
    assert sum(len(decoder.decode(picture.payloads) or []) for picture in film.pictures * 2) == 10


@pytest.mark.parametrize("codec", CODECS)
@given(st.lists(st.binary(max_size=40), max_size=3))
def test_garbage_shows_nothing(codec: str, payloads: list[bytes]) -> None:
    assert not VideoDecoder(codec).decode(payloads)


def test_odd_sizes_and_other_formats() -> None:
    card = draw_card(width=161, height=97)
    assert card.u.shape == (49, 81)
    same = from_frame(to_frame(card))
    assert np.array_equal(same.y, card.y)
    assert np.array_equal(same.v, card.v)
    grey = to_frame(draw_card(width=64, height=64)).reformat(format="gray")
    assert from_frame(grey).u.shape == (32, 32)
    assert msgspec.structs.replace(card, width=1).width == 1
