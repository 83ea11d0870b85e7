"""`hub.ingest` and `hub.visible`: real civic work orders through the real HTTP port at 200 a second.

`hub.ingest` is from the POST to its answer, which comes when the journal is durable; `hub.visible` from the POST to the
push that tells a desk's link of it, without the screen (`hub_desk` is with it). Each is sent once; the ids in the
journal are compared with the ids sent: one that is lost or doubled fails the run. Baseline: GET of /health on the same
port.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from comms.domain.events import IncidentReported
from comms.protocol.commands import PictureSubscribe
from comms.protocol.pushes import EventPush, Push
from tests.bench.hub_site import DATA, RATE_HZ, Feed, compare, hub_site, orders
from tests.bench.record import Record, record
from tests.bench.site import CpuMeter, costs
from tests.bench.terminal import new_id, terminals

ORDERS = 20_000
TARGET_INGEST_MS, TARGET_VISIBLE_MS = 250.0, 1000.0


def records() -> list[Record]:
    if not DATA.exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Record]:
    rows = orders(ORDERS)
    visible_ms: list[float] = []
    async with hub_site(folder) as site, terminals(site.gateway.url, [None]) as (desk,):
        feed = site.feed
        await desk.link.request(PictureSubscribe(id=new_id()))
        desk.on_push = lambda push, at_s: _see(push, at_s, feed, visible_ms)
        baseline = await feed.baseline_ms(200)
        meter = CpuMeter(site.gateway)
        await feed.run(rows)
        cpu = meter.sample()
        while len(visible_ms) < len(rows) - feed.outcomes.get("quarantined", 0):
            await asyncio.sleep(0.05)
        measured = costs(site.gateway, cpu, {"of": "hub.ingest"})
    compare(folder / "data", rows)
    params = {"orders": len(rows), "rate": RATE_HZ, "data": "boston 311, 2011", **feed.outcomes}
    given: dict[str, Any] = {"unit": "ms", "params": params, "baseline": "GET /health", "baseline_values": baseline}
    return [
        record("hub.ingest", feed.ingest_ms, target=TARGET_INGEST_MS, **given),
        record("hub.visible", visible_ms, target=TARGET_VISIBLE_MS, **given),
        *measured,
    ]


def _see(push: Push, at_s: float, feed: Feed, visible_ms: list[float]) -> None:
    event = push.recorded.event if isinstance(push, EventPush) else None
    if isinstance(event, IncidentReported) and event.incident.id in feed.sent_s:
        visible_ms.append((at_s - feed.sent_s[event.incident.id]) * 1e3)
