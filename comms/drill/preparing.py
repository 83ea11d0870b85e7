"""Before a drill: its town, marked so that nobody takes it for the real one, its seats, its sources."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
from argon2 import PasswordHasher

from comms.domain.events import Event, MapPublished
from comms.domain.ids import GATEWAY, JurisdictionId, OfficerId, PartyId, SourceId, UnitId, officer_party
from comms.domain.inject import SendWorkOrder
from comms.domain.picture import Picture
from comms.domain.plan import said
from comms.domain.realm import Realm, marked
from comms.domain.scenario import Role, RoleKind, Scenario
from comms.domain.source import UTC_OFFSET_H, Source, SourceDefined
from comms.fleet.town import SAMPLE_PASSWORD
from comms.gateway.footing import Footing
from comms.gateway.running import StartError, open_storage
from comms.gateway.town import differences, load_town
from comms.journal.blobs import Blobs
from comms.protocol.area import MEDIA_TYPE, OfficerAccount, TownFile, encode_area

CODES_VALID_S = 7 * 86_400.0
HOTLINE = SourceId("drill-hotline")
"""Through which citizens of the cast reach the desk."""


def starts_at(scenario: Scenario) -> float:
    """Unix second of the drill's second 0: what the scenario says, in China's one time zone."""
    local = datetime.strptime(scenario.starts_at, "%Y-%m-%d %H:%M")
    return local.replace(tzinfo=timezone(timedelta(hours=UTC_OFFSET_H))).timestamp()


def trainer_of(scenario: Scenario) -> PartyId:
    """Whoever the scenario has direct it; the gateway where it names nobody."""
    role = next((role for role in scenario.roles if role.kind is RoleKind.TRAINER), None)
    return officer_party(account_of(role)) if role is not None else GATEWAY


def account_of(role: Role) -> OfficerId:
    """Who sits in a seat: the account it names, else one of its own name."""
    return OfficerId(role.officer or role.id)


def root_of(town: TownFile) -> JurisdictionId:
    """The node above all others: the shortest path."""
    return min((node.id for node in town.jurisdictions), key=lambda node: (len(node), node))


def marked_town(town: TownFile, scenario: Scenario, *, password: str = SAMPLE_PASSWORD) -> TownFile:
    """Its name and its nodes' names at the top say that it is a drill; seats without an account get one."""
    root = root_of(town)
    nodes = tuple(
        msgspec.structs.replace(node, name=marked(node.name, Realm.DRILL)) if node.id == root else node
        for node in town.jurisdictions
    )
    known = {officer.officer_id for officer in town.officers}
    wanted = {account_of(role): role for role in scenario.roles if account_of(role) not in known}
    seats = tuple(
        OfficerAccount(officer_id=key, name=said(role.name, "zh_CN"), jurisdiction_id=root, password=password)
        for key, role in wanted.items()
    )
    area = msgspec.structs.replace(town.area, name=marked(town.area.name, Realm.DRILL))
    officers = tuple(msgspec.structs.replace(each, password=password) for each in town.officers)
    return msgspec.structs.replace(town, area=area, jurisdictions=nodes, officers=(*officers, *seats))


def sources_of(scenario: Scenario, root: JurisdictionId) -> dict[str, Source]:
    """By the scenario's word for each outside system that sends work orders in it."""
    names = sorted({inject.what.source for inject in scenario.injects if isinstance(inject.what, SendWorkOrder)})
    sources = {
        name: Source(id=SourceId(f"drill-{number}"), name=name, jurisdiction_id=root)
        for number, name in enumerate(names, start=1)
    }
    sources.setdefault("", Source(id=HOTLINE, name="热线 Hotline", jurisdiction_id=root))
    return sources


async def prepare(
    data: Path,
    town: TownFile,
    scenario: Scenario,
    *,
    footing: Footing,
    hasher: PasswordHasher | None = None,
    password: str = SAMPLE_PASSWORD,
    is_taken_over: bool = False,
) -> dict[UnitId, str]:
    """Make the drill's data directory, or bring what it lacks; an unused enrolment code for every unit. One that
    `is_taken_over` has a past that goes on. Raises StartError where a drill was played before."""
    opening = open_storage(
        data,
        clock=footing.clock,
        hasher=hasher,
        realm=Realm.DRILL,
        make_writer=footing.make_writer,
        wall_now=footing.wall_now,
    )
    async with opening as storage:
        if storage.journal.picture.drill.state is not None and not is_taken_over:
            raise StartError(f"A drill was played in {data}; take another directory, and leave its record as it is.")
        loaded = marked_town(town, scenario, password=password)
        await load_town(loaded, journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
        await storage.journal.record(
            GATEWAY, _lacking(storage.journal.picture, sources_of(scenario, root_of(town)).values())
        )
        await storage.blobs.put(scenario.canonical, "application/json")
        return dict(await storage.accounts.issue_codes([unit.id for unit in town.units], valid_s=CODES_VALID_S))


def marks_of_a_drill(data: Path, town: TownFile, scenario: Scenario, picture: Picture) -> list[Event]:
    """What a drill needs beside the past it begins with: its marks, the lines of its citizens, its seats, its sources.
    Its map and its scenario become blobs. Raises OSError."""
    wanted = marked_town(town, scenario)
    blobs = Blobs(data / "blobs")
    try:
        map_id = blobs.put_now(encode_area(wanted.area), MEDIA_TYPE)
        blobs.put_now(scenario.canonical, "application/json")
    finally:
        blobs.close()
    sources = sources_of(scenario, root_of(town)).values()
    return [*differences(wanted, picture), MapPublished(blob_id=map_id), *_lacking(picture, sources)]


def _lacking(picture: Picture, sources: Iterable[Source]) -> list[Event]:
    known = picture.work_orders.sources
    return [SourceDefined(source=source) for source in sources if known.get(source.id) != source]
