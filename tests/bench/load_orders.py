"""Fifty orders a second, each to one terminal of the fleets, and what became of each."""

import asyncio
import random
import time
from collections import Counter
from types import TracebackType
from typing import Self

from comms.domain.events import OrderAdvanced
from comms.domain.order import AssignmentState, UnitsTarget
from comms.link.line import LinkLostError
from comms.protocol.commands import OrderIssue
from comms.protocol.pushes import Done, EventPush, Push, Refused
from tests.bench.load_site import DISPATCHERS, FleetProcess, LoadSite, unit_id
from tests.bench.terminal import BenchTerminal, new_id

ORDERS_A_SECOND = 50.0


class Dispatchers:
    """Desks that issue; the duty officer's desk hears from the journal that each was delivered."""

    def __init__(self, site: LoadSite, desk: BenchTerminal) -> None:
        self._site, self._desk = site, desk
        self._dice = random.Random(7)
        self._desks: list[BenchTerminal] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._began_s: dict[str, float] = {}
        """When each order was issued, by order and unit."""
        self._in_storm: set[str] = set()
        self.is_storm = False
        self.asked = 0
        self._delivered: Counter[str] = Counter()
        self.refused: list[Refused] = []
        self.delivered_ms: list[float] = []
        """Of those issued while everybody was there; in a storm it is as long as the unit was away."""
        self.storm_ms: list[float] = []
        self.lost: list[str] = []
        self.doubled: list[str] = []
        self.steady_s = 0.0
        """For so long orders were issued while everybody was there."""
        self._issuing_s = 0.0
        self._started_s = 0.0

    @property
    def issued(self) -> int:
        return len(self._began_s)

    @property
    def rate(self) -> float:
        return self.asked / max(self._issuing_s, 1e-9)

    async def __aenter__(self) -> Self:
        for officer in DISPATCHERS:
            made = BenchTerminal(self._site.gateway.url, code=None, officer=officer)
            self._desks.append(made)
            await made.start(has_media=False)
        self._desk.on_push = self._take
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for desk in self._desks:
            await desk.stop()

    def _take(self, push: Push, _at_s: float) -> None:
        if isinstance(push, EventPush) and isinstance(push.recorded.event, OrderAdvanced):
            event = push.recorded.event
            if event.state is AssignmentState.DELIVERED:
                self._delivered[f"{event.order_id}/{event.unit_id}"] += 1

    def start(self) -> None:
        self._started_s = time.monotonic()
        self._tasks = [asyncio.create_task(self._issue(desk)) for desk in self._desks]

    def stop(self) -> None:
        took_s = time.monotonic() - self._started_s
        self._issuing_s += took_s
        self.steady_s += 0.0 if self.is_storm else took_s
        for task in self._tasks:
            task.cancel()

    async def _issue(self, desk: BenchTerminal) -> None:
        """At its pace, whatever the answers take."""
        due_s = time.monotonic()
        plan = self._site.plan
        asked: set[asyncio.Task[None]] = set()
        while True:
            task = asyncio.create_task(self._one(desk, self._dice.randrange(plan.with_media.start, plan.terminals)))
            asked.add(task)
            task.add_done_callback(asked.discard)
            due_s += len(self._desks) / ORDERS_A_SECOND
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))

    async def _one(self, desk: BenchTerminal, index: int) -> None:
        unit, began_s, is_storm = unit_id(index), time.monotonic(), self.is_storm
        self.asked += 1
        command = OrderIssue(id=new_id(), title="核查井盖", text="人行道井盖移位", target=UnitsTarget(unit_ids=(unit,)))
        try:
            answer = await desk.link.request_durable(command)
        except LinkLostError:
            return  # the bench ended first
        if isinstance(answer, Refused):
            self.refused.append(answer)
        elif isinstance(answer, Done):
            key = f"{answer.subject}/{unit}"
            self._began_s[key] = began_s
            if is_storm:
                self._in_storm.add(key)

    async def collect(self, fleets: list[FleetProcess]) -> None:
        """What the terminals and the journal say of every order."""
        came: dict[str, list[float]] = {}
        for fleet in fleets:
            came |= await fleet.ask("orders")
        for key, began_s in self._began_s.items():
            if key in came:
                into = self.storm_ms if key in self._in_storm else self.delivered_ms
                into.append((came[key][0] - began_s) * 1e3)
            if key not in came or not self._delivered[key]:
                self.lost.append(key)
            elif self._delivered[key] > 1:
                self.doubled.append(key)
