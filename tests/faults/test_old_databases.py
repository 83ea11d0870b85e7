"""A journal of every schema there ever was is opened, brought up to date, verified and folded, and goes on.

`tests/data/schemas` has each as it was made by the gateway of its time; 4 was made in two ways."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from comms.domain.events import IncidentReported, NoteAdded, Recorded
from comms.domain.ids import GATEWAY, IncidentId
from comms.domain.incident import Incident
from comms.domain.order import Place
from comms.gateway.clock import SystemClock
from comms.gateway.running import open_storage
from comms.gateway.town import load_town
from comms.journal import chain, history, tables
from comms.journal.database import FILE_NAME, Database
from comms.journal.verify import verify
from tests.support.gateway import NORTH_DUTY, NORTH_GRID, PASSWORD, cheap_hasher, tiny_town

SCHEMAS = sorted((Path(__file__).parents[1] / "data" / "schemas").glob("*.sql"))
INCIDENT = Incident(id=IncidentId("i1"), kind="井盖缺失", place=Place(lat=23.0, lon=113.7), jurisdiction_id=NORTH_GRID)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Recorded], str]:
    """What a small town's gateway had recorded, and the hash of an officer's password."""
    data = tmp_path_factory.mktemp("written")

    async def write() -> None:
        async with open_storage(data, clock=SystemClock(), hasher=cheap_hasher()) as storage:
            await load_town(tiny_town(), journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
            await storage.journal.record(GATEWAY, [IncidentReported(incident=INCIDENT)])

    asyncio.run(write())
    with sqlite3.connect(data / FILE_NAME) as connection:
        query = "SELECT password_hash FROM officer_account WHERE officer_id = ?"
        [hashed] = connection.execute(query, (NORTH_DUTY,)).fetchone()
    connection.close()
    database = Database(data)
    recorded = database.read_now(lambda connection: history.page(connection, None, 10_000))
    database.close()
    return recorded, hashed


def _old_journal(data: Path, schema: Path, recorded: list[Recorded], hashed: str) -> None:
    data.mkdir()
    connection = sqlite3.connect(data / FILE_NAME)
    connection.executescript(schema.read_text())
    head = chain.GENESIS
    for item in recorded:
        row = chain.to_row(item, previous=head)
        head = row.hash
        values = [getattr(row, name) for name in chain.Row.__slots__]
        marks = ",".join("?" * len(values))
        connection.execute(f"INSERT INTO event ({','.join(chain.Row.__slots__)}) VALUES ({marks})", values)
    connection.execute("INSERT INTO officer_account VALUES (?, ?, 0)", (NORTH_DUTY, hashed))
    connection.commit()
    connection.close()


def _layout(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Tables and their columns, by name: an older database has them in another order."""
    with sqlite3.connect(path) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        layout = {name: sorted(row[1:3] for row in connection.execute(f"PRAGMA table_info({name})")) for name in names}
        triggers = connection.execute("SELECT name, 'trigger' FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.close()
    return layout | {"triggers": sorted(triggers)}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
async def test_an_old_journal_goes_on(tmp_path: Path, schema: Path, written: tuple[list[Recorded], str]) -> None:
    recorded, hashed = written
    data = tmp_path / "old"
    _old_journal(data, schema, recorded, hashed)
    async with open_storage(data, clock=SystemClock(), hasher=cheap_hasher()) as storage:
        picture = storage.journal.picture
        assert picture.incidents.states[INCIDENT.id].incident == INCIDENT
        assert await storage.accounts.check_password(NORTH_DUTY, PASSWORD)
        assert await storage.accounts.grant_tokens(NORTH_DUTY)
        versions = await storage.journal.read(
            lambda connection: connection.execute(tables.case_versions.select()).fetchall()
        )
        assert [row.case_id for row in versions] == [INCIDENT.id]
        await storage.journal.record(GATEWAY, [NoteAdded(text="x")])
    assert verify(data)[0] == len(recorded) + 1
    fresh = Database(tmp_path / "fresh")
    fresh.close()
    assert _layout(data / FILE_NAME) == _layout(tmp_path / "fresh" / FILE_NAME)


def test_every_schema_there_was_is_tried() -> None:
    versions = {int(path.stem.removeprefix("v").partition("-")[0]) for path in SCHEMAS}
    assert versions == set(range(1, tables.SCHEMA_VERSION))
