"""`position.store`: from a terminal's report to the desk's store, at 1,165 and 10,000 units reporting every 5 s.

One measured unit reports once a second from this process while the fleet makes the load from its own.
Baseline: the same number of rows decoded as JSON, which is what columns replace.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path

from comms.domain.position import Fix
from comms.protocol.commands import PictureSubscribe, PositionReport
from comms.protocol.frames import decode_positions
from console.store.positions import PositionTable
from tests.bench.record import Record, record
from tests.bench.site import CpuMeter, bench_town, costs, site
from tests.bench.terminal import BenchTerminal, new_id, terminals

REPORTS = 60
SPACING_S = 0.25
TARGET_MS = 300.0


def records() -> list[Record]:
    found: list[Record] = []
    for units in (1_165, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            found += asyncio.run(_measure(Path(folder), units))
    return found


async def _measure(folder: Path, units: int) -> list[Record]:
    async with site(folder, units=units) as gateway:
        await gateway.start_fleet("--no-media", first=1, units=units - 1)
        code = next(iter(gateway.codes.values()))
        async with terminals(gateway.url, [None, code], has_media=False) as (desk, worker):
            await desk.link.request(PictureSubscribe(id=new_id()))
            meter = CpuMeter(gateway)
            stored = await _stored_ms(desk, worker)
            cpu = meter.sample()
        params = {"units": units, "interval_s": 5}
        return [
            record(
                "position.store",
                stored,
                unit="ms",
                params=params,
                baseline="rows decoded as JSON",
                baseline_values=_json_ms(units // 5),
                target=TARGET_MS,
            ),
            *costs(gateway, cpu, {**params, "of": "position.store"}),
        ]


async def _stored_ms(desk: BenchTerminal, worker: BenchTerminal) -> list[float]:
    """Each report has a latitude of its own, by which it is known again in the desk's table."""
    table = PositionTable()
    table.define(bench_town(1).units[0])
    sent: dict[int, float] = {}
    found: list[float] = []
    done = asyncio.Event()

    def take(frame: bytes, _at_s: float) -> None:
        columns = decode_positions(frame)
        table.apply(columns)
        now = time.perf_counter()
        for no, lat in zip(columns.no.tolist(), columns.lat.tolist(), strict=True):
            if no == 1 and (key := round(lat * 1e6)) in sent:
                found.append((now - sent.pop(key)) * 1e3)
        if len(found) >= REPORTS:
            done.set()

    desk.on_positions = take
    for index in range(REPORTS):
        lat = 23.0 + index * 1e-4
        sent[round(lat * 1e6)] = time.perf_counter()
        fix = Fix(at=time.time(), lat=lat, lon=113.7, accuracy_m=5.0)
        await worker.link.request(PositionReport(id=new_id(), fixes=(fix,)))
        await asyncio.sleep(SPACING_S)
    await asyncio.wait_for(done.wait(), 10)
    return found


def _json_ms(rows: int) -> list[float]:
    row = {"at": 1.7e9, "lat": 23.0, "lon": 113.7, "accuracy_m": 5.0}
    text = json.dumps([{"no": no, **row} for no in range(rows)])
    found = []
    for _ in range(20):
        started_s = time.perf_counter()
        json.loads(text)
        found.append((time.perf_counter() - started_s) * 1e3)
    return found
