"""A gateway of a town where real civic work orders come in through the integration port, and who sends them.

The data is that of another city, so the town is a square of grids about it."""

import asyncio
import csv
import io
import json
import sys
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from comms.domain.events import IncidentReported
from comms.domain.ids import SourceId
from comms.domain.incident import Origin
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.journal import history
from comms.journal.database import Database
from comms.protocol.area import Area, Grid, TownFile, encode_town
from tests.bench.site import TOWN, Site, bench_town, read_line, run_tool

_FILE = Path("shared", "data", "orders_boston311", "311_service_requests_2011.zip")
DATA = next((path for parent in Path(__file__).parents[2:5] if (path := parent / _FILE).exists()), _FILE)
RATE_HZ = 200.0
SOURCE = SourceId("boston311")
SOUTH, WEST, NORTH, EAST = 42.2, -71.3, 42.45, -70.9
GRIDS = 20
"""On each side."""
SETTINGS = {
    "fields": {
        "source_id": "case_enquiry_id",
        "kind": "type",
        "text": ["case_title", "closure_reason"],
        "lat": "latitude",
        "lon": "longitude",
        "address": "location",
        "occurred_at": "open_dt",
    },
    "utc_offset_h": -5,
}


@dataclass(frozen=True, slots=True)
class HubSite:
    gateway: Site
    feed: "Feed"


@asynccontextmanager
async def hub_site(folder: Path) -> AsyncIterator[HubSite]:
    """Its gateway runs in a process of its own until the end."""
    town, data, settings = folder / "town.json", folder / "data", folder / "source.json"
    town.write_bytes(encode_town(_town()))
    settings.write_text(json.dumps(SETTINGS))
    await run_tool("comms.gateway", "load", "--data", str(data), "--town", str(town))
    key = await _add_source(data, settings)
    words = ("comms.gateway", "--data", str(data), "--port", "0", "--integration-port", "0")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        found = await read_line(process, "listening")
        gateway = Site(data=data, codes={}, port=_number(found["port"]), process=process)
        yield HubSite(gateway, Feed(f"http://127.0.0.1:{_number(found['integration_port'])}", key))
    finally:
        process.terminate()
        await process.communicate()


def orders(count: int) -> list[dict[str, str]]:
    """The first of the real feed that have their number, kind and place."""
    with zipfile.ZipFile(DATA) as packed, packed.open(packed.namelist()[0]) as file:
        rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
        found: dict[str, dict[str, str]] = {}
        for row in rows:
            lat, lon = float(row["latitude"] or 0), float(row["longitude"] or 0)
            if row["type"] and SOUTH < lat < NORTH and WEST < lon < EAST:
                row["type"], row["location"] = row["type"][:60], row["location"][:200]
                found.setdefault(row["case_enquiry_id"], row)
            if len(found) == count:
                break
    return list(found.values())


def _town() -> TownFile:
    base = bench_town(1)
    high, wide = (NORTH - SOUTH) / GRIDS, (EAST - WEST) / GRIDS
    grids = tuple(
        Grid(
            jurisdiction_id=type(TOWN)(f"{TOWN}/v{row:02d}/g{column:03d}"),
            name=f"{row}-{column}",
            rings=(_square(SOUTH + row * high, WEST + column * wide, high, wide),),
        )
        for row in range(GRIDS)
        for column in range(GRIDS)
    )
    return TownFile(
        area=Area(name="bench", bounds=(SOUTH, WEST, NORTH, EAST), grids=grids),
        jurisdictions=(Jurisdiction(id=TOWN, name="bench", level=Level.TOWN),),
        units=base.units,
        talkgroups=base.talkgroups,
        officers=base.officers,
    )


def _square(south: float, west: float, high: float, wide: float) -> tuple[tuple[float, float], ...]:
    return ((south, west), (south, west + wide), (south + high, west + wide), (south + high, west))


class Feed:
    """Sends on time, whether the answers come or not; times are of the monotonic clock."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.sent_s: dict[str, float] = {}
        self.ingest_ms: list[float] = []
        self.outcomes: dict[str, int] = {}

    async def run(self, rows: list[dict[str, str]]) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256)) as session:
            started = time.perf_counter()
            async with asyncio.TaskGroup() as tasks:
                for number, row in enumerate(rows):
                    await asyncio.sleep(max(0.0, started + number / RATE_HZ - time.perf_counter()))
                    tasks.create_task(self._send(session, row))

    async def _send(self, session: aiohttp.ClientSession, row: dict[str, str]) -> None:
        number, body = row["case_enquiry_id"], json.dumps(row).encode()
        self.sent_s[incident_id(number)] = asked_s = time.perf_counter()
        async with session.post(f"{self._url}/v1/work-orders", data=body, headers=self._headers) as response:
            answer: dict[str, Any] = await response.json()
        self.ingest_ms.append((time.perf_counter() - asked_s) * 1e3)
        outcome = str(answer.get("outcome", response.status))
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    async def baseline_ms(self, times: int) -> list[float]:
        async with aiohttp.ClientSession() as session:
            taken: list[float] = []
            for _ in range(times):
                asked_s = time.perf_counter()
                async with session.get(f"{self._url}/health") as response:
                    await response.read()
                taken.append((time.perf_counter() - asked_s) * 1e3)
        return taken


def incident_id(number: str) -> str:
    return Origin(source=SOURCE, source_id=number).incident_id


def compare(data: Path, rows: list[dict[str, str]]) -> None:
    """Raises when an order is missing or there twice, as an incident or in quarantine."""
    database = Database(data)
    try:
        count = len(rows) * 3
        events = [item.event for item in database.read_now(lambda connection: history.page(connection, None, count))]
        quarantined = set(history.load(database, recent=0).picture.work_orders.quarantine)
    finally:
        database.close()
    reported = [event.incident.id for event in events if isinstance(event, IncidentReported)]
    sent = {incident_id(row["case_enquiry_id"]) for row in rows}
    if len(reported) != len(set(reported)) or set(reported) | quarantined != sent or set(reported) & quarantined:
        raise RuntimeError(f"{len(sent)} sent, {len(reported)} incidents, {len(quarantined)} in quarantine: not exact")


async def _add_source(data: Path, settings: Path) -> str:
    words = ("source", "add", "--source", SOURCE, "--name", "311", "--jurisdiction", TOWN, "--settings", str(settings))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "comms.gateway", *words, "--data", str(data)), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return said.decode().splitlines()[1]


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
