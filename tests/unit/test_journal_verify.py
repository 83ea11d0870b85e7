"""`python -m comms.journal verify`, and what is said of a file that is damaged."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from comms.domain.ids import GATEWAY
from comms.journal.__main__ import EXIT_DAMAGED, main
from comms.journal.database import FILE_NAME, Database, DirectoryLock, check_file
from comms.journal.errors import JournalDamagedError, JournalError, JournalInUseError
from tests.support.journal import ACTOR, TOWN_EVENTS, note, open_journal


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        await journal.record(ACTOR, [note(str(at)) for at in range(300)])
    return tmp_path


def run(data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["verify", "--data", str(data)])
    said = capsys.readouterr()
    return code, said.out + said.err


async def test_a_whole_journal(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(data, capsys)
    assert code == 0
    assert said.startswith("304 events, all whole. The last hash is ")


@pytest.mark.parametrize(
    ("statements", "seq"),
    [
        (["DROP TRIGGER event_no_update", "UPDATE event SET at = at + 1 WHERE seq = 77"], 77),
        (["DROP TRIGGER event_no_delete", "DELETE FROM event WHERE seq = 77"], 78),
        (["DROP TRIGGER event_no_delete", "DELETE FROM event WHERE seq > 300"], 304),
        (["DROP TABLE event", "CREATE TABLE event (seq INTEGER)"], 0),
    ],
    ids=["changed", "deleted", "cut", "foreign"],
)
async def test_a_forged_journal(
    data: Path, capsys: pytest.CaptureFixture[str], statements: list[str], seq: int
) -> None:
    connection = sqlite3.connect(data / FILE_NAME)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    before = hashlib.sha256((data / FILE_NAME).read_bytes()).digest()
    code, said = run(data, capsys)
    assert code == EXIT_DAMAGED
    assert f"damaged at event {seq}:" in said
    assert "Restore the newest backup" in said
    assert hashlib.sha256((data / FILE_NAME).read_bytes()).digest() == before


async def test_an_empty_place_and_an_empty_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(tmp_path, capsys)
    assert code == 2
    assert "There is no journal" in said
    Database(tmp_path).close()
    code, said = run(tmp_path, capsys)
    assert (code, said) == (0, "0 events, all whole. The last hash is none.\n")


@pytest.mark.parametrize("harm", ["nonsense", "cut", "hole"])
async def test_a_file_that_is_no_database_is_left_as_it_is(data: Path, harm: str) -> None:
    path = data / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(
        {
            "nonsense": b"this is no database at all\n" * 400,
            "cut": whole[: len(whole) // 2 - 100],
            "hole": whole[:8192] + bytes(8192) + whole[16_384:],
        }[harm]
    )
    before = path.read_bytes()
    with pytest.raises(JournalDamagedError) as raised:
        Database(data)
    sentence = str(raised.value)
    assert str(path) in sentence
    assert "verify --data" in sentence
    assert "restore the newest backup" in sentence
    assert path.read_bytes() == before


def test_a_journal_of_a_newer_gateway_is_not_touched(tmp_path: Path) -> None:
    Database(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(JournalDamagedError, match="newer gateway"):
        check_file(tmp_path / FILE_NAME)


def test_a_directory_belongs_to_one_gateway(tmp_path: Path) -> None:
    lock = DirectoryLock(tmp_path)
    with pytest.raises(JournalInUseError, match="stop it first"):
        DirectoryLock(tmp_path)
    lock.release()
    DirectoryLock(tmp_path).release()


def test_a_place_where_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises((JournalError, JournalDamagedError)):
        Database(tmp_path)
