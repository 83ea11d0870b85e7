"""The site of the load figures: a city's terminals on one gateway, and the fleets that carry them, each a process.

A talkgroup has 100 units, as a village of the sample town has 97 on average. In the talking ones a quarter has media
up, which is a shift of four; the other terminals are signed in, affiliated and told who talks. (Media for all would be
500,000 packets a second at the receivers, which the two cores that gateway and fleets share cannot make.)"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comms.domain.ids import JurisdictionId, OfficerId, TalkgroupId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.realm import Realm
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.gateway.clock import SystemClock
from comms.gateway.running import open_storage
from comms.gateway.town import load_town
from comms.journal.accounts_anew import give_terminals
from comms.protocol.area import Area, OfficerAccount, TownFile
from tests.bench.site import GROUP, OFFICER, PASSWORD, TOWN, Site, listening_port, read_line, spawn_gateway

TERMINALS = int(os.environ.get("LOAD_TERMINALS", "10000"))
UNITS_A_GROUP = 100
TALKING_GROUPS = 20
LISTENERS = 25
OWN_UNITS = 6
"""In the bench's own process: three of the talkgroup that is measured in, three of the last one, for emergencies."""
DISPATCHERS = tuple(OfficerId(f"dispatch-{no}") for no in range(1, 11))
"""Orders of one session are carried out one after the other, each durable before the next: one or two desks could not
give 50 a second, and no officer does."""
FLEET_NICENESS = 19
"""In the field the terminals are machines of their own."""
_LONG_LINE = 2**24


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is who among `terminals` units: the measured talkgroup's first, then those of the talking ones with media."""

    terminals: int = TERMINALS
    talking_groups: int = TALKING_GROUPS
    listeners: int = LISTENERS

    @property
    def groups(self) -> tuple[TalkgroupId, ...]:
        count = max(self.talking_groups + 1, self.terminals // UNITS_A_GROUP)
        return (GROUP, *(TalkgroupId(f"g{no:03d}") for no in range(1, count)))

    @property
    def talking(self) -> tuple[TalkgroupId, ...]:
        return self.groups[1 : 1 + self.talking_groups]

    def group_of(self, index: int) -> TalkgroupId:
        """Units are dealt to the talkgroups: first those with media, then the others."""
        with_media = (self.talking_groups + 1) * self.listeners
        dealt = self.groups[: self.talking_groups + 1] if index < with_media else self.groups
        own = (GROUP, GROUP, GROUP, *(self.groups[-1:] * 3))
        return own[index] if index < OWN_UNITS else dealt[index % len(dealt)]

    @property
    def with_media(self) -> range:
        return range(OWN_UNITS, (self.talking_groups + 1) * self.listeners)

    @property
    def without_media(self) -> range:
        return range(self.with_media.stop, self.terminals)


def unit_id(index: int) -> UnitId:
    return UnitId(f"u{index + 1:05d}")


def load_town_file(plan: Plan) -> TownFile:
    officers = (OFFICER, *DISPATCHERS)
    return TownFile(
        area=Area(name="load", bounds=(22.9, 113.6, 23.1, 113.8)),
        jurisdictions=(Jurisdiction(id=JurisdictionId(TOWN), name="load", level=Level.TOWN),),
        units=tuple(
            Unit(
                id=unit_id(index),
                no=index + 1,
                name=f"网格员 {index + 1:05d}",
                jurisdiction_id=TOWN,
                talkgroup_ids=(plan.group_of(index),),
            )
            for index in range(plan.terminals)
        ),
        talkgroups=tuple(Talkgroup(id=group, name=group, jurisdiction_id=TOWN) for group in plan.groups),
        officers=tuple(
            OfficerAccount(officer_id=each, name=each, jurisdiction_id=TOWN, password=PASSWORD) for each in officers
        ),
    )


async def prepare(data: Path, plan: Plan) -> tuple[dict[UnitId, str], dict[UnitId, str]]:
    """Load the town; device tokens of the fleets' units, enrolment codes of our own."""
    units = [unit_id(index) for index in range(plan.terminals)]
    async with open_storage(data, clock=SystemClock()) as storage:
        await load_town(load_town_file(plan), journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
        tokens = await storage.journal.change(
            lambda connection: give_terminals(connection, units[OWN_UNITS:], at=0.0, realm=Realm.LIVE)
        )
        codes = await storage.accounts.issue_codes(units[:OWN_UNITS], valid_s=86_400)
    return tokens, dict(codes)


@dataclass(slots=True)
class FleetProcess:
    """`python -m tests.bench.load_fleet`: asked by a line, answers by a line."""

    process: asyncio.subprocess.Process

    async def said(self, key: str) -> dict[str, Any]:
        return await read_line(self.process, key)

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n".encode())

    async def ask(self, word: str) -> dict[str, Any]:
        self.tell(word)
        return await self.said(word)


@dataclass(slots=True)
class LoadSite:
    gateway: Site
    plan: Plan
    tokens: Mapping[UnitId, str]
    fleets: list[FleetProcess] = field(default_factory=list)

    async def start_fleet(self, indexes: Iterable[int], *, talking: Iterable[TalkgroupId] = ()) -> FleetProcess:
        """It says `ready` when all are signed in, with media where somebody talks."""
        units = [unit_id(index) for index in indexes]
        held = self.gateway.data / f"tokens-{units[0]}.json"
        held.write_text(json.dumps({unit: self.tokens[unit] for unit in units}))
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", str(FLEET_NICENESS), sys.executable, "-m", "tests.bench.load_fleet"),
            *(self.gateway.url, str(held), *talking),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONG_LINE,
        )
        self.gateway.extra.append(process)
        made = FleetProcess(process)
        self.fleets.append(made)
        return made


@asynccontextmanager
async def load_site(folder: Path, plan: Plan) -> AsyncIterator[LoadSite]:
    data = folder / "data"
    tokens, codes = await prepare(data, plan)
    process = await spawn_gateway(data, 0)
    gateway = Site(data=data, codes=codes, port=await listening_port(process), process=process)
    try:
        yield LoadSite(gateway, plan, tokens)
    finally:
        await gateway.stop()
