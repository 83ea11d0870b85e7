"""`plan.start`: from the officer's one command until the talkgroup's 12 terminals know that they are called and the 9
ordered ones have their order, with 1,165 units on duty and the product's plan for a fire at level III.

Baseline: the same done by single commands, one after the other, as fast as the answers come: an area call, then each
order. An officer's hands and eyes between them, which are most of the time, are not counted.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from comms.domain.ids import IncidentId, OrderId, PlanId, PlanRunId, TalkgroupId, UnitId
from comms.domain.order import AssignmentState, OrderPriority, Place, UnitsTarget
from comms.domain.plan import PlanLevel
from comms.domain.position import Fix
from comms.fleet.town import sample_town
from comms.protocol.commands import CallFinish, CallFromArea, Command, OrderAdvance, OrderIssue, PositionReport
from comms.protocol.incident_commands import IncidentReport
from comms.protocol.plan_commands import PlanEnd, PlanStart
from comms.protocol.pushes import Done, OrderPush, TalkgroupAdded
from tests.bench.record import Record, record
from tests.bench.site import site
from tests.bench.terminal import BenchTerminal, new_id, terminals

UNITS = 1_165
CALLED = 12
ORDERS = {"first": 3, "evacuate": 4, "access": 2}
"""Steps of the plan that order somebody, and how many."""
ROUNDS = 60
PLAN = PlanId("rental_fire")
SETTLE_S = 0.4
POSITIONS_S = 6.0
"""Every terminal of the fleet has reported by then."""
TARGET_MS = 300.0


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> list[Record]:
    async with site(folder, units=UNITS) as gateway:
        await gateway.start_fleet(first=CALLED, units=UNITS - CALLED)
        codes: list[str | None] = [*list(gateway.codes.values())[:CALLED], None]
        async with terminals(gateway.url, codes) as made:
            *units, desk = made
            bench = _Bench(units, list(gateway.codes)[:CALLED], desk)
            await bench.prepare()
            await asyncio.sleep(POSITIONS_S)
            single = [await bench.by_single_commands() for _ in range(ROUNDS)]
            started = [await bench.by_plan() for _ in range(ROUNDS)]
    params = {"units": UNITS, "called": CALLED, "ordered": sum(ORDERS.values())}
    return [
        record(
            "plan.start",
            started,
            unit="ms",
            params=params,
            baseline="single commands one after the other",
            baseline_values=single,
            target=TARGET_MS,
        ),
        record("plan.by_hand", single, unit="ms", params=params, baseline="itself", baseline_values=single),
    ]


class _Bench:
    def __init__(self, units: Sequence[BenchTerminal], unit_ids: Sequence[UnitId], desk: BenchTerminal) -> None:
        self._units = dict(zip(unit_ids, units, strict=True))
        self._desk = desk
        self._incident_id = IncidentId("")
        south, west, north, east = sample_town(units=0).area.bounds
        self._place = Place(lat=(south + north) / 2, lon=(west + east) / 2, text="长盛路 3 号")
        rest = iter(unit_ids)
        self._ordered = {step: tuple(next(rest) for _ in range(count)) for step, count in ORDERS.items()}

    async def prepare(self) -> None:
        for number, unit in enumerate(self._units.values()):
            fix = Fix(at=time.time(), lat=self._place.lat + number * 1e-4, lon=self._place.lon)
            await unit.link.request(PositionReport(id=new_id(), fixes=(fix,)))
        report = IncidentReport(
            id=new_id(), incident_kind="出租屋火情", place=self._place, priority=OrderPriority.URGENT
        )
        self._incident_id = IncidentId(await self._ask(report))

    async def by_plan(self) -> float:
        choices = {**self._ordered, "group": tuple(self._units)}
        arrivals = self._arrivals()
        began_s = time.perf_counter()
        start = PlanStart(
            id=new_id(), incident_id=self._incident_id, plan_id=PLAN, level=PlanLevel.III, choices=choices
        )
        run_id = await self._ask(start)
        taken_ms = (max(await asyncio.wait_for(asyncio.gather(*arrivals), 20)) - began_s) * 1e3
        await self._ask(PlanEnd(id=new_id(), run_id=PlanRunId(run_id), note="演练"))
        await self._cancel(f"{run_id}.{step}" for step in ORDERS)
        return taken_ms

    async def by_single_commands(self) -> float:
        arrivals = self._arrivals()
        began_s = time.perf_counter()
        group_id = await self._ask(CallFromArea(id=new_id(), target=UnitsTarget(tuple(self._units)), name="火情"))
        order_ids = [await self._ask(self._order(unit_ids)) for unit_ids in self._ordered.values()]
        taken_ms = (max(await asyncio.wait_for(asyncio.gather(*arrivals), 20)) - began_s) * 1e3
        await self._ask(CallFinish(id=new_id(), talkgroup_id=TalkgroupId(group_id)))
        await self._cancel(order_ids)
        return taken_ms

    def _order(self, unit_ids: tuple[UnitId, ...]) -> OrderIssue:
        return OrderIssue(
            id=new_id(),
            title="初起火灾处置",
            text="断电断气，扑救初起火。",
            priority=OrderPriority.URGENT,
            place=self._place,
            target=UnitsTarget(unit_ids),
            incident_id=self._incident_id,
        )

    def _arrivals(self) -> "list[asyncio.Future[float]]":
        ordered = [unit_id for unit_ids in self._ordered.values() for unit_id in unit_ids]
        called = [unit.next(TalkgroupAdded) for unit in self._units.values()]
        return called + [self._units[unit_id].next(OrderPush) for unit_id in ordered]

    async def _cancel(self, order_ids: Iterable[str]) -> None:
        for order_id in order_ids:
            cancelled = AssignmentState.CANCELLED
            await self._ask(OrderAdvance(id=new_id(), order_id=OrderId(order_id), state=cancelled, reason="演练结束"))
        await asyncio.sleep(SETTLE_S)

    async def _ask(self, command: Command) -> str:
        answer = await self._desk.link.request(command)
        if not isinstance(answer, Done):
            raise RuntimeError(f"refused: {answer}")
        return answer.subject or ""
