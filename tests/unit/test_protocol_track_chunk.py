"""Track chunks: what goes in comes out, to the step of each column; what is no chunk is told."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.position import Fix
from comms.protocol.frames import FrameError
from comms.protocol.track_chunk import (
    HEADER_BYTES,
    MAGIC,
    MOST_READINGS,
    decode_chunk,
    decode_chunks,
    encode_chunk,
    quantised,
    rows_of,
    track_of,
)

NUMBERS = st.none() | st.floats(-10, 1e9)
FIXES = st.builds(
    Fix,
    at=st.floats(0, 4e8),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    accuracy_m=NUMBERS,
    heading_deg=NUMBERS,
    speed_mps=NUMBERS,
    battery_pct=st.none() | st.integers(),
)


@given(st.lists(FIXES, max_size=30))
def test_readings_come_back_to_the_step(fixes: list[Fix]) -> None:
    fixes.sort(key=lambda fix: fix.at)
    rows = quantised(fixes)
    again = decode_chunk(encode_chunk(rows))
    assert again.tobytes() == rows.tobytes()
    track = track_of(again)
    assert np.allclose(track.at, [fix.at for fix in fixes], atol=0.051)
    assert np.allclose(track.lat, [fix.lat for fix in fixes], atol=0.6e-7)
    assert np.allclose(track.lon, [fix.lon for fix in fixes], atol=0.6e-7)
    assert np.isnan(track.battery_pct).tolist() == [fix.battery_pct is None for fix in fixes]
    assert rows_of(track).tobytes() == rows.tobytes()


def whole() -> bytes:
    return encode_chunk(quantised([Fix(at=1e9 + row, lat=23.0, lon=113.0) for row in range(10)]))


def test_many_are_read_at_once_and_one_that_is_none_costs_only_itself() -> None:
    rows, counts = decode_chunks((whole(), b"rubbish", whole()))
    assert counts.tolist() == [10, 0, 10]
    assert rows.tobytes() == 2 * decode_chunk(whole()).tobytes()
    assert len(decode_chunks(())[0]) == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a WGT1"),
        (b"WGP1" + whole()[4:], "not a WGT1"),
        (MAGIC + np.uint32(MOST_READINGS + 1).tobytes() + whole()[8:], "more than a chunk has"),
        (MAGIC + np.uint32(9).tobytes() + whole()[8:], "are not"),
        (whole()[:8] + np.int64(2**62).tobytes() + whole()[16:], "does not begin at"),
        (whole()[:HEADER_BYTES] + b"rubbish", "cannot be inflated"),
        (whole()[:-9], "are not"),
        (whole()[:HEADER_BYTES] + zlib.compress(bytes(10_000_000)), "are not"),
    ],
)
def test_what_is_no_chunk_is_told(data: bytes, words: str) -> None:
    with pytest.raises(FrameError, match=words):
        decode_chunk(data)
