"""`gateway.recovery`: the gateway is killed and started again; until all terminals are back, media included.

Baseline: their first sign-in, which has the enrolment on top.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench.record import Record, record
from tests.bench.site import Site, read_line, site

UNITS = 1_165
ROUNDS = 3
TARGET_S = 10.0


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Record]:
    async with site(folder, units=UNITS) as gateway:
        started_s = time.perf_counter()
        fleet = await gateway.start_fleet(first=0, units=UNITS)
        first_s = time.perf_counter() - started_s
        recovered = [await _recover_s(gateway, fleet) for _ in range(ROUNDS)]
        return [
            record(
                "gateway.recovery",
                recovered,
                unit="s",
                params={"terminals": UNITS, "media": True},
                baseline="first sign-in with enrolment",
                baseline_values=[first_s],
                target=TARGET_S,
            )
        ]


async def _recover_s(gateway: Site, fleet: asyncio.subprocess.Process) -> float:
    """From the new gateway's first breath to the fleet's word that all have media again."""
    await gateway.kill_gateway()
    started_s = time.perf_counter()
    await gateway.start_gateway()
    await asyncio.wait_for(read_line(fleet, "ready"), 60)
    return time.perf_counter() - started_s
