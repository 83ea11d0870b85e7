"""圈呼: `call.from_circle`, from the end of the gesture (the command leaves) to the floor granted, with real terminals
with media in the circle, and `call.joined`, until one of them knows that it is called.

The baseline is a floor request in a standing talkgroup of the same members, measured in the same run.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from comms.domain.ids import TalkgroupId
from comms.domain.order import CircleTarget
from comms.domain.position import Fix
from comms.fleet.town import sample_town
from comms.protocol.commands import CallFinish, CallFromArea, PositionReport
from comms.protocol.pushes import Done, FloorGranted, TalkgroupAdded, TalkgroupRemoved
from tests.bench.record import Record, record
from tests.bench.site import site
from tests.bench.terminal import BenchTerminal, new_id, terminals

SIZES = (100, 1_165)
CALLS = 20
OWN_TERMINALS = 1
TARGET_MS = 300.0
SETTLE_S = 0.3
"""Between two calls, so that each begins in a quiet gateway, as an officer's does."""
POSITIONS_S = 6.0
"""Every terminal has reported its position by then: it does so every 5 s."""


def records() -> list[Record]:
    found: list[Record] = []
    for members in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            found += asyncio.run(_measure(Path(folder), members))
    return found


async def _measure(folder: Path, members: int) -> list[Record]:
    async with site(folder, units=members) as gateway:
        await gateway.start_fleet(first=OWN_TERMINALS, units=members - OWN_TERMINALS)
        codes: list[str | None] = [*list(gateway.codes.values())[:OWN_TERMINALS], None]
        async with terminals(gateway.url, codes) as (unit, desk):
            await asyncio.sleep(POSITIONS_S)
            await _report(unit)
            standing = [await _standing_ms(desk) for _ in range(CALLS)]
            calls = [await _call(unit, desk) for _ in range(CALLS)]
    params = {"members": members}
    granted, joined = [call[0] for call in calls], [call[1] for call in calls]
    return [
        record(
            "call.from_circle", granted, unit="ms", params=params,
            baseline="floor.grant in a standing talkgroup", baseline_values=standing, target=TARGET_MS,
        ),
        record(
            "call.joined", joined, unit="ms", params=params,
            baseline="floor.grant in a standing talkgroup", baseline_values=standing,
        ),
    ]  # fmt: skip


def _circle() -> CircleTarget:
    """Around the whole sample town."""
    south, west, north, east = sample_town(units=0).area.bounds
    return CircleTarget(lat=(south + north) / 2, lon=(west + east) / 2, radius_m=30_000.0)


async def _report(unit: BenchTerminal) -> None:
    circle = _circle()
    await unit.link.request(PositionReport(id=new_id(), fixes=(Fix(at=time.time(), lat=circle.lat, lon=circle.lon),)))


async def _standing_ms(desk: BenchTerminal) -> float:
    taken = await desk.press()
    await desk.release(last_sequence=None)
    await asyncio.sleep(SETTLE_S)
    return taken


async def _call(unit: BenchTerminal, desk: BenchTerminal) -> tuple[float, float]:
    granted, joined, gone = desk.next(FloorGranted), unit.next(TalkgroupAdded), unit.next(TalkgroupRemoved)
    command = CallFromArea(id=new_id(), target=_circle())
    asked_s = time.perf_counter()
    answer = asyncio.ensure_future(desk.link.request(command))
    granted_s, joined_s = await asyncio.wait_for(asyncio.gather(granted, joined), 10)
    if not isinstance(await answer, Done):
        raise RuntimeError(f"the call was refused: {answer.result()}")
    await desk.link.request(CallFinish(id=new_id(), talkgroup_id=TalkgroupId(command.id)))
    await asyncio.wait_for(gone, 10)
    await asyncio.sleep(SETTLE_S)
    return (granted_s - asked_s) * 1e3, (joined_s - asked_s) * 1e3
