"""A whole data directory copied while its gateway runs, and brought back: journal, tracks, blobs, keys.

A backup is a folder of the same form as a data directory, with `backup.json` beside, so that anybody can look into it.
Blobs that an earlier backup in the same folder has are not copied again but linked."""

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.journal.database import FILE_NAME, LOCK_NAME, DirectoryLock
from comms.journal.good_copy import GOOD_COPY_NAME
from comms.journal.tail import TAIL_NAME
from comms.journal.verify import verify

MANIFEST = "backup.json"
FORM = 1
_BLOBS = "blobs"
_DATABASES = (".sqlite",)
_LOG = "log"
_LAST = "last-backup.json"
_NOT_COPIED = ("-wal", "-shm", "-journal", LOCK_NAME, _LAST, TAIL_NAME, GOOD_COPY_NAME)
_UNDONE = ".part"


class BackupError(Exception):
    """Nothing was made or changed. The message is one plain sentence: what, and what to do."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`files` are the SHA-256 of all files but blobs, which are named by their own."""

    form: int = FORM
    made_at: float
    seq: int
    head: str
    files: dict[str, str]
    blobs: int


@dataclass(frozen=True, slots=True)
class Made:
    """`lost` are blobs that were not as they were written; `put_aside` is where an older data directory is now."""

    path: Path
    seq: int
    blobs: int
    lost: tuple[str, ...] = ()
    put_aside: Path | None = field(default=None)


def back_up(data: Path, folder: Path, *, made_at: float, keep: int | None = None) -> Made:
    """Into a new folder of `folder`, named by the time. The journal is read as of one moment, and checked once it is
    copied; whatever it speaks of was written before that moment. Raises BackupError, JournalDamagedError."""
    if not (data / FILE_NAME).exists():
        raise BackupError(f"There is no journal in {data}; name the gateway's data directory.")
    if folder.resolve().is_relative_to(data.resolve()):
        raise BackupError(f"{folder} lies within {data} itself; name a folder elsewhere, best on another disk.")
    if keep is not None and keep < 1:
        raise BackupError("At least one backup has to be kept.")
    path = folder / datetime.fromtimestamp(made_at).strftime("%Y%m%d-%H%M%S")
    part = path.with_name(path.name + _UNDONE)
    with _told(f"The backup in {folder} could not be made"):
        if path.exists():
            raise BackupError(f"There is a backup {path} already; wait a second.")
        before = backups(folder)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        try:
            made = _copy(data, part, before[-1] if before else None, made_at=made_at)
            os.rename(part, path)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        if keep is not None:
            for old in backups(folder)[:-keep]:
                shutil.rmtree(old)
    _tell(data, made)
    return Made(path, made.seq, made.blobs)


class LastBackup(msgspec.Struct, frozen=True, kw_only=True):
    made_at: float
    seq: int


def last_backup(data: Path) -> LastBackup | None:
    """The newest that was made of this directory, wherever it lies; None when there is none that is known."""
    try:
        return msgspec.json.decode((data / _LAST).read_bytes(), type=LastBackup)
    except (OSError, msgspec.DecodeError):
        return None


def _tell(data: Path, made: Manifest) -> None:
    """So that the gateway can say how old it is. A backup that cannot be told of is one all the same."""
    with contextlib.suppress(OSError):
        (data / _LAST).write_bytes(msgspec.json.encode(LastBackup(made_at=made.made_at, seq=made.seq)))


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, oldest first; what is not finished is none."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if not path.parent.name.endswith(_UNDONE))


def restore(backup: Path, data: Path, *, now: float, is_replacing: bool = False) -> Made:
    """Make a data directory of a backup, after looking at every file of it. One that is there already is put aside when
    `is_replacing`, never deleted. Raises BackupError, JournalInUseError, JournalDamagedError."""
    manifest = _manifest(backup)
    part = data.with_name(data.name + _UNDONE)
    with _told(f"{data} could not be made"):
        is_there = data.exists() and any(path.name != LOCK_NAME for path in data.iterdir())
        if is_there and not is_replacing:
            raise BackupError(f"{data} is not empty; stop its gateway, and say --replace to put it aside.")
        lock = DirectoryLock(data)
        try:
            shutil.rmtree(part, ignore_errors=True)
            lost = _copy_back(backup, part, manifest)
            put_aside = _put_aside(data, now) if is_there else None
            if put_aside is None:
                shutil.rmtree(data)
            os.rename(part, data)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            lock.release()
    return Made(data, manifest.seq, manifest.blobs - len(lost), lost, put_aside)


