"""`load.*`: a city's terminals on one gateway, reporting, talking and getting orders; then all of them cut at once.

The gateway is a process of its own; the fleets and this bench share the machine's two cores with it, without TLS (a
site's gateway has its own cores; a terminal's TLS costs it about 1 ms a connection). `LOAD_TERMINALS` sets how many.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comms.domain.position import Fix
from comms.link.line import LinkLostError
from comms.protocol.commands import AffiliationSet, PictureSubscribe, PositionReport
from comms.protocol.frames import decode_positions
from tests.bench.load_orders import Dispatchers
from tests.bench.load_site import FleetProcess, LoadSite, Plan, load_site
from tests.bench.load_storm import Emergencies
from tests.bench.record import Record, percentile, record
from tests.bench.site import GROUP, CpuMeter
from tests.bench.terminal import BenchTerminal, new_id, terminals

STEADY_S = float(os.environ.get("LOAD_SECONDS", "30"))
PRESSES = 24
PRESS_SPACING_S = 0.3
STORMS = int(os.environ.get("LOAD_STORMS", "1"))
STORM_LIMIT_S = 150.0
NEVER_MS = 10_000.0
SETTLE_S = 12.0
"""Until what the orders of the last seconds lead to has been done."""
KPI1_TARGET_MS = 300.0
"""TS 22.179 R-6.15.3.2-012; an emergency's is held at p99."""
POSITION_TARGET_MS = 1_000.0
ORDER_TARGET_MS = 1_000.0
STORM_TARGET_S = 60.0
"""Beyond it the desks are told of units with work in hand that are out of contact."""


@dataclass(slots=True)
class Measured:
    """Milliseconds, but where the name says otherwise."""

    quiet_ms: list[float] = field(default_factory=list)
    loaded_ms: list[float] = field(default_factory=list)
    storm_ms: list[float] = field(default_factory=list)
    urgent_ms: list[float] = field(default_factory=list)
    """Emergencies of somebody who is signed in, in the storm."""
    position_ms: list[float] = field(default_factory=list)
    quiet_position_ms: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    storm_cpu: list[float] = field(default_factory=list)
    recovery_s: list[float] = field(default_factory=list)
    away_s: list[float] = field(default_factory=list)
    sign_in_ms: list[float] = field(default_factory=list)
    put_off: list[int] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)
    memory_mb: float = 0.0
    empty_mb: float = 0.0
    packets_a_second: float = 0.0


def note(words: str) -> None:
    sys.stderr.write(f"  load: {time.strftime('%X')} {words}\n")


def _p95(values: list[float]) -> float:
    return round(percentile(values, 0.95), 1)


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder), Plan()))


async def _measure(folder: Path, plan: Plan) -> list[Record]:
    async with load_site(folder, plan) as site:
        codes: list[str | None] = [*list(site.gateway.codes.values())[:3], None]
        async with terminals(site.gateway.url, codes) as (talker, urgent, reporter, desk):
            await desk.link.request(AffiliationSet(id=new_id(), talkgroup_ids=(GROUP, plan.groups[-1])))
            await desk.link.request(PictureSubscribe(id=new_id()))
            async with Dispatchers(site, desk) as dispatchers, Emergencies(site, desk) as emergencies:
                run = _Run(site, talker, urgent, reporter, desk, dispatchers, emergencies)
                await run.all()
    return run.records()


