"""One drill running: a real gateway and a fleet of simulated terminals on the drill's clock, in a data directory of its
own. Nothing of it is reached by, or reaches, what is live: other keys, other realm, other sockets."""

import asyncio
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from argon2 import PasswordHasher

from comms.domain.ids import UnitId
from comms.domain.position import Fix
from comms.domain.realm import Realm
from comms.domain.scenario import Scenario
from comms.drill.cast import HOTLINE_UNITS
from comms.drill.clock import DrillClock, Motion
from comms.drill.garbage import hold_search
from comms.drill.ids import SeededIds
from comms.drill.loop import HurriedLoop
from comms.drill.preparing import prepare, starts_at
from comms.fleet.behaviour import Behaviour
from comms.fleet.fleet import TICK_S, Fleet, FleetPlan
from comms.fleet.terminal_link import Credentials
from comms.fleet.town import SAMPLE_PASSWORD
from comms.fleet.whereabouts import Walking
from comms.gateway.footing import Footing
from comms.gateway.gateway import Gateway
from comms.gateway.running import Running, advertised_address, running
from comms.gateway.settings import Settings
from comms.journal.accounts import hash_secret
from comms.journal.inline_writer import InlineWriter
from comms.media.silence import SilentForwarder
from comms.protocol.area import TownFile

