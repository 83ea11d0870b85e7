"""A real gateway into whose hub 20,000 work orders come at 200 a second.

`python -m tests.bench.hub_gateway FOLDER COUNT RATE` serves the sample town there, prints the gateway's line, waits for
a file `go` in the folder, and hands the orders in where the integration port does; from there on, journal and desk
included, everything is the product's. `occurred_at` is when each was handed in.
"""

import asyncio
import sys
import time
from pathlib import Path
from random import Random

from comms.adapters.intake import Received
from comms.domain.ids import SourceId
from comms.domain.incident import Origin
from comms.domain.order import OrderPriority
from comms.domain.source import Source
from comms.domain.work_order import WorkOrder
from comms.fleet.town import sample_town
from comms.gateway.__main__ import SWITCH_INTERVAL_S
from comms.gateway.clock import SystemClock
from comms.gateway.garbage import searched_in_quiet
from comms.gateway.gateway import Gateway
from comms.gateway.running import open_storage, running
from comms.gateway.shutdown import stop_signal
from comms.gateway.town import load_town
from comms.protocol.area import TownFile

UNITS, TURN_S = 12, 0.05
SOURCES = ("12345 热线", "智网", "数字城管", "应急巡查", "人社")
TEXTS = ("门前井盖不见了，行人绕行", "夜间施工噪音扰民，持续到凌晨", "垃圾未清运，有异味", "路灯不亮，行人摔倒")


async def hand_in(gateway: Gateway, town: TownFile, count: int, rate: float) -> None:
    random, clock = Random(5), gateway.clock.monotonic
    middles = [ring[0] for grid in town.area.grids for ring in grid.rings[:1]]
    root = min((node.id for node in town.jurisdictions), key=len)
    sources = [Source(id=SourceId(name), name=name, jurisdiction_id=root) for name in SOURCES]
    number, due = 0, clock()
    waiting: set[asyncio.Task[object]] = set()
    while number < count:
        for _ in range(round(rate * TURN_S)):
            lat, lon = random.choice(middles)
            source = random.choice(sources)
            order = WorkOrder(
                origin=Origin(source=source.id, source_id=f"GD{number:07d}"),
                kind=f"类型{random.randrange(60)}",
                text=random.choice(TEXTS),
                priority=random.choice(tuple(OrderPriority)),
                lat=lat,
                lon=lon,
                occurred_at=time.time(),
            )
            task = asyncio.ensure_future(gateway.hub.take(source, Received(order=order)))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            number += 1
        due += TURN_S
        await asyncio.sleep(max(0.0, due - clock()))
    await asyncio.gather(*waiting)


async def serve(folder: Path, count: int, rate: float) -> None:
    town, data = sample_town(units=UNITS, seed=7), folder / "data"
    async with open_storage(data, clock=SystemClock()) as storage:
        await load_town(town, journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
    async with stop_signal() as stopping, running(data, host="127.0.0.1", port=0) as site:
        sys.stdout.write(f'{{"listening": {{"host": "127.0.0.1", "port": {site.port}}}}}\n')
        sys.stdout.flush()
        while not (folder / "go").exists():
            await asyncio.sleep(TURN_S)
        sending = asyncio.create_task(hand_in(site.gateway, town, count, rate))
        with searched_in_quiet(clock=SystemClock(), is_quiet=lambda: True):
            await stopping.wait()
        sending.cancel()


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