class _Run:
    def __init__(
        self,
        site: LoadSite,
        talker: BenchTerminal,
        urgent: BenchTerminal,
        reporter: BenchTerminal,
        desk: BenchTerminal,
        dispatchers: Dispatchers,
        emergencies: Emergencies,
    ) -> None:
        self.site, self.plan = site, site.plan
        self.talker, self.urgent, self.reporter, self.desk = talker, urgent, reporter, desk
        self.dispatchers, self.emergencies = dispatchers, emergencies
        self.found = Measured()
        self.fleets: list[FleetProcess] = []

    async def all(self) -> None:
        found, gateway = self.found, self.site.gateway
        found.empty_mb = gateway.memory_mb()
        note("quiet")
        found.quiet_ms = [await self._press(self.talker) for _ in range(PRESSES)]
        found.quiet_position_ms = await self._positions_ms(5.0)
        note("sign-in")
        await self._sign_in()
        note(f"steady after {found.first_s}")
        await self._steady()
        while len(found.recovery_s) < STORMS and max(found.recovery_s, default=0.0) < STORM_LIMIT_S:
            note(
                f"storm after kpi1 {_p95(found.loaded_ms)}, positions {_p95(found.position_ms)}, cpu {_p95(found.cpu)}"
            )
            await self._storm()
        told = f"emergencies at the desk {_p95(self.emergencies.desk_ms)}, kpi1 {_p95(found.storm_ms)}"
        note(f"settling after {found.recovery_s}, {told}")
        await asyncio.sleep(SETTLE_S)
        await self.dispatchers.collect(self.fleets)

    async def _sign_in(self) -> None:
        self.fleets = [
            await self.site.start_fleet(self.plan.with_media, talking=self.plan.talking),
            await self.site.start_fleet(self.plan.without_media),
        ]
        ready = await asyncio.gather(*(fleet.said("ready") for fleet in self.fleets))
        self.found.first_s = [each["seconds"] for each in ready]

    # --- everybody at work ------------------------------------------------------------------------------

    async def _steady(self) -> None:
        await asyncio.sleep(6.0)  # all have reported once
        before = await self.fleets[0].ask("stats")
        self.dispatchers.start()
        cpu = asyncio.create_task(self._cpu(self.found.cpu))
        presses = asyncio.create_task(self._presses(STEADY_S))
        self.found.position_ms = await self._positions_ms(STEADY_S)
        self.found.loaded_ms = await presses
        cpu.cancel()
        self.dispatchers.stop()
        after = await self.fleets[0].ask("stats")
        self.found.packets_a_second = (after["heard"] - before["heard"]) / STEADY_S
        self.found.memory_mb = self.site.gateway.memory_mb()

    async def _presses(self, for_s: float) -> list[float]:
        until_s, found = time.perf_counter() + for_s, []
        while time.perf_counter() < until_s:
            found.append(await self._press(self.talker))
            await asyncio.sleep(PRESS_SPACING_S)
        return found

    async def _press(self, who: BenchTerminal, *, is_emergency: bool = False) -> float:
        """What is not granted counts as the whole wait, so that a miss shows in the figure."""
        try:
            granted_ms = await who.press(is_emergency=is_emergency)
            await who.release(last_sequence=None)
        except (TimeoutError, LinkLostError):
            return NEVER_MS
        return granted_ms

    async def _cpu(self, into: list[float]) -> None:
        meter = CpuMeter(self.site.gateway)
        while True:
            await asyncio.sleep(1.0)
            into.append(meter.sample())

    async def _positions_ms(self, for_s: float) -> list[float]:
        """Each report has a latitude of its own, by which it is known again at the desk."""
        sent: dict[int, float] = {}
        found: list[float] = []

        def take(frame: bytes, at_s: float) -> None:
            columns = decode_positions(frame)
            for lat in columns.lat[columns.no == 3].tolist():
                if (key := round(lat * 1e6)) in sent:
                    found.append((at_s - sent.pop(key)) * 1e3)

        self.desk.on_positions = take
        for index in range(int(for_s * 4)):
            lat = 23.0 + index * 1e-4
            sent[round(lat * 1e6)] = time.perf_counter()
            fix = Fix(at=time.time(), lat=lat, lon=113.7, accuracy_m=5.0)
            await self.reporter.link.request(PositionReport(id=new_id(), fixes=(fix,)))
            await asyncio.sleep(0.25)
        await asyncio.sleep(1.0)
        self.desk.on_positions = None
        return found

    # --- the storm --------------------------------------------------------------------------------------

    async def _storm(self) -> None:
        """Talk, positions and orders go on as far as there is somebody for them."""
        found = self.found
        self.dispatchers.is_storm = True
        self.dispatchers.start()
        cpu = asyncio.create_task(self._cpu(found.storm_cpu))
        calls = asyncio.create_task(self.emergencies.keep_coming())
        presses = asyncio.create_task(self._storm_presses())
        began_s = time.perf_counter()
        try:
            async with asyncio.timeout(STORM_LIMIT_S):
                back = await asyncio.gather(*(self._cut(fleet) for fleet in self.fleets))
        except TimeoutError:
            back = []  # not all are back: the figure says so
        found.recovery_s.append(time.perf_counter() - began_s)
        for task in (calls, presses):
            task.cancel()
        await asyncio.gather(calls, presses, return_exceptions=True)
        cpu.cancel()
        self.dispatchers.stop()
        for each in back:
            found.away_s += each["away_s"]
            found.sign_in_ms += [seconds * 1e3 for seconds in each["sign_in_s"]]
            found.put_off += each["put_off"]
        await asyncio.sleep(SETTLE_S)

    async def _cut(self, fleet: FleetProcess) -> dict[str, Any]:
        fleet.tell("cut")
        return await fleet.said("back")

    async def _storm_presses(self) -> None:
        """Three as usual, then an emergency, each by somebody who is signed in."""
        for turn in itertools.count():
            is_emergency = turn % 4 == 3
            into = self.found.urgent_ms if is_emergency else self.found.storm_ms
            into.append(await self._press(self.urgent if is_emergency else self.talker, is_emergency=is_emergency))
            await asyncio.sleep(PRESS_SPACING_S / 3)

    # --- what is told -----------------------------------------------------------------------------------

    def records(self) -> list[Record]:
        params = {"terminals": self.plan.terminals}
        return [*self._costs(params), *self._steady_records(params), *self._storm_records(params)]

    def _costs(self, params: dict[str, Any]) -> list[Record]:
        found = self.found
        busy = {
            **params,
            "positions_a_second": self.plan.terminals // 5,
            "talking": self.plan.talking_groups,
            "voice_packets_a_second": round(found.packets_a_second),
            "orders_a_second": round(self.dispatchers.rate),
        }
        each_kb = (found.memory_mb - found.empty_mb) * 1e3 / self.plan.terminals
        return [
            record(
                "load.signed_in", found.cpu, unit="% of a core", params={**busy, "of": "cpu"},
                baseline="one core", baseline_values=[100.0],
            ),
            record(
                "load.signed_in", [found.memory_mb], unit="MB",
                params={**params, "of": "memory", "kb_each": round(each_kb, 1)},
                baseline="without terminals", baseline_values=[found.empty_mb],
            ),
            record(
                "load.signed_in", [max(found.first_s)], unit="s", params={**params, "of": "first sign-in"},
                baseline="one second", baseline_values=[1.0],
            ),
        ]  # fmt: skip

    def _steady_records(self, params: dict[str, Any]) -> list[Record]:
        found, orders = self.found, self.dispatchers
        told = {
            **params,
            "delivered_a_second": round(len(orders.delivered_ms) / max(orders.steady_s, 1e-9), 1),
            "asked": orders.asked,
            "issued": orders.issued,
            "lost": len(orders.lost),
            "doubled": len(orders.doubled),
            **{f"refused_{code}": count for code, count in Counter(each.code for each in orders.refused).items()},
        }
        wrong = [float(len(orders.lost) + len(orders.doubled))]
        return [
            record(
                "load.kpi1", found.loaded_ms, unit="ms", params=params,
                baseline="the same without the load", baseline_values=found.quiet_ms, target=KPI1_TARGET_MS,
            ),
            record(
                "load.position", found.position_ms, unit="ms", params=params,
                baseline="the same without the load", baseline_values=found.quiet_position_ms,
                target=POSITION_TARGET_MS,
            ),
            record(
                "load.orders", orders.delivered_ms, unit="ms", params=told,
                baseline="100 ms", baseline_values=[100.0], target=ORDER_TARGET_MS,
            ),
            record(
                "load.orders", wrong, unit="lost or doubled", params=told,
                baseline="issued", baseline_values=[float(orders.issued)], target=0.0,
            ),
        ]  # fmt: skip

    def _storm_records(self, params: dict[str, Any]) -> list[Record]:
        found, calls = self.found, self.emergencies
        put_off = {**params, "put_off": sum(map(bool, found.put_off)), "most_often": max(found.put_off, default=0)}
        figures = (
            ("all back", found.recovery_s, "s", "first sign-in", found.first_s, STORM_TARGET_S, put_off),
            ("away", found.away_s, "s", "first sign-in", found.first_s, STORM_TARGET_S, params),
            ("sign-in", found.sign_in_ms, "ms", "one second", [1e3], None, params),
            ("kpi1", found.storm_ms, "ms", "without the load", found.quiet_ms, KPI1_TARGET_MS, params),
            ("cpu", found.storm_cpu, "% of a core", "one core", [100.0], None, params),
        )
        urgent = (
            ("signed in: granted", found.urgent_ms, KPI1_TARGET_MS),
            ("cut off: signed in", calls.signed_in_ms, None),
            ("cut off: granted", calls.granted_ms, None),
            ("pressed to desk", calls.desk_ms, None),
            ("pressed to alarm at desk", calls.alarm_ms, None),
        )
        return [
            *(
                record(
                    "load.storm", values, unit=unit, params={**told, "of": of},
                    baseline=baseline, baseline_values=base, target=target,
                )
                for of, values, unit, baseline, base, target, told in figures
            ),
            *(
                record(
                    "load.emergency_in_storm", values, unit="ms", params={**params, "of": of},
                    baseline="KPI 1 without the load", baseline_values=found.quiet_ms, target=target,
                )
                for of, values, target in urgent
            ),
        ]  # fmt: skip