WARM_UP_S, HEADLESS_WARM_UP_S = 12.0, 60.0
"""Before the drill's second 0, so that every unit has been heard of."""
HEADLESS_REPORT_S = 45.0
HEADLESS_FRAME_S = 5.0
HEADLESS_TICK_S = 2.0
"""Where nobody looks at a map, an hour of 150 units takes seconds."""
TALK_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is taken over from a record. `tokens` are the units' device tokens, `fixes` where they were last heard of;
    `absent_s` is who was not there, and in how many seconds each comes."""

    zero_at: float
    """Unix second of the drill's second 0, before or at which the past ends."""
    forked_from: str
    """In words."""
    forked_seq: int
    goes_on: bool
    """The story that was told goes on."""
    tokens: Mapping[UnitId, str]
    fixes: Mapping[UnitId, Fix]
    absent_s: Mapping[UnitId, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A drill to be run. `town` is unmarked. Headless: no sound, no desks but those of this process."""

    scenario: Scenario
    town: TownFile
    data: Path
    seed: int = 7
    is_headless: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    """Needed where others than this machine reach it."""
    password: str = SAMPLE_PASSWORD
    begin_at: float | None = None
    """A recorded past is taken over: the Unix second at which it ends. Second 0 comes when everybody is warm."""
    places: Mapping[UnitId, tuple[float, float]] = field(default_factory=dict)
    """Where units begin (lat, lon); the rest are on their beat."""
    settings: Settings = field(default_factory=Settings)
    hasher: PasswordHasher | None = None
    behaviours: Mapping[UnitId, Behaviour] = field(default_factory=dict)
    """Of the units that the cast plays."""
    taken: Taken | None = None
    """The data directory is the beginning of a record, in whose units' places others go on at `begin_at`."""

    @property
    def run(self) -> str:
        """What this drill is called, and everything it makes by itself: never the same twice on one journal."""
        taken_over = f"-{self.begin_at:.0f}" if self.begin_at is not None else ""
        return f"{self.scenario.id}-{self.seed}{taken_over}"


class DrillWalk(Walking):
    """Where everybody is; a telephone line of a citizen is nowhere."""

    def __init__(
        self,
        town: TownFile,
        unit_ids: Sequence[UnitId],
        *,
        seed: int,
        start_s: float,
        places: Mapping[UnitId, tuple[float, float]],
    ) -> None:
        super().__init__(town, unit_ids, seed=seed, start_s=start_s)
        for row, unit_id in enumerate(unit_ids):
            if unit_id in places:
                lat, lon = places[unit_id]
                self.place(row, lat=lat, lon=lon)
        self._nowhere = {row for row, unit_id in enumerate(unit_ids) if unit_id in HOTLINE_UNITS}

    def fix(self, row: int, *, at: float) -> Fix | None:
        return None if row in self._nowhere else super().fix(row, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillSite:
    """Running, and its clock paused at second 0."""

    wanted: Wanted
    clock: DrillClock
    gateway: Gateway
    fleet: Fleet
    walking: DrillWalk
    rows: Mapping[UnitId, int]
    """Of the units, in the fleet and in its walk."""
    zero_s: float
    """Of the clock, at the drill's second 0."""
    host: str
    port: int
    media_port: int
    socket_path: Path | None

    @property
    def scenario(self) -> Scenario:
        return self.wanted.scenario

    @property
    def url(self) -> str:
        """Where desks and terminals go; in a headless drill by `socket_path`."""
        return _url(self.wanted, self.host, self.port)

    @property
    def begin_at(self) -> float:
        """Unix second of the drill's second 0."""
        return self.clock.begin_at + self.zero_s

    def second(self) -> float:
        """Of the drill, now."""
        return self.clock.monotonic() - self.zero_s


def footing_of(clock: DrillClock, *, run: str, socket_path: Path | None, terminals_stay: bool = False) -> Footing:
    """With a `socket_path`: headless."""
    new_id = SeededIds(run, "d")
    if socket_path is None:
        return Footing(clock=clock, new_id=new_id, realm=Realm.DRILL, wall_now=time.time, terminals_stay=terminals_stay)
    base_clock = asyncio.get_running_loop().time
    return Footing(
        clock=clock,
        new_id=new_id,
        realm=Realm.DRILL,
        wall_now=time.time,
        make_writer=InlineWriter,
        make_forwarder=lambda: SilentForwarder(clock=base_clock),
        socket_path=socket_path,
        terminals_stay=terminals_stay,
    )


@asynccontextmanager
async def drill_site(wanted: Wanted) -> AsyncIterator[DrillSite]:
    """Up and warm. Raises what `comms.gateway.running` raises; ValueError for a town without streets."""
    warm_up_s = _warm_up_s(wanted)
    begin_at = wanted.begin_at if wanted.begin_at is not None else starts_at(wanted.scenario) - warm_up_s
    clock = DrillClock(asyncio.get_running_loop(), begin_at=begin_at)
    async with AsyncExitStack() as stack:
        stack.callback(clock.pause)  # leaves no timer behind
        go_on_searching = hold_search()
        stack.callback(go_on_searching)
        socket_path = _socket_path(stack) if wanted.is_headless else None
        taken = wanted.taken
        footing = footing_of(clock, run=wanted.run, socket_path=socket_path, terminals_stay=taken is not None)
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if wanted.is_headless else wanted.hasher
        credentials = await _prepared(wanted, footing, hasher)
        serving = running(
            wanted.data,
            host=wanted.host,
            port=wanted.port,
            tls=wanted.tls,
            settings=_settings(wanted),
            hasher=hasher,
            footing=footing,
        )
        found = await stack.enter_async_context(serving)
        journal = found.gateway.journal
        clock.is_settled = lambda: journal.durable.seq == journal.picture.seq
        _hurry(clock)
        zero_s = warm_up_s if taken is None else taken.zero_at - begin_at
        site = _with_fleet(wanted, clock, found, credentials, zero_s=zero_s, socket_path=socket_path)
        if taken is not None:
            _hand_over(taken, found.gateway)
        stack.push_async_callback(site.fleet.stop)
        await site.fleet.start()
        go_on_searching()
        if isinstance(found.gateway.forwarder, SilentForwarder):
            _keep_talking(clock, found.gateway.forwarder)
        if taken is None:
            await _warm_up(clock, warm_up_s)
        else:
            found.gateway.presence.reconcile()
        yield site


def _socket_path(stack: AsyncExitStack) -> Path:
    """In a folder of its own, for as long as the drill is up."""
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill-"))) / "s"


def _hurry(clock: DrillClock) -> None:
    loop = asyncio.get_running_loop()
    if isinstance(loop, HurriedLoop):
        loop.is_hurried = lambda: clock.motion is Motion.JUMPING and clock.is_settled()


def _hand_over(taken: Taken, gateway: Gateway) -> None:
    for unit_id, fix in taken.fixes.items():
        gateway.positions.take(unit_id, fix)
    gateway.accounts.enrolments.known = {hash_secret(token): unit_id for unit_id, token in taken.tokens.items()}


def _warm_up_s(wanted: Wanted) -> float:
    if wanted.taken is not None:
        return 0.0  # where everybody was is known
    return HEADLESS_WARM_UP_S if wanted.is_headless else WARM_UP_S


async def _prepared(wanted: Wanted, footing: Footing, hasher: PasswordHasher | None) -> list[Credentials]:
    if wanted.taken is not None:
        return [Credentials(unit.id, device_token=wanted.taken.tokens[unit.id]) for unit in wanted.town.units]
    codes = await prepare(
        wanted.data,
        wanted.town,
        wanted.scenario,
        footing=footing,
        hasher=hasher,
        password=wanted.password,
        is_taken_over=wanted.begin_at is not None,
    )
    return [Credentials(unit_id, code) for unit_id, code in codes.items()]


def _settings(wanted: Wanted) -> Settings:
    if not wanted.is_headless:
        return wanted.settings
    return replace(wanted.settings, position_interval_s=HEADLESS_REPORT_S, position_frame_interval_s=HEADLESS_FRAME_S)


def _with_fleet(
    wanted: Wanted,
    clock: DrillClock,
    found: Running,
    credentials: Sequence[Credentials],
    *,
    zero_s: float,
    socket_path: Path | None,
) -> DrillSite:
    unit_ids = [each.unit_id for each in credentials]
    walking = DrillWalk(wanted.town, unit_ids, seed=wanted.seed, start_s=clock.monotonic(), places=wanted.places)
    for row, unit_id in enumerate(unit_ids):
        fix = wanted.taken.fixes.get(unit_id) if wanted.taken is not None else None
        if fix is not None:
            walking.go_on_from(row, lat=fix.lat, lon=fix.lon, battery_pct=fix.battery_pct)
    plan = _plan(wanted, socket_path)
    url, trust = _url(wanted, found.host, found.port), _trust() if wanted.tls is not None else None
    fleet = Fleet(url, credentials, plan, clock=clock, source=walking, ssl=trust)
    return DrillSite(
        wanted=wanted,
        clock=clock,
        gateway=found.gateway,
        fleet=fleet,
        walking=walking,
        rows={unit_id: row for row, unit_id in enumerate(unit_ids)},
        zero_s=zero_s,
        host=found.host,
        port=found.port,
        media_port=found.media_port,
        socket_path=socket_path,
    )


def _plan(wanted: Wanted, socket_path: Path | None) -> FleetPlan:
    return FleetPlan(
        goes_on=wanted.taken is not None,
        absent_s=wanted.taken.absent_s if wanted.taken is not None else {},
        seed=wanted.seed,
        is_silent=wanted.is_headless,
        town=wanted.town,
        behaviours=wanted.behaviours,
        socket_path=socket_path,
        run=wanted.run,
        mark="DRILL",
        tick_s=HEADLESS_TICK_S if wanted.is_headless else TICK_S,
        silence_limit_s=float("inf"),  # the gateway is in this process, and a paused drill is silent for long
    )


def _url(wanted: Wanted, host: str, port: int) -> str:
    if wanted.is_headless:
        return "ws://drill/v1"
    scheme = "wss" if wanted.tls is not None else "ws"
    outward = advertised_address(host, port)  # where its media is told to go, too
    return f"{scheme}://{outward[0] if outward is not None else host}:{port}/v1"


def _trust() -> ssl.SSLContext:
    """Of the simulated terminals in their own process's gateway: there is nobody between who could be another."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _keep_talking(clock: DrillClock, forwarder: SilentForwarder) -> None:
    def again() -> None:
        forwarder.tell_talking()
        clock.call_at(clock.monotonic() + TALK_S, again)

    again()


async def _warm_up(clock: DrillClock, seconds: float) -> None:
    """Everybody has been heard of; the clock stands again, at second 0."""
    warm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    clock.jump(seconds, then=lambda: warm.set_result(None))
    await warm
