"""The track store: nothing lost, nothing twice, on a full disk, after a kill, over the end of an hour."""

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from comms.domain.ids import UnitId
from comms.domain.position import Fix
from comms.domain.track import Track
from comms.journal.track_tables import track_chunks, track_tails
from comms.journal.tracks import FILE_NAME, SPAN_S, TIDY_EVERY, TrackStore
from tests.support.journal import SteppedClock

HOUR = 500_000 * SPAN_S
A, B = UnitId("a"), UnitId("b")


def fix(at: float, lat: float = 23.0) -> Fix:
    return Fix(at=at, lat=lat, lon=113.0, battery_pct=50)


def opened(folder: Path, clock: SteppedClock, **options: Any) -> TrackStore:
    return TrackStore(folder, now=clock.now, **options)


async def all_of(store: TrackStore, unit_id: UnitId) -> Track:
    return await store.read(unit_id, from_at=0.0, to_at=1e11)


def count(store: TrackStore, table: str) -> int:
    held = {"tails": track_tails, "chunks": track_chunks}[table]
    with store._engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(held)).scalar_one())


def is_failing(store: TrackStore) -> bool:
    return store._disk.is_failing


def leave_as_killed(folder: Path, copy: Path) -> None:
    """The files as a killed process leaves them."""
    copy.mkdir()
    for part in folder.glob(f"{FILE_NAME}*"):
        (copy / part.name).write_bytes(part.read_bytes())


async def test_readings_are_there_at_once_and_after_the_hour_in_chunks(tmp_path: Path) -> None:
    clock = SteppedClock(HOUR)
    store = opened(tmp_path, clock)
    for second in range(0, 50, 5):
        store.take(A, fix(HOUR + second))
        store.take(B, fix(HOUR + second, 24.0))
    assert (await all_of(store, A)).at.tolist() == [HOUR + second for second in range(0, 50, 5)]
    assert count(store, "chunks") == 0
    clock.at = HOUR + SPAN_S + 1
    store.take(A, fix(HOUR + 20))
    store.take(A, fix(HOUR - 7200.0))
    late = await all_of(store, A)
    assert late.at.tolist() == [HOUR - 7200, *(HOUR + second for second in range(0, 50, 5))], "late in place, once"
    assert (count(store, "chunks"), count(store, "tails")) == (3, 0)
    assert (await store.read(B, from_at=HOUR + 10, to_at=HOUR + 20)).lat.tolist() == [24.0, 24.0]
    assert len(await all_of(store, UnitId("nobody"))) == 0
    store.take(A, fix(HOUR + SPAN_S + 1))
    days = await store.days([A, B, UnitId("nobody")], offset_s=8 * 3600)
    assert sum(day.readings for day in days) == 22
    assert all((day.start_at + 8 * 3600) % 86_400 == 0 for day in days)
    store.close()


async def test_what_was_written_behind_is_there_after_a_restart_and_a_kill(tmp_path: Path) -> None:
    clock = SteppedClock(HOUR)
    store = opened(tmp_path, clock)
    store.take(A, fix(HOUR))
    await all_of(store, A)
    leave_as_killed(tmp_path, tmp_path / "copy")
    store.take(A, fix(HOUR + 5))
    store.close()
    again = opened(tmp_path, clock)
    assert (await all_of(again, A)).at.tolist() == [HOUR, HOUR + 5]
    again.close()
    killed = opened(tmp_path / "copy", clock)
    killed.take(A, fix(HOUR + 10))
    assert (await all_of(killed, A)).at.tolist() == [HOUR, HOUR + 10]
    killed.close()


async def test_a_full_disk_costs_nothing_but_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = SteppedClock(HOUR)
    store = opened(tmp_path, clock)
    store.take(A, fix(HOUR))
    await all_of(store, A)
    pages = [1]

    def limit(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages[0]}")

    event.listen(store._engine, "checkout", limit)
    with caplog.at_level(logging.CRITICAL):
        for second in range(1, 2000):
            store.take(B, fix(HOUR + second))
        assert len(await all_of(store, B)) == 1999
        clock.at = HOUR + SPAN_S
        store.take(B, fix(HOUR + 3000))
        assert len(await all_of(store, B)) == 2000
    assert is_failing(store)
    pages[0] = 1_000_000_000
    store.take(B, fix(HOUR + 3001))
    assert len(await all_of(store, B)) == 2001
    assert not is_failing(store)
    store.close()
    again = opened(tmp_path, clock)
    assert len(await all_of(again, B)) == 2001
    again.close()


async def test_a_disk_that_takes_nothing_for_long_costs_the_oldest_readings(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = SteppedClock(HOUR)
    store = opened(tmp_path, clock, most_recent=400)
    event.listen(store._engine, "checkout", lambda connection, *_: connection.execute("PRAGMA max_page_count=1"))
    with caplog.at_level(logging.CRITICAL):
        for first in range(0, 1200, 200):
            for second in range(first, first + 200):
                store.take(A, fix(HOUR + second))
            found = await all_of(store, A)
        store.close()
    assert 0 < len(found) < 1000
    assert found.at[-1] == HOUR + 1199


async def test_many_readings_become_chunks_before_the_hour_is_over(tmp_path: Path) -> None:
    store = opened(tmp_path, SteppedClock(HOUR), most_recent=100)
    for second in range(100):
        store.take(A if second % 2 else B, fix(HOUR + second))
    assert len(await all_of(store, A)) == 50
    assert count(store, "chunks") == 2
    store.close()


async def test_old_tracks_are_forgotten_and_older_ones_not_taken(tmp_path: Path) -> None:
    clock = SteppedClock(HOUR)
    store = opened(tmp_path, clock, keep_days=1.0)
    store.take(A, fix(HOUR - 90_000))
    store.take(A, fix(HOUR))
    assert (await all_of(store, A)).at.tolist() == [HOUR]
    clock.at = HOUR + 2 * 86_400
    for _ in range(TIDY_EVERY):
        await all_of(store, A)
    assert len(await all_of(store, A)) == 0
    assert count(store, "chunks") == 0
    store.close()


async def test_damage_is_told_and_costs_only_what_it_hit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = SteppedClock(HOUR)
    store = opened(tmp_path, clock)
    store.take(A, fix(HOUR))
    store.take(A, fix(HOUR - SPAN_S))
    await all_of(store, A)
    clock.at = HOUR + SPAN_S
    await all_of(store, A)
    with store._engine.begin() as connection:
        connection.execute(update(track_chunks).where(track_chunks.c.span == HOUR // SPAN_S).values(data=b"spoilt"))
    with caplog.at_level(logging.CRITICAL):
        assert (await all_of(store, A)).at.tolist() == [HOUR - SPAN_S]
    store.close()
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 1000)
    with caplog.at_level(logging.CRITICAL):
        fresh = opened(tmp_path, clock)
    assert (tmp_path / f"{FILE_NAME}.damaged").exists()
    assert len(await all_of(fresh, A)) == 0
    fresh.close()