# --- making -----------------------------------------------------------------------------------------------


def _copy(data: Path, part: Path, before: Path | None, *, made_at: float) -> Manifest:
    """The journal first: blobs are on the disk before an event speaks of them, and stay there."""
    names = sorted((path for path in _files(data)), key=lambda path: path.name != FILE_NAME)
    for path in names:
        copied = part / path.relative_to(data)
        copied.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.suffix in _DATABASES:
            _copy_database(path, copied)
        else:
            shutil.copy2(path, copied)
        os.chmod(copied, 0o600)
    seq, head = verify(part)
    files = {path.relative_to(part).as_posix(): _sha256(path) for path in _files(part)}
    blobs = _copy_blobs(data / _BLOBS, part / _BLOBS, before / _BLOBS if before is not None else None)
    manifest = Manifest(made_at=made_at, seq=seq, head=head.hex(), files=files, blobs=blobs)
    (part / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    _sync(part)
    return manifest


def _copy_database(path: Path, copied: Path) -> None:
    """All pages in one step, as of one moment: writers go on meanwhile (WAL), and cannot make it begin anew."""
    with (
        contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(copied)) as target,
    ):
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself


def _copy_blobs(source: Path, target: Path, before: Path | None) -> int:
    count = 0
    for path in _blobs(source):
        copied = target / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = before / path.relative_to(source) if before is not None else None
        if kept is None or not kept.exists() or kept.stat().st_size != path.stat().st_size or not _linked(kept, copied):
            shutil.copy2(path, copied)
        count += 1
    return count


def _linked(kept: Path, copied: Path) -> bool:
    try:
        os.link(kept, copied)
    except OSError:  # a disk that has no links
        return False
    return True


# --- bringing back ------------------------------------------------------------------------------------------


def _copy_back(backup: Path, part: Path, manifest: Manifest) -> tuple[str, ...]:
    """The blobs that are not as they were written."""
    part.mkdir(parents=True, mode=0o700)
    for name, digest in manifest.files.items():
        source, target = backup / name, part / name
        if not source.is_file() or _sha256(source) != digest:
            raise BackupError(f"{source} is missing or not as it was written; take an older backup.")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(source, target)
    if verify(part) != (manifest.seq, bytes.fromhex(manifest.head)):
        raise BackupError(f"The journal in {backup} is not the one its {MANIFEST} speaks of; take an older backup.")
    lost = []
    for source in _blobs(backup / _BLOBS):
        if _sha256(source) != source.stem:
            lost.append(source.name)
            continue
        target = part / source.relative_to(backup)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(source, target)
    _sync(part)
    return tuple(lost)


def _manifest(backup: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, *UNREADABLE) as error:
        raise BackupError(f"{backup} is no backup ({error}); name one of the folders that `backup` made.") from None
    if manifest.form > FORM or any(Path(name).is_absolute() or ".." in Path(name).parts for name in manifest.files):
        raise BackupError(f"{backup} was made by a newer gateway, or altered; update this one, or take another backup.")
    return manifest


def _put_aside(data: Path, now: float) -> Path:
    aside = data.with_name(f"{data.name}.before-{datetime.fromtimestamp(now):%Y%m%d-%H%M%S}")
    os.rename(data, aside)
    return aside


# --- files --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{what} ({error}). Check the disk, its room and its rights.") from error


def _files(folder: Path) -> list[Path]:
    """All but blobs, and what lives only while a database is open."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.relative_to(folder).parts[0] not in (_BLOBS, _LOG)
        and not path.name.endswith(_NOT_COPIED)
        and path.name != MANIFEST
    ]


def _blobs(folder: Path) -> list[Path]:
    """Whole ones: what is being written has another name."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and len(path.stem) == 64]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    """On the disk before it gets its name."""
    for path in (folder, *folder.rglob("*")):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
