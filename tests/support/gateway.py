"""A real gateway for tests: in this process on port 0, or in one of its own that can be killed."""

import asyncio
import atexit
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from argon2 import PasswordHasher

from comms.domain.ids import JurisdictionId, OfficerId, TalkgroupId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.gateway.clock import SystemClock
from comms.gateway.exchange import Timing
from comms.gateway.gateway import Gateway
from comms.gateway.running import open_storage, running
from comms.gateway.settings import Settings
from comms.gateway.town import load_town
from comms.protocol.area import Area, OfficerAccount, TownFile, encode_town
from tests.support.nursery import Forked, Nursery

CITY = JurisdictionId("900000")
NORTH = JurisdictionId("900000/s01")
SOUTH = JurisdictionId("900000/s02")
NORTH_GRID = JurisdictionId("900000/s01/v01/g001")
ADMIN, NORTH_DUTY, SOUTH_DUTY = OfficerId("admin"), OfficerId("north"), OfficerId("south")
PASSWORD = "correct-horse-2026"
NORTH_GROUP, SOUTH_GROUP = TalkgroupId("tg-north"), TalkgroupId("tg-south")
U1, U2, U3, S1 = UnitId("u1"), UnitId("u2"), UnitId("u3"), UnitId("s1")
LINE_TIMEOUT_S = 60.0
"""A gateway that has not begun to listen by then never will; the machine may be busy."""
PATIENCE_S = 900.0
"""Instead of what a gateway waits for people and peers, where a test says nothing else: what a test finds must not
depend on how long a busy machine takes for it."""


def cheap_hasher() -> PasswordHasher:
    """argon2id at its least: tests need its behaviour, not its strength."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def patient(settings: Settings) -> Settings:
    """With PATIENCE_S wherever a peer would be given up too early, and the settings do not say when."""
    usual = Settings()

    def long(said: float, default: float) -> float:
        return PATIENCE_S if said == default else said

    return replace(
        settings,
        sign_in_timeout_s=long(settings.sign_in_timeout_s, usual.sign_in_timeout_s),
        ping_interval_s=long(settings.ping_interval_s, usual.ping_interval_s),
        slow_after_s=long(settings.slow_after_s, usual.slow_after_s),
    )


def tiny_town(*, more_units: int = 0) -> TownFile:
    """A city of two towns: three units in the north, one in the south, a duty officer each and an administrator."""
    jurisdictions = (
        Jurisdiction(id=CITY, name="测试市", level=Level.CITY),
        Jurisdiction(id=NORTH, name="北镇", level=Level.TOWN),
        Jurisdiction(id=SOUTH, name="南镇", level=Level.TOWN),
        Jurisdiction(id=NORTH_GRID, name="北一格", level=Level.GRID),
    )
    both = (NORTH_GROUP, SOUTH_GROUP)
    units = (
        Unit(id=U1, no=1, name="张一", jurisdiction_id=NORTH_GRID, talkgroup_ids=both),
        Unit(id=U2, no=2, name="李二", jurisdiction_id=NORTH, talkgroup_ids=(NORTH_GROUP,)),
        Unit(id=U3, no=3, name="王三", jurisdiction_id=NORTH, talkgroup_ids=(NORTH_GROUP,)),
        Unit(id=S1, no=4, name="赵四", jurisdiction_id=SOUTH, talkgroup_ids=(SOUTH_GROUP,)),
        *(
            Unit(
                id=UnitId(f"x{no:05d}"),
                no=no,
                name=f"网格员{no}",
                jurisdiction_id=NORTH,
                talkgroup_ids=(NORTH_GROUP,),
            )
            for no in range(100, 100 + more_units)
        ),
    )
    return TownFile(
        area=Area(name="测试市", bounds=(22.9, 113.6, 23.1, 113.8)),
        jurisdictions=jurisdictions,
        units=units,
        talkgroups=(
            Talkgroup(id=NORTH_GROUP, name="北镇组", jurisdiction_id=NORTH),
            Talkgroup(id=SOUTH_GROUP, name="南镇组", jurisdiction_id=SOUTH, priority=5),
        ),
        officers=(
            OfficerAccount(officer_id=ADMIN, name="管理员", jurisdiction_id=CITY, password=PASSWORD),
            OfficerAccount(officer_id=NORTH_DUTY, name="北镇值班员", jurisdiction_id=NORTH, password=PASSWORD),
            OfficerAccount(officer_id=SOUTH_DUTY, name="南镇值班员", jurisdiction_id=SOUTH, password=PASSWORD),
        ),
    )


@dataclass(slots=True)
class Site:
    """A gateway with its town loaded. `codes` are unused enrolment codes by unit."""

    data: Path
    host: str
    port: int
    media_port: int
    codes: dict[UnitId, str]
    integration_port: int | None = None
    operations_port: int | None = None
    gateway: Gateway | None = None
    """None when it runs in a process of its own."""
    process: asyncio.subprocess.Process | Forked | None = None
    scheme: str = "ws"
    is_killed: bool = False
    device_tokens: dict[UnitId, str] = field(default_factory=dict)
    """Those that terminals of `tests.support.terminal` have got."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/v1"

    def kill(self) -> None:
        """SIGKILL: nothing gets a chance to finish."""
        assert self.process is not None
        self.process.kill()
        self.is_killed = True


