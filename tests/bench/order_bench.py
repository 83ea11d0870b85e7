"""`order.deliver`: from the officer's issue to the order at the terminal, durable in between.

Baseline: a ping on the same connection, which is the same path without the journal's sync.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from comms.domain.ids import OrderId, UnitId
from comms.domain.order import AssignmentState, UnitsTarget
from comms.protocol.commands import OrderAdvance, OrderIssue, Ping
from comms.protocol.pushes import Done, OrderPush
from tests.bench.record import Record, record
from tests.bench.site import CpuMeter, costs, site
from tests.bench.terminal import BenchTerminal, new_id, terminals

ORDERS = 200
SPACING_S = 0.03
"""Below the 50 commands a second that one session may go on sending."""
TARGET_MS = 50.0


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Record]:
    async with site(folder, units=2) as gateway:
        unit_id, code = next(iter(gateway.codes.items()))
        async with terminals(gateway.url, [None, code]) as (desk, worker):
            pings = [await _ping_ms(desk) for _ in range(ORDERS)]
            meter = CpuMeter(gateway)
            delivered = [await _deliver_ms(desk, worker, unit_id) for _ in range(ORDERS)]
            cpu = meter.sample()
        params = {"orders": ORDERS, "journal": "sqlite"}
        return [
            record(
                "order.deliver",
                delivered,
                unit="ms",
                params=params,
                baseline="ping on the same path",
                baseline_values=pings,
                target=TARGET_MS,
            ),
            *costs(gateway, cpu, {**params, "of": "order.deliver"}),
        ]


async def _ping_ms(desk: BenchTerminal) -> float:
    asked_s = time.perf_counter()
    await desk.link.request(Ping(id=new_id()))
    return (time.perf_counter() - asked_s) * 1e3


async def _deliver_ms(desk: BenchTerminal, worker: BenchTerminal, unit_id: UnitId) -> float:
    await asyncio.sleep(SPACING_S)
    arrived = worker.next(OrderPush)
    issued_s = time.perf_counter()
    answer = await desk.link.request(
        OrderIssue(id=new_id(), title="核查井盖", text="人行道井盖移位", target=UnitsTarget(unit_ids=(unit_id,)))
    )
    arrived_s = await asyncio.wait_for(arrived, 10)
    if not isinstance(answer, Done) or answer.subject is None:
        raise RuntimeError(f"order refused: {answer}")
    stored = OrderAdvance(id=new_id(), order_id=OrderId(answer.subject), state=AssignmentState.DELIVERED)
    await worker.link.request(stored)
    return (arrived_s - issued_s) * 1e3
