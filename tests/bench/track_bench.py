"""`track.*`: what keeping every reading of every unit costs, and how soon a unit's day is read.

A day of 1,165 units at 5 s, made by the fleet's own walk with its noise, is put into a real store by its own thread.
Baseline: one row a reading in SQLite, written in the same batches and read by an index.
"""

import sqlite3
import tempfile
import time
from pathlib import Path

import numpy as np

from comms.domain.ids import UnitId
from comms.domain.position import Fix
from comms.fleet.movement import Movement
from comms.fleet.street_net import StreetNet
from comms.fleet.town import sample_town
from comms.fleet.whereabouts import homes
from comms.journal.tracks import FILE_NAME, SPAN_S, TrackStore
from tests.bench.record import Record, record
from tests.bench.track_frames import frame_records

UNITS_KEPT, UNITS = 30, 1_165
"""So many are really walked and stored for a whole day; sizes are scaled to the town's number."""
INTERVAL_S = 5
DAY_S = 86_400
START = 500_000 * SPAN_S
READS = 60


class _Clock:
    at = float(START)

    def now(self) -> float:
        return self.at


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        return [*_measure(Path(folder)), *frame_records()]


def _measure(folder: Path) -> list[Record]:
    town = sample_town(units=UNITS_KEPT)
    unit_ids = [unit.id for unit in town.units]
    walk = Movement(StreetNet(town.area.streets), homes(town, unit_ids), seed=7, start_s=0.0)
    clock = _Clock()
    store = TrackStore(folder, now=clock.now)
    rows = sqlite3.connect(folder / "rows.sqlite")
    rows.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE fix (unit TEXT, at REAL, lat REAL, lon REAL, accuracy REAL, speed REAL, heading REAL, battery);"
        "CREATE INDEX fix_unit ON fix (unit, at)"
    )
    store_us: list[float] = []
    rows_us: list[float] = []
    for hour in range(DAY_S // SPAN_S):
        fixes = _an_hour(walk, hour)
        store_us.append(_kept_us(store, clock, unit_ids, fixes))
        rows_us.append(_rows_us(rows, unit_ids, fixes))
    clock.at += SPAN_S
    store.read_now(unit_ids[0], 0.0, 1.0)
    store.close()
    day_ms, rows_ms = _read_ms(folder, clock, rows, unit_ids)
    rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rows.close()
    params = {"units": UNITS, "interval_s": INTERVAL_S}
    scale = UNITS / UNITS_KEPT / 1e6
    size = (folder / FILE_NAME).stat().st_size * scale
    rows_size = (folder / "rows.sqlite").stat().st_size * scale
    baseline = "one row a reading"
    return [
        record(
            "track.day",
            day_ms,
            unit="ms",
            params={"readings": DAY_S // INTERVAL_S},
            baseline=baseline,
            baseline_values=rows_ms,
            target=50.0,
        ),
        record(
            "track.write", store_us, unit="us", params={"of": "one fix"}, baseline=baseline, baseline_values=rows_us
        ),
        record("track.size", [size], unit="MB a day", params=params, baseline=baseline, baseline_values=[rows_size]),
    ]


def _an_hour(walk: Movement, hour: int) -> list[list[Fix]]:
    """By moment, then unit."""
    found = []
    for moment in range(hour * SPAN_S, (hour + 1) * SPAN_S, INTERVAL_S):
        walk.advance(float(moment))
        seen = walk.whereabouts()
        found.append(
            [
                Fix(
                    at=START + moment + unit * 0.07,
                    lat=round(float(seen.lat[unit]), 7),
                    lon=round(float(seen.lon[unit]), 7),
                    accuracy_m=round(float(seen.accuracy_m[unit]), 1),
                    heading_deg=round(float(seen.heading_deg[unit]), 1),
                    speed_mps=round(float(seen.speed_mps[unit]), 2),
                    battery_pct=int(90 - moment / 1200),
                )
                for unit in range(UNITS_KEPT)
            ]
        )
    return found


def _kept_us(store: TrackStore, clock: _Clock, unit_ids: list[UnitId], fixes: list[list[Fix]]) -> float:
    """Processor time of both threads, taking, writing behind and chunking, for each fix."""
    started_s = time.process_time()
    for moment in fixes:
        for unit_id, fix in zip(unit_ids, moment, strict=True):
            store.take(unit_id, fix)
    clock.at += SPAN_S
    store.flush()
    return (time.process_time() - started_s) * 1e6 / (len(fixes) * len(unit_ids))


def _rows_us(rows: sqlite3.Connection, unit_ids: list[UnitId], fixes: list[list[Fix]]) -> float:
    started_s = time.process_time()
    rows.executemany(
        "INSERT INTO fix VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (unit_id, fix.at, fix.lat, fix.lon, fix.accuracy_m, fix.speed_mps, fix.heading_deg, fix.battery_pct)
            for moment in fixes
            for unit_id, fix in zip(unit_ids, moment, strict=True)
        ),
    )
    rows.commit()
    return (time.process_time() - started_s) * 1e6 / (len(fixes) * len(unit_ids))


def _read_ms(
    folder: Path, clock: _Clock, rows: sqlite3.Connection, unit_ids: list[UnitId]
) -> tuple[list[float], list[float]]:
    store = TrackStore(folder, now=clock.now)
    ours: list[float] = []
    theirs: list[float] = []
    for unit_id in (unit_ids * READS)[:READS]:
        started_s = time.perf_counter()
        track = store.read_now(unit_id, float(START), float(START + DAY_S))
        ours.append((time.perf_counter() - started_s) * 1e3)
        started_s = time.perf_counter()
        query = "SELECT at, lat, lon, accuracy, speed, heading, battery FROM fix WHERE unit = ? ORDER BY at"
        table = np.array(rows.execute(query, (unit_id,)).fetchall())
        theirs.append((time.perf_counter() - started_s) * 1e3)
        if len(table) != len(track):
            raise RuntimeError(f"{len(track)} readings of {len(table)} were kept")
    store.close()
    return ours, theirs
