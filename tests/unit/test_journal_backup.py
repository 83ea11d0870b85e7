"""Backups made while the journal is written to, and brought back; what is not sound is said and never put in place."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from comms.domain.ids import GATEWAY
from comms.journal.__main__ import EXIT_DAMAGED, main
from comms.journal.backup import MANIFEST, BackupError, back_up, backups, restore
from comms.journal.blobs import Blobs
from comms.journal.database import FILE_NAME, DirectoryLock
from comms.journal.errors import JournalInUseError
from comms.journal.reading import read_events
from comms.journal.verify import verify
from tests.support.journal import ACTOR, TOWN_EVENTS, note, open_journal

AT = 1_750_000_000.0


async def _written(data: Path, notes: int = 40) -> None:
    async with open_journal(data) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        await journal.record(ACTOR, [note(str(at)) for at in range(notes)])
    blobs = Blobs(data / "blobs")
    await blobs.put(b"picture", "image/jpeg")
    blobs.close()
    (data / "authority").mkdir()
    (data / "authority" / "key.pem").write_bytes(b"a key")


async def test_a_journal_that_is_written_to_is_copied_as_of_one_moment(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "backups"
    await _written(data)
    with ThreadPoolExecutor(1) as thread:
        async with open_journal(data) as journal:
            copying = asyncio.wrap_future(thread.submit(back_up, data, folder, made_at=AT))
            told = 0
            while not copying.done():
                await journal.record(ACTOR, [note(f"meanwhile {told}")])
                told += 1
            made = await copying
            seq = journal.durable.seq
    assert 44 <= made.seq <= seq
    restored = restore(made.path, tmp_path / "again", now=AT)
    assert (restored.seq, restored.blobs, restored.lost) == (made.seq, 1, ())
    assert verify(tmp_path / "again")[0] == made.seq
    assert list(read_events(tmp_path / "again")) == list(read_events(data))[: made.seq]
    assert (tmp_path / "again" / "authority" / "key.pem").read_bytes() == b"a key"
    async with open_journal(tmp_path / "again") as journal:
        await journal.record(ACTOR, [note("it goes on")])
    assert verify(tmp_path / "again")[0] == made.seq + 1


async def test_what_an_earlier_backup_has_is_linked_and_the_oldest_go(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "backups"
    await _written(data)
    paths = [back_up(data, folder, made_at=AT + day * 86_400, keep=2).path for day in range(3)]
    assert backups(folder) == paths[1:]
    (blob,) = (paths[2] / "blobs").rglob("*.jpg")
    assert blob.stat().st_nlink == 2


async def test_nothing_is_put_in_place_of_a_running_or_an_unnamed_directory(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "backups"
    await _written(data)
    made = back_up(data, folder, made_at=AT)
    with pytest.raises(BackupError, match="not empty"):
        restore(made.path, data, now=AT)
    lock = DirectoryLock(data)
    with pytest.raises(JournalInUseError):
        restore(made.path, data, now=AT, is_replacing=True)
    lock.release()
    assert verify(data)[0] == made.seq
    restored = restore(made.path, data, now=AT, is_replacing=True)
    assert restored.put_aside is not None
    assert verify(restored.put_aside) == verify(data)


@pytest.mark.parametrize("name", [FILE_NAME, "authority/key.pem", MANIFEST])
async def test_an_altered_backup_is_refused(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, folder = tmp_path / "data", tmp_path / "backups"
    await _written(data)
    made = back_up(data, folder, made_at=AT)
    path = made.path / name
    path.write_bytes(path.read_bytes()[:-3] + b"?!?")
    code = main(["restore", "--backup", str(made.path), "--data", str(tmp_path / "again")])
    assert code != 0
    assert str(made.path) in capsys.readouterr().err
    assert not (tmp_path / "again" / FILE_NAME).exists()


async def test_a_damaged_photo_is_told_and_the_rest_restored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, folder = tmp_path / "data", tmp_path / "backups"
    await _written(data)
    assert main(["backup", "--data", str(data), "--into", str(folder)]) == 0
    assert "44 events, 1 photos" in capsys.readouterr().out
    (blob,) = folder.rglob("*.jpg")
    blob.write_bytes(b"another")
    code = main(["restore", "--backup", str(backups(folder)[0]), "--data", str(tmp_path / "again")])
    assert code == EXIT_DAMAGED
    assert blob.name in capsys.readouterr().out
    assert verify(tmp_path / "again")[0] == 44


async def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(BackupError, match="no journal"):
        back_up(data, tmp_path / "backups", made_at=AT)
    await _written(data)
    with pytest.raises(BackupError, match="within"):
        back_up(data, data / "backups", made_at=AT)
    with pytest.raises(BackupError, match="At least one"):
        back_up(data, tmp_path / "backups", made_at=AT, keep=0)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackupError, match="Check the disk"):
        back_up(data, tmp_path / "file" / "under", made_at=AT)
    with pytest.raises(BackupError, match="is no backup"):
        restore(tmp_path, tmp_path / "again", now=AT)
