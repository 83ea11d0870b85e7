"""Old events in files of their own: never before half a year, never lost, and the chain goes on across the border."""

import sqlite3
import time
from pathlib import Path

import pytest

from comms.domain.audit_events import StretchArchived
from comms.domain.ids import GATEWAY
from comms.journal import archiving
from comms.journal.__main__ import EXIT_DAMAGED, main
from comms.journal.archiving import DAY_S, LEAST_DAYS, ArchiveError, archive, archives
from comms.journal.audit_command import EXIT_CANNOT
from comms.journal.database import FILE_NAME, Database, DirectoryLock
from comms.journal.errors import JournalInUseError
from comms.journal.noted import waiting
from comms.journal.replay.replay import Replay, open_replay
from comms.journal.span import span
from comms.journal.tail import TAIL_NAME
from comms.journal.verify import examine
from tests.support.journal import ACTOR, TOWN_EVENTS, SteppedClock, note, open_journal

BORN = 1_700_000_000.0
DAYS = 220
NOW = BORN + DAYS * DAY_S


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A note a day for 220 days."""
    clock = SteppedClock(BORN)
    async with open_journal(tmp_path / "data", clock=clock) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        for day in range(DAYS):
            clock.at = BORN + day * DAY_S
            if day < DAYS - 1:
                journal.record_soon(ACTOR, [note(f"第 {day} 天")])  # one commit for many
        await journal.record(ACTOR, [note("今天")])
    return tmp_path / "data"


def verified(data: Path, folder: Path) -> int:
    return main(["verify", "--data", str(data), "--archive", str(folder)])


def test_nothing_goes_before_half_a_year(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "archive"
    for days in (0.0, 30.0, 179.9):
        with pytest.raises(ArchiveError, match="180"):
            archive(data, folder, now=NOW, days=days)
        with pytest.raises(ArchiveError, match="180"):
            archiving.remove(data, folder, now=NOW, days=days)
    assert main(["archive", "--data", str(data), "--into", str(folder), "--days", "90"]) == EXIT_CANNOT
    assert "网络安全法" in capsys.readouterr().err
    made = archive(data, folder, now=NOW)
    assert max(each.to_at for each in made) <= NOW - LEAST_DAYS * DAY_S
    assert archive(data, folder, now=BORN + 100 * DAY_S) == []


def test_files_follow_on_one_another_and_are_copies(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    made = archive(data, folder, now=NOW)
    assert [(each.first_seq, each.last_seq) for each in made] == [
        (1, 12),
        (13, 19),
        (20, 26),
        (27, 33),
        (34, 40),
    ]
    assert archives(folder) == made
    assert verified(data, folder) == 0
    assert all(each.path.stat().st_mode & 0o777 == 0o600 for each in made)
    later = archive(data, folder, now=NOW + 7 * DAY_S)
    assert [(each.first_seq, each.last_seq) for each in later] == [(41, 47)]
    assert verified(data, folder) == 0
    database = Database(data)
    try:
        told = database.read_now(waiting).events
    finally:
        database.close()
    assert [(each.first_seq, each.is_removed) for each in told if isinstance(each, StretchArchived)][-1] == (41, False)


async def test_what_is_taken_out_is_in_the_files_and_the_journal_goes_on(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    archive(data, folder, now=NOW)
    assert archiving.remove(data, folder, now=NOW) == 40
    assert archiving.remove(data, folder, now=NOW) == 40
    assert examine(data, is_folding=True)[0] == []
    assert verified(data, folder) == 0
    async with open_journal(data, clock=SteppedClock(NOW)) as journal:
        assert journal.picture.officers
        (recorded,) = await journal.record(ACTOR, [note("weiter")])
        assert recorded.seq == DAYS + len(TOWN_EVENTS) + 1
        found = await journal.read(
            lambda connection: span(connection, from_at=BORN, until_at=BORN + 50 * DAY_S, after_seq=0, limit=500)
        )
        assert found[0].seq == 41
    connection = sqlite3.connect(data / FILE_NAME)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM event WHERE seq = 50")
    connection.close()
    assert verified(data, folder) == 0
    await_more = archive(data, folder, now=NOW + 14 * DAY_S)
    assert [(each.first_seq, each.last_seq) for each in await_more] == [(41, 47), (48, 54)]
    assert verified(data, folder) == 0


def test_an_archived_stretch_opens_for_replay(data: Path, tmp_path: Path) -> None:
    made = archive(data, tmp_path / "archive", now=NOW)
    replay = open_replay(made[2].path)
    assert isinstance(replay, Replay)
    try:
        replay.checked().result()
        assert (replay.index.start_seq, replay.index.last_seq, replay.flaws) == (19, 26, ())
        assert replay.submit(lambda: replay.picture_at(26)).result().officers
    finally:
        replay.close()


def test_what_is_missing_or_altered_is_found_and_nothing_is_taken_out(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "archive"
    made = archive(data, folder, now=NOW)
    aside = made[1].path.with_suffix(".aside")
    made[1].path.rename(aside)
    assert verified(data, folder) == EXIT_DAMAGED
    assert "event 20 (table archive" in capsys.readouterr().err
    with pytest.raises(ArchiveError, match="Nothing was taken out"):
        archiving.remove(data, folder, now=NOW)
    aside.rename(made[1].path)
    content = bytearray(made[2].path.read_bytes())
    at = content.index(b"events/")
    content[at + 60] ^= 0xFF
    made[2].path.write_bytes(content)
    assert verified(data, folder) == EXIT_DAMAGED
    assert "damaged at event 20" in capsys.readouterr().err
    with pytest.raises(ArchiveError, match="not whole at event 20"):
        archiving.remove(data, folder, now=NOW)
    made[2].path.write_bytes(b"nonsense")
    assert verified(data, folder) == EXIT_CANNOT


def test_an_archive_of_another_journal_does_not_fit(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "archive"
    archive(data, folder, now=NOW)
    connection = sqlite3.connect(data / FILE_NAME)
    connection.execute("DROP TRIGGER event_no_update")
    connection.execute("UPDATE event SET hash = zeroblob(32) WHERE seq = 40")
    connection.commit()
    connection.close()
    assert verified(data, folder) == EXIT_DAMAGED
    assert "another event than the journal has" in capsys.readouterr().err
    with pytest.raises(ArchiveError, match="does not fit"):
        archiving.remove(data, folder, now=NOW)


def test_a_gateway_that_runs_is_not_disturbed(data: Path, tmp_path: Path) -> None:
    lock = DirectoryLock(data)
    try:
        archive(data, tmp_path / "archive", now=NOW)
        with pytest.raises(JournalInUseError):
            archiving.remove(data, tmp_path / "archive", now=NOW)
    finally:
        lock.release()


def test_a_journal_may_go_into_the_archive_whole(data: Path, tmp_path: Path) -> None:
    folder, much_later = tmp_path / "archive", NOW + 400 * DAY_S
    folder.mkdir()
    archive(data, folder, now=NOW - 25 * DAY_S)
    connection = sqlite3.connect(data / FILE_NAME)
    connection.execute("DROP TRIGGER event_no_delete")
    connection.execute("DELETE FROM event WHERE seq > 19")  # as if nothing had happened since
    connection.execute("DELETE FROM checkpoint")
    connection.commit()
    connection.close()
    (data / TAIL_NAME).unlink()
    assert archiving.remove(data, folder, now=much_later) == 19
    assert verified(data, folder) == 0
    found, end = examine(data)
    assert (found, end[0]) == ([], 19)


def test_by_the_command_line(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "archive"
    days = (time.time() - BORN) / DAY_S - 15
    arguments = ["archive", "--data", str(data), "--into", str(folder), "--days", str(days)]
    assert main([*arguments, "--remove"]) == 0
    said = capsys.readouterr().out
    assert "Events 1 to 12 are in" in said
    assert "in the archive only" in said
    assert main(arguments) == 0
    assert "Nothing is older" in capsys.readouterr().out
    assert verified(data, folder) == 0
    assert main(["archive", "--data", str(tmp_path / "none"), "--into", str(folder)]) == EXIT_CANNOT
