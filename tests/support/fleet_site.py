"""A real gateway with a small sample town, and a fleet of simulated terminals on it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from comms.domain.ids import UnitId
from comms.fleet.behaviour import PRESETS
from comms.fleet.fleet import Fleet, FleetPlan
from comms.fleet.terminal import SimulatedTerminal
from comms.fleet.terminal_link import Credentials
from comms.fleet.town import DUTY_OFFICER, SAMPLE_PASSWORD
from comms.fleet.whereabouts import Source
from comms.protocol.pushes import Welcome
from tests.support.gateway import Site, running_gateway
from tests.support.terminal import Peer, peer
from tests.support.town import sample_town

QUICK = PRESETS["quick"]


@dataclass
class FleetSite:
    """`tokens` are those the terminals were given."""

    site: Site
    fleet: Fleet
    tokens: dict[UnitId, str] = field(default_factory=dict)

    @property
    def terminals(self) -> Sequence[SimulatedTerminal]:
        return self.fleet.terminals


def credentials(site: Site, count: int | None = None) -> list[Credentials]:
    return [Credentials(unit_id, code) for unit_id, code in list(site.codes.items())[:count]]


@asynccontextmanager
async def running_fleet(
    site: Site,
    plan: FleetPlan,
    *,
    held: Sequence[Credentials] | None = None,
    source: Source | None = None,
    on_all_ready: Callable[[float], None] = lambda seconds: None,
) -> AsyncIterator[FleetSite]:
    tokens: dict[UnitId, str] = {}
    fleet = Fleet(
        site.url,
        credentials(site) if held is None else held,
        plan,
        source=source,
        on_enrolled=tokens.__setitem__,
        on_all_ready=on_all_ready,
    )
    try:
        await fleet.start()
        yield FleetSite(site, fleet, tokens)
    finally:
        await fleet.stop()


@asynccontextmanager
async def fleet_site(tmp_path: Path, *, units: int = 4, plan: FleetPlan | None = None) -> AsyncIterator[FleetSite]:
    async with (
        running_gateway(tmp_path, town=sample_town(units=units)) as site,
        running_fleet(site, plan or FleetPlan(behaviour=QUICK)) as made,
    ):
        yield made


@asynccontextmanager
async def duty_desk(site: Site) -> AsyncIterator[Peer]:
    """The town's duty officer, signed in and subscribed."""
    async with peer(site) as made:
        assert isinstance(await made.sign_in_desk(DUTY_OFFICER, SAMPLE_PASSWORD), Welcome)
        await made.subscribe()
        yield made