_loaded: dict[bytes, tuple[Path, dict[UnitId, str]]] = {}
"""Data directories with a town loaded that nothing has happened in yet, and their codes."""


async def prepare_site(data: Path, town: TownFile | None = None) -> dict[UnitId, str]:
    """A new data directory with a town loaded; an unused enrolment code for every unit. The same town is loaded once
    in a process, and copied."""
    town = town or tiny_town()
    key = hashlib.sha256(encode_town(town)).digest()
    if key not in _loaded:
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _loaded[key] = folder, await _load(folder, town)
    folder, codes = _loaded[key]
    shutil.copytree(folder, data, dirs_exist_ok=True)
    return dict(codes)


async def _load(data: Path, town: TownFile) -> dict[UnitId, str]:
    async with open_storage(data, clock=SystemClock(), hasher=cheap_hasher()) as storage:
        await load_town(town, journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
        return dict(await storage.accounts.issue_codes([unit.id for unit in town.units], valid_s=3600))


@asynccontextmanager
async def running_gateway(
    tmp_path: Path,
    *,
    town: TownFile | None = None,
    settings: Settings | None = None,
    codes: dict[UnitId, str] | None = None,
) -> AsyncIterator[Site]:
    """In this process. Give the `codes` of an earlier run to start again on the same data."""
    data = tmp_path / "gateway"
    if codes is None:
        codes = await prepare_site(data, town)
    settings = patient(settings or Settings())
    async with running(data, host="127.0.0.1", port=0, settings=settings, hasher=cheap_hasher()) as site:
        site.gateway.voice.exchange.timing = Timing(ring_s=PATIENCE_S, consent_s=PATIENCE_S, unwatched_s=PATIENCE_S)
        yield Site(data, site.host, site.port, site.media_port, codes, gateway=site.gateway)


async def spawn_gateway(
    data: Path,
    *arguments: str,
    codes: dict[UnitId, str] | None = None,
    environment: Mapping[str, str] | None = None,
    nursery: Nursery | None = None,
) -> Site:
    """In a process of its own, on a free port; it listens when this returns. End it with `stop_gateway`."""
    words = ("comms.gateway", "--data", str(data), "--port", "0", *arguments)
    process: asyncio.subprocess.Process | Forked
    if nursery is not None:
        process = await nursery.fork(*words, environment=environment, is_heard=False)
    else:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), LINE_TIMEOUT_S)
    if not line:
        await process.communicate()
        raise RuntimeError(f"the gateway ended with {process.returncode} before it listened")
    found = json.loads(line)["listening"]
    return Site(
        data,
        found["host"],
        found["port"],
        found["media_port"],
        codes or {},
        found.get("integration_port"),
        operations_port=found.get("operations_port"),
        process=process,
    )


async def stop_gateway(site: Site, *, number: int = signal.SIGTERM) -> int:
    """Its exit code."""
    assert site.process is not None
    # A signal to a process that is dead already would reap it behind asyncio's back.
    if site.process.returncode is None and not site.is_killed:
        site.process.send_signal(number)
    return await gateway_ended(site)


async def gateway_ended(site: Site) -> int:
    """The exit code, of one that ends by itself or was told to."""
    assert site.process is not None
    # Reading to the end also closes the pipe, which would otherwise outlive the loop.
    await asyncio.wait_for(site.process.communicate(), LINE_TIMEOUT_S)
    assert site.process.returncode is not None
    return site.process.returncode


def write_town(path: Path, town: TownFile | None = None) -> Path:
    path.write_bytes(encode_town(town or tiny_town()))
    return path
