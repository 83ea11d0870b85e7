"""Where everybody was at a moment: the same as the last reading of each unit's whole track."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import UnitId
from comms.domain.position import Fix
from comms.journal.replay import hours as hours_module
from comms.journal.replay.directory import Directory
from comms.journal.replay.hours import Hours, no_hour
from comms.journal.replay.source import SourceError
from comms.journal.tracks import FILE_NAME, SPAN_S, TrackStore
from comms.protocol.track_chunk import decode_chunk, decode_chunks, encode_chunk, quantised, track_of
from tests.support.day import START, recorded_day, unit_ids, walk, write_journal, write_tracks
from tests.support.journal import SteppedClock

FIXES = st.lists(
    st.builds(Fix, at=st.floats(0, 4e8), lat=st.floats(-90, 90), lon=st.floats(-180, 180), speed_mps=st.floats(0, 90)),
    max_size=12,
)


@given(st.lists(FIXES, max_size=6), st.integers(0, 5))
def test_many_chunks_at_once_are_what_each_is_alone(tracks: list[list[Fix]], spoilt: int) -> None:
    chunks = [encode_chunk(quantised(sorted(fixes, key=lambda fix: fix.at))) for fixes in tracks]
    if spoilt < len(chunks):
        chunks[spoilt] = chunks[spoilt][:17]
    rows, counts = decode_chunks(chunks)
    alone = [b"" if number == spoilt else decode_chunk(chunk).tobytes() for number, chunk in enumerate(chunks)]
    assert rows.tobytes() == b"".join(alone)
    assert counts.tolist() == [len(part) // rows.itemsize for part in alone]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three units over two whole hours; in the third one of them, and one that is new, are still loose."""
    folder = tmp_path_factory.mktemp("tracks")
    write_journal(folder, recorded_day(units=3, seconds=60.0, events=20))
    write_tracks(folder, units=3, hours=2, interval_s=60.0)
    clock = SteppedClock(START + 2 * SPAN_S)
    store = TrackStore(folder, now=clock.now)
    for second in (600.0, 0.0, 300.0):
        for name in ("u00002", "new"):
            store.take(
                UnitId(name), Fix(at=START + 2 * SPAN_S + second, lat=10.0, lon=20.0 + second / 100.0, battery_pct=9)
            )
    store.flush()
    store.close()
    return folder


def places(hours: Hours, at: float) -> dict[str, tuple[float, float]]:
    """Time and longitude of each unit's last reading."""
    hour = hours.hour(at)
    rows = hour.rows_at(at)
    track = track_of(hour.rows[rows[rows >= 0]])
    known = [unit_id for unit_id, row in zip(hour.unit_ids, rows.tolist(), strict=True) if row >= 0]
    return dict(zip(known, zip(track.at.tolist(), track.lon.tolist(), strict=True), strict=True))


@pytest.mark.parametrize("after_s", [0.0, 0.5, 1.0, 59.9, 61.0, 1800.0, 3599.9, 3600.0, 3600.5, 7199.9])
def test_a_moment_of_whole_hours_is_the_last_reading_of_each(data: Path, after_s: float) -> None:
    source = Directory(data)
    found = places(Hours(source), START + after_s)
    for number, unit_id in enumerate(unit_ids(3), start=1):
        track = track_of(np.concatenate([walk(number, hour=hour, interval_s=60.0) for hour in (0, 1)]))
        until = int(np.searchsorted(track.at, START + after_s + 1e-6, side="right"))
        assert found.get(unit_id) == ((track.at[until - 1], track.lon[until - 1]) if until else None)
    source.close()


def test_readings_that_are_not_in_chunks_yet_are_seen_too(data: Path) -> None:
    source = Directory(data)
    hours = Hours(source)
    third = START + 2 * SPAN_S
    found = places(hours, third + 299.0)
    assert found["u00002"] == found["new"] == (third, 20.0)
    assert found["u00001"][0] < third, "its last reading of the hour before"
    assert places(hours, third + 300.0)["new"] == (third + 300.0, 23.0)
    assert places(hours, third + 5 * SPAN_S)["new"] == (third + 600.0, 26.0)
    assert "new" not in places(hours, START + 100.0)
    assert places(hours, START + 60 * SPAN_S) == {"new": (third + 600.0, 26.0), "u00002": (third + 600.0, 26.0)}
    (track, nobody) = hours.tracks([UnitId("u00002"), UnitId("gone")], from_at=START + 7100.0, to_at=third + 400.0)
    assert track.at.tolist()[-2:] == [third, third + 300.0]
    assert track.at[0] >= START + 7100.0
    assert len(nobody) == 0
    source.close()


def test_as_many_hours_are_kept_in_memory_as_there_is_room(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Directory(data)
    hours = Hours(source)
    first = hours.hour(START)
    assert hours.hour(START + 10) is first
    assert hours.warm(START + SPAN_S)
    monkeypatch.setattr(hours_module, "KEPT_BYTES", 2 * first.nbytes)
    assert not hours.warm(START + 2 * SPAN_S)
    hours.hour(START + 2 * SPAN_S)
    assert hours.hour(START) is not first
    again = hours.hour(START)
    hours.forget()
    assert hours.hour(START) is not again
    source.close()


@pytest.mark.parametrize("is_after_another", [True, False])
def test_an_hour_is_the_same_after_another_and_by_itself(data: Path, is_after_another: bool) -> None:
    source = Directory(data)
    hours = Hours(source)
    if is_after_another:
        hours.hour(START)
        hours.hour(START + SPAN_S)
    found = [places(hours, START + number * SPAN_S) for number in (1, 2, 3)]
    assert [len(each) for each in found] == [3, 4, 4]
    assert found[0]["u00002"][0] < START + SPAN_S
    newest = (START + 2 * SPAN_S + 600.0, 26.0)
    assert found[2] == {**found[1], "new": newest, "u00002": newest}
    source.close()


def test_without_tracks_nobody_is_anywhere(tmp_path: Path) -> None:
    write_journal(tmp_path, recorded_day(units=1, seconds=60.0, events=5))
    source = Directory(tmp_path)
    assert places(Hours(source), START) == {}
    assert Hours(source).tracks([UnitId("u")], from_at=0.0, to_at=1.0)[0].at.tolist() == []
    source.close()
    assert no_hour().rows_at(5.0).tolist() == []


def test_tracks_that_are_no_database_are_told(tmp_path: Path) -> None:
    write_journal(tmp_path, recorded_day(units=1, seconds=60.0, events=5))
    (tmp_path / FILE_NAME).write_bytes(b"rubbish" * 1000)
    source = Directory(tmp_path)
    with pytest.raises(SourceError, match="tracks missing"):
        Hours(source).hour(START)
    assert not Hours(source).warm(START)
    source.close()
