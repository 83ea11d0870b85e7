"""A real gateway that serves a whole city: 100,000 units on duty and 20,000 of their positions a second.

`python -m tests.bench.city_gateway FOLDER` loads the city there, prints the gateway's line when all is there, and
serves until it is ended. 100,000 terminals would need the cores that the desk is measured on, so positions enter where
a terminal's handler gives them to the gateway; from there to the desk everything is the product's.
"""

import asyncio
import sys
from pathlib import Path

import numpy as np

from comms.domain.events import Event, TerminalConnected, UnitStatusChanged
from comms.domain.ids import GATEWAY, JurisdictionId, OfficerId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.position import Fix
from comms.domain.unit import Unit, UnitStatus
from comms.gateway.clock import SystemClock
from comms.gateway.garbage import searched_in_quiet
from comms.gateway.gateway import Gateway
from comms.gateway.running import open_storage, running
from comms.gateway.shutdown import stop_signal
from comms.gateway.town import load_town
from comms.protocol.area import OfficerAccount, TownFile
from tests.bench.city import UNITS, UPDATES_A_SECOND, city_area, clustered
from ui.map.projection import Floats
from ui.map.unit_columns import Rows

TOWN = JurisdictionId("900000/s01")
OFFICER, PASSWORD = OfficerId("duty"), "bench-only-2026"
TURN_S, AT_ONCE = 0.1, 5_000
STATUSES = (UnitStatus.AVAILABLE, UnitStatus.BUSY, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE)


def city_town(units: int) -> TownFile:
    return TownFile(
        area=city_area(),
        jurisdictions=(Jurisdiction(id=TOWN, name="样板市", level=Level.TOWN),),
        units=tuple(
            Unit(id=UnitId(f"u{no}"), no=no, name=f"网格员{no}", jurisdiction_id=TOWN) for no in range(1, units + 1)
        ),
        talkgroups=(),
        officers=(OfficerAccount(officer_id=OFFICER, name="值班", jurisdiction_id=TOWN, password=PASSWORD),),
    )


async def _come_on_duty(gateway: Gateway, units: int) -> None:
    for first in range(1, units + 1, AT_ONCE):
        events: list[Event] = []
        for no in range(first, min(first + AT_ONCE, units + 1)):
            events.append(TerminalConnected(unit_id=UnitId(f"u{no}")))
            if no % 4:
                events.append(UnitStatusChanged(unit_id=UnitId(f"u{no}"), status=STATUSES[no % 4]))
        await gateway.journal.record(GATEWAY, events)


async def _walk(gateway: Gateway, units: int) -> None:
    """All are placed first; then so many a second take a few steps."""
    roll = np.random.default_rng(3)
    lat, lon = clustered(units, 1)
    now, clock = gateway.clock.now, gateway.clock.monotonic
    _take(gateway, np.arange(units), lat, lon, now())
    due = clock()
    while True:
        rows = roll.choice(units, min(units, round(UPDATES_A_SECOND * TURN_S)), replace=False)
        lat[rows] += roll.normal(0, 5e-5, len(rows))
        lon[rows] += roll.normal(0, 5e-5, len(rows))
        _take(gateway, rows, lat, lon, now())
        due += TURN_S
        await asyncio.sleep(max(0.0, due - clock()))


def _take(gateway: Gateway, rows: Rows, lat: Floats, lon: Floats, at: float) -> None:
    for row, own_lat, own_lon in zip(rows.tolist(), lat[rows].tolist(), lon[rows].tolist(), strict=True):
        fix = Fix(at=at, lat=own_lat, lon=own_lon, accuracy_m=8.0, heading_deg=row % 360, speed_mps=1.2, battery_pct=80)
        gateway.positions.take(UnitId(f"u{row + 1}"), fix)


async def serve(folder: Path, units: int) -> None:
    data = folder / "data"
    async with open_storage(data, clock=SystemClock()) as storage:
        await load_town(city_town(units), journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
    async with stop_signal() as stopping, running(data, host="127.0.0.1", port=0) as site:
        await _come_on_duty(site.gateway, units)
        walking = asyncio.create_task(_walk(site.gateway, units))
        sys.stdout.write(f'{{"listening": {{"host": "127.0.0.1", "port": {site.port}}}}}\n')
        sys.stdout.flush()
        with searched_in_quiet(clock=SystemClock(), is_quiet=lambda: True):
            await stopping.wait()
        walking.cancel()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else UNITS))
