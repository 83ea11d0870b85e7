"""A gateway of our own in another process, as a site would run it, with one talkgroup of any size."""

import asyncio
import json
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from comms.domain.ids import JurisdictionId, OfficerId, TalkgroupId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.protocol.area import Area, OfficerAccount, TownFile, encode_town
from tests.bench.record import Record, record

TOWN = JurisdictionId("900000/s01")
GROUP = TalkgroupId("bench")
OFFICER = OfficerId("duty")
PASSWORD = "bench-only-2026"
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def bench_town(units: int) -> TownFile:
    """One town, one talkgroup, `units` units in it, placed in a square."""
    return TownFile(
        area=Area(name="bench", bounds=(22.9, 113.6, 23.1, 113.8)),
        jurisdictions=(Jurisdiction(id=TOWN, name="bench", level=Level.TOWN),),
        units=tuple(
            Unit(
                id=UnitId(f"u{no:05d}"),
                no=no,
                name=f"网格员 {no:05d}",
                jurisdiction_id=TOWN,
                talkgroup_ids=(GROUP,),
            )
            for no in range(1, units + 1)
        ),
        talkgroups=(Talkgroup(id=GROUP, name="bench", jurisdiction_id=TOWN),),
        officers=(OfficerAccount(officer_id=OFFICER, name="duty", jurisdiction_id=TOWN, password=PASSWORD),),
    )


async def run_tool(module: str, *arguments: str) -> None:
    """Run a command of the product to its end; raises when it fails."""
    words = (sys.executable, "-m", module, *arguments)
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)
    if await process.wait() != 0:
        raise RuntimeError(f"python -m {module} {' '.join(arguments)} failed with {process.returncode}")


@dataclass(slots=True)
class Site:
    """The running gateway and where to reach it."""

    data: Path
    codes: dict[UnitId, str]
    port: int
    process: asyncio.subprocess.Process
    extra: list[asyncio.subprocess.Process] = field(default_factory=list)
    operations_port: int | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1"

    def cpu_s(self) -> float:
        """User and system time of the gateway so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS

    def memory_mb(self) -> float:
        """Resident memory of the gateway."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6

    async def start_gateway(self) -> None:
        """Start (again), on the port of the first time."""
        self.process = await spawn_gateway(self.data, self.port)
        self.port = await listening_port(self.process)

    async def kill_gateway(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """The gateway and everything that was started beside it."""
        for running in (*self.extra, self.process):
            if running.returncode is None:
                running.send_signal(signal.SIGTERM)
        for running in (*self.extra, self.process):
            await asyncio.wait_for(running.wait(), 20)

    async def start_fleet(
        self, *arguments: str, first: int, units: int, niceness: int = 0
    ) -> asyncio.subprocess.Process:
        """Simulated terminals for units `first` to `first + units - 1`; returns when all are ready.

        In the field these would be a thousand phones, not one process on the gateway's own cores: `niceness` lets them
        take only what the measured parts leave."""
        chosen = list(self.codes.items())[first : first + units]
        codes = self.data / f"codes-{first}.json"
        codes.write_text(json.dumps([{"unit_id": unit, "code": code} for unit, code in chosen]))
        process = await asyncio.create_subprocess_exec(
            *(
                "nice",
                "-n",
                str(niceness),
                sys.executable,
                "-m",
                "comms.fleet",
                "--url",
                self.url,
                "--codes",
                str(codes),
            ),
            *("--state", str(self.data / f"state-{first}.json"), *arguments),
            stdout=asyncio.subprocess.PIPE,
        )
        self.extra.append(process)
        await read_line(process, "ready")
        return process


async def read_line(process: asyncio.subprocess.Process, key: str) -> dict[str, object]:
    """The next JSON line of a process's output that has `key`."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if key in found:
            value = found[key]
            assert isinstance(value, dict)
            return value
    raise RuntimeError(f"the process ended ({process.returncode}) before it said {key!r}")


def _write_town(folder: Path, units: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    town = folder / "town.json"
    town.write_bytes(encode_town(bench_town(units)))
    return town


async def spawn_gateway(data: Path, port: int, *more: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "comms.gateway", "--data", str(data), "--port", str(port), *more),
        stdout=asyncio.subprocess.PIPE,
    )


async def listening_port(process: asyncio.subprocess.Process) -> int:
    found = (await read_line(process, "listening"))["port"]
    assert isinstance(found, int)
    return found


@asynccontextmanager
async def site(folder: Path, *, units: int, more: Sequence[str] = ()) -> AsyncIterator[Site]:
    """A gateway with a town of `units`, started with `more` options, everything stopped at the end."""
    codes, data = folder / "codes.json", folder / "data"
    town = _write_town(folder, units)
    await run_tool("comms.gateway", "load", "--data", str(data), "--town", str(town))
    await run_tool("comms.gateway", "enrol", "--data", str(data), "--all", "--out", str(codes))
    process = await spawn_gateway(data, 0, *more)
    listening = await read_line(process, "listening")
    made = Site(
        data=data,
        codes={UnitId(entry["unit_id"]): entry["code"] for entry in json.loads(codes.read_text())},
        port=int(str(listening["port"])),
        process=process,
        operations_port=int(str(listening["operations_port"])) if "operations_port" in listening else None,
    )
    try:
        yield made
    finally:
        await made.stop()


class CpuMeter:
    """CPU of the gateway as percent of one core, in samples of a second, taken by the caller."""

    def __init__(self, gateway: Site) -> None:
        self._gateway = gateway
        self._cpu_s = gateway.cpu_s()
        self._at_s = time.perf_counter()

    def sample(self) -> float:
        cpu_s, at_s = self._gateway.cpu_s(), time.perf_counter()
        percent = 100 * (cpu_s - self._cpu_s) / max(at_s - self._at_s, 1e-6)
        self._cpu_s, self._at_s = cpu_s, at_s
        return percent


def costs(gateway: Site, cpu_percent: float, params: Mapping[str, object]) -> list[Record]:
    """What a measurement took of the gateway: `gateway.cpu` and `gateway.memory`."""
    cpu, memory = [cpu_percent], [gateway.memory_mb()]
    return [
        record("gateway.cpu", cpu, unit="% of a core", params=params, baseline="one core", baseline_values=[100.0]),
        record("gateway.memory", memory, unit="MB", params=params, baseline="100 MB", baseline_values=[100.0]),
    ]
