"""Binary position frames: what goes in comes out, and what is none is told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from comms.protocol.frames import (
    HEADER_BYTES,
    MAGIC,
    ROW_BYTES,
    FrameError,
    PositionColumns,
    decode_positions,
    encode_positions,
)

BASE = 1_767_225_600.0
_MAYBE = st.floats(0, 600) | st.just(float("nan"))


@st.composite
def _columns(draw: st.DrawFn) -> PositionColumns:
    count = draw(st.integers(0, 8))

    def column(values: st.SearchStrategy[float]) -> NDArray[np.float64]:
        return np.array(draw(st.lists(values, min_size=count, max_size=count)), np.float64)

    return PositionColumns(
        no=np.array(draw(st.lists(st.integers(0, 2**32 - 1), min_size=count, max_size=count)), np.uint32),
        at=BASE - column(st.floats(0, 6000)),
        lat=column(st.floats(-90, 90)),
        lon=column(st.floats(-180, 180)),
        accuracy_m=column(_MAYBE).astype(np.float32),
        heading_deg=column(_MAYBE).astype(np.float32),
        speed_mps=column(_MAYBE).astype(np.float32),
        battery_pct=column(st.integers(0, 100).map(float) | st.just(float("nan"))).astype(np.float32),
    )


@given(_columns())
def test_frames_round_trip_within_their_resolution(columns: PositionColumns) -> None:
    frame = encode_positions(columns)
    assert len(frame) == HEADER_BYTES + len(columns) * ROW_BYTES
    back = decode_positions(frame)
    assert back.no.tolist() == columns.no.tolist()
    np.testing.assert_allclose(back.at, columns.at, atol=0.0501)
    np.testing.assert_allclose(back.lat, columns.lat, atol=0.51e-7)
    np.testing.assert_allclose(back.lon, columns.lon, atol=0.51e-7)
    np.testing.assert_allclose(back.accuracy_m, columns.accuracy_m, atol=0.051)
    np.testing.assert_allclose(back.speed_mps, columns.speed_mps, atol=0.0051)
    np.testing.assert_array_equal(back.battery_pct, columns.battery_pct)
    turn = np.abs(back.heading_deg - np.mod(columns.heading_deg, 360.0))
    assert bool(np.all(np.isnan(turn) | (np.minimum(turn, 360.0 - turn) < 0.011)))
    assert np.isnan(back.heading_deg).tolist() == np.isnan(columns.heading_deg).tolist()


@given(_columns())
def test_a_decoded_frame_encodes_to_itself(columns: PositionColumns) -> None:
    frame = encode_positions(columns)
    assert encode_positions(decode_positions(frame)) == frame


def test_what_the_columns_cannot_hold_is_clipped_not_forgotten() -> None:
    one = np.ones(2, np.float32)
    columns = PositionColumns(
        no=np.array([1, 2], np.uint32),
        at=np.array([BASE, BASE - 90_000]),
        lat=np.zeros(2),
        lon=np.zeros(2),
        accuracy_m=one * 99_999,
        heading_deg=one,
        speed_mps=one * 9_999,
        battery_pct=one * 200,
    )
    back = decode_positions(encode_positions(columns))
    assert back.at.tolist() == pytest.approx([BASE, BASE - 6553.4])
    assert back.accuracy_m.tolist() == pytest.approx([6553.4] * 2)
    assert back.speed_mps.tolist() == pytest.approx([655.34] * 2)
    assert back.battery_pct.tolist() == [100, 100]


@pytest.mark.parametrize("frame", [b"", b"WGP1", b"WGP2" + bytes(12), MAGIC + b"\x01" + bytes(11)])
def test_what_is_no_frame_is_told(frame: bytes) -> None:
    with pytest.raises(FrameError):
        decode_positions(frame)


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: MAGIC + tail))
def test_no_bytes_surprise_the_decoder(frame: bytes) -> None:
    try:
        decode_positions(frame)
    except FrameError:
        pass


def test_a_heading_that_rounds_to_the_full_circle_is_north() -> None:
    one = np.ones(1, np.float32)
    columns = PositionColumns(
        no=np.array([1], np.uint32),
        at=np.array([BASE]),
        lat=np.zeros(1),
        lon=np.zeros(1),
        accuracy_m=one,
        heading_deg=one * 359.996,
        speed_mps=one,
        battery_pct=one,
    )
    assert decode_positions(encode_positions(columns)).heading_deg.tolist() == [0.0]
