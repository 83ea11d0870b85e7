"""Old stretches of a journal in files of their own: what the law has kept for half a year (网络安全法 第二十一条), and
longer, without the database growing for ever.

An archive file is an exported stretch (`comms.journal.replay.archive_format`), so a desk opens it for replay. Files
follow on one another: the hash a file begins with is the hash the one before ended with, and the journal itself goes on
from the last. Events are copied; only when asked for, and with the gateway stopped, are they taken out of the database
once their file has been read back whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, nextafter
from pathlib import Path

import msgspec
from sqlalchemy import delete, select, text
from sqlalchemy.engine import Connection

from comms.domain.audit_events import StretchArchived
from comms.journal import chain, tables
from comms.journal.anchor import Anchor
from comms.journal.beginning import Beginning, beginning_of, replace_beginning
from comms.journal.chain import Break, Row
from comms.journal.database import Database, DirectoryLock
from comms.journal.noted import keep_note
from comms.journal.replay.archive import Archive
from comms.journal.replay.archive_format import SUFFIX, Contents
from comms.journal.replay.export import LONGEST_S, Export
from comms.journal.replay.replay import Replay, open_replay
from comms.journal.replay.source import Flaw, SourceError

LEAST_DAYS = 180
"""网络安全法 第二十一条: at least six months. Nothing can be set lower."""
DAY_S = 86_400.0
_PAGE = 1000


class ArchiveError(Exception):
    """Nothing was lost. Plain sentence: what, and what to do."""


@dataclass(frozen=True, slots=True)
class Archived:
    """One file: its events, and the hashes before the first and of the last."""

    path: Path
    first_seq: int
    last_seq: int
    before: bytes
    last: bytes
    from_at: float
    to_at: float


def archive(data: Path, folder: Path, *, now: float, days: float = LEAST_DAYS) -> list[Archived]:
    """New files of whole weeks that are older than so many days, each read back after it was written. While a gateway
    runs, too. Raises ArchiveError, OSError."""
    if days < LEAST_DAYS:
        raise ArchiveError(f"Logs are kept for at least {LEAST_DAYS} days (网络安全法 第二十一条); name no fewer.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = archives(folder)
    replay = open_replay(data)
    if isinstance(replay, Flaw):
        raise ArchiveError(f"The journal in {data} cannot be read: {replay}.")
    made: list[Archived] = []
    try:
        replay.reached(replay.end_seq()).result()
        from_at = _after(known[-1].to_at) if known else replay.index.start_at
        while from_at + LONGEST_S <= now - days * DAY_S and from_at <= replay.index.end_at:
            made.append(_write(replay, folder, from_at, now))
            from_at = _after(made[-1].to_at)
    finally:
        replay.close()
    _note(data, made)
    return made


def _after(at: float) -> float:
    """The next moment there is, so that no event is in two files, and none in neither."""
    return nextafter(at, inf)


def _write(replay: Replay, folder: Path, from_at: float, now: float) -> Archived:
    export = Export(replay, from_at=from_at, to_at=from_at + LONGEST_S, made_at=now)
    draft = folder / f"writing{SUFFIX}"
    found = replay.submit(lambda: export.write(draft)).result()
    if isinstance(found, Flaw):
        raise ArchiveError(f"The journal is not sound: {found}. Nothing was archived from there on.")
    path = folder / f"journal-{found.start_seq + 1:010d}-{found.last_seq:010d}-{int(from_at)}{SUFFIX}"
    draft.chmod(0o600)
    draft.rename(path)
    archived = _of(path, found)
    broken = next(check(archived, {}), None)
    if broken is not None:
        raise ArchiveError(f"{path} is not what was written ({broken.what}); check that disk, and archive again.")
    return archived


def _of(path: Path, contents: Contents) -> Archived:
    return Archived(
        path=path,
        first_seq=contents.start_seq + 1,
        last_seq=contents.last_seq,
        before=bytes.fromhex(contents.start_hash),
        last=bytes.fromhex(contents.last_hash),
        from_at=contents.from_at,
        to_at=contents.to_at,
    )


def archives(folder: Path) -> list[Archived]:
    """Those in a folder, oldest first. Raises ArchiveError when one cannot be read."""
    found = []
    for path in sorted(folder.glob(f"journal-*{SUFFIX}")):
        try:
            source = Archive(path)
        except SourceError as error:
            raise ArchiveError(f"{path} cannot be read ({error.flaw}); take a copy of it that is whole.") from None
        try:
            if source.contents is None:
                raise ArchiveError(f"{path} has lost its contents; take a copy of it that is whole.")
            found.append(_of(path, source.contents))
        finally:
            source.close()
    return found


# --- checking -----------------------------------------------------------------------------------------------


def check_all(known: Sequence[Archived], anchors: Sequence[Anchor] = ()) -> Iterator[Break]:
    """Of each file, and that they follow on one another."""
    held = {anchor.seq: anchor for anchor in anchors}
    before: Archived | None = None
    for archived in known:
        if before is not None and (archived.first_seq, archived.before) != (before.last_seq + 1, before.last):
            what = f"{archived.path.name} does not follow on {before.path.name}"
            yield Break(archived.first_seq, what, archived.from_at, "archive")
        yield from check(archived, held)
        before = archived


def check(archived: Archived, anchors: dict[int, Anchor]) -> Iterator[Break]:
    """The first place of a file that is not as it was written."""
    seq, head = archived.first_seq - 1, archived.before
    source = Archive(archived.path)
    try:
        for row in _rows(source, seq):
            found = chain.follow(row, after_seq=seq, head=head)
            if isinstance(found, Break):
                yield Break(found.seq, found.what, found.at, "archive")
                return
            seq, head = row.seq, row.hash
            anchor = anchors.get(seq)
            if anchor is not None and anchor.hash != head.hex():
                yield Break(seq, "it is not the one an anchor was made of", row.at, "archive")
    except SourceError as error:
        yield Break(error.flaw.seq or seq + 1, str(error.flaw), None, "archive")
        return
    finally:
        source.close()
    if (seq, head) != (archived.last_seq, archived.last):
        yield Break(seq + 1, f"{archived.path.name} ends before its last event", archived.to_at, "archive")


def _rows(source: Archive, after: int) -> Iterator[Row]:
    while rows := source.rows(after, _PAGE):
        yield from rows
        after = rows[-1].seq


def border(connection: Connection, known: Sequence[Archived]) -> Iterator[Break]:
    """That the journal goes on where the files end, or has those events itself."""
    if not known:
        return
    last, beginning = known[-1], beginning_of(connection)
    if beginning.seq > last.last_seq:
        what = f"events {last.last_seq + 1} to {beginning.seq} are in no archive file and not in the journal"
        yield Break(last.last_seq + 1, what, last.to_at, "archive")
        return
    query = select(tables.events.c.hash).where(tables.events.c.seq == last.last_seq)
    kept = beginning.head if beginning.seq == last.last_seq else connection.execute(query).scalar()
    if kept != last.last:
        yield Break(last.last_seq, "the archive ends with another event than the journal has", last.to_at, "archive")


# --- taking out ---------------------------------------------------------------------------------------------


def remove(data: Path, folder: Path, *, now: float, days: float = LEAST_DAYS) -> int:
    """Takes out of the database what the files have, after reading all of them; the last seq that is out. The gateway
    must be stopped. Raises ArchiveError, JournalInUseError, JournalError."""
    if days < LEAST_DAYS:
        raise ArchiveError(f"Logs are kept for at least {LEAST_DAYS} days (网络安全法 第二十一条); name no fewer.")
    known = [each for each in archives(folder) if each.to_at <= now - days * DAY_S]
    broken = next(check_all(known), None)
    if broken is not None:
        raise ArchiveError(f"The archive is not whole at event {broken.seq}: {broken.what}. Nothing was taken out.")
    lock = DirectoryLock(data)
    try:
        database = Database(data)
        try:
            return _remove(database, data, known)
        finally:
            database.close()
    finally:
        lock.release()


def _remove(database: Database, data: Path, known: Sequence[Archived]) -> int:
    beginning = database.read_now(beginning_of)
    known = [each for each in known if each.last_seq > beginning.seq]
    if not known:
        return beginning.seq
    wrong = database.read_now(lambda connection: list(border(connection, known)))
    last = known[-1]
    if wrong or known[0].first_seq != beginning.seq + 1:
        raise ArchiveError(f"The archive does not fit the journal in {data}. Nothing was taken out.")
    replay = open_replay(data)
    if isinstance(replay, Flaw):
        raise ArchiveError(f"The journal in {data} cannot be read: {replay}.")
    try:
        replay.reached(last.last_seq).result()
        picture = msgspec.json.encode(replay.submit(lambda: replay.picture_at(last.last_seq)).result())
    finally:
        replay.close()
    database.write_now(lambda connection: _take_out(connection, known, picture))
    return last.last_seq


def _take_out(connection: Connection, known: Sequence[Archived], picture: bytes) -> None:
    """In one transaction: killed in the middle, nothing is out."""
    last = known[-1]
    connection.execute(text("DROP TRIGGER IF EXISTS event_no_delete"))
    connection.execute(delete(tables.events).where(tables.events.c.seq <= last.last_seq))
    connection.execute(delete(tables.checkpoints).where(tables.checkpoints.c.seq <= last.last_seq))
    tables.create_schema(connection)
    replace_beginning(connection, Beginning(last.last_seq, last.last, last.to_at, picture))
    for each in known:
        keep_note(connection, _event(each, is_removed=True))


def _note(data: Path, made: Sequence[Archived]) -> None:
    if not made:
        return
    database = Database(data)
    try:
        for each in made:
            database.write_now(lambda connection, each=each: keep_note(connection, _event(each)))  # type: ignore[misc]  # bound now
    finally:
        database.close()


def _event(archived: Archived, *, is_removed: bool = False) -> StretchArchived:
    return StretchArchived(
        first_seq=archived.first_seq,
        last_seq=archived.last_seq,
        last_hash=archived.last.hex(),
        file=archived.path.name,
        is_removed=is_removed,
    )
