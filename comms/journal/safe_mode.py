"""Safe mode: a gateway whose journal is damaged, or cannot be opened, serves what needs no record.

What is readable of the data directory (who may sign in, whom the gateway serves) is put into a data directory in
memory, and the gateway runs on that; the files on the disk stay as they are. Events of calls, presence and alarms are
told and forgotten. Whatever has to be recorded is refused: nothing is pretended.
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import insert
from sqlalchemy.engine import Connection

from comms.domain.events import AlarmAcknowledged, AlarmShelved, AlarmUnshelved, Event, Recorded
from comms.domain.ids import GATEWAY, BlobId, CommandId, PartyId
from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.beginning import Beginning, keep_beginning
from comms.journal.blobs import Blobs
from comms.journal.database import FILE_NAME, Database
from comms.journal.errors import JournalDamagedError, SafeModeError
from comms.journal.good_copy import GOOD_COPY_NAME, encode_picture, kept_tables
from comms.journal.journal import Journal

DAMAGED, UNWRITABLE = "safe_mode_damaged", "safe_mode_unwritable"
"""Why: the journal is damaged (a backup has to be restored), or the disk does not take it (it has to be mended)."""
FIRST_SEQ = 1 << 40
"""Events of safe mode are numbered from here: no desk takes them for the journal's, or goes on from them later."""
_MEMORY = Path("/dev/shm")  # nosec B108 - a folder of its own is made in it
_PASSING = (AlarmAcknowledged, AlarmShelved, AlarmUnshelved)
"""What an officer does about what sounds now."""
_picture_decoder = msgspec.json.Decoder(Picture)

T = TypeVar("T")


def reason_of(error: Exception) -> str:
    """DAMAGED or UNWRITABLE."""
    return DAMAGED if isinstance(error, JournalDamagedError) or "malformed" in str(error) else UNWRITABLE


# --- what is readable ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Salvaged:
    """Of one file. `rows` by table, of those tables that could be read to their end."""

    picture: Picture
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_of_use(self) -> bool:
        """Somebody can sign in, and there is somebody to talk to."""
        return bool(self.picture.officers and self.picture.units and self.rows.get("officer_account"))


def salvage(data: Path) -> Salvaged | None:
    """From the journal's file as far as it holds; what that lacks is the last good copy's. None: nobody could sign in
    by it."""
    found, copied = (_salvage_file(data / name) for name in (FILE_NAME, GOOD_COPY_NAME))
    newest = max(found.picture, copied.picture, key=lambda picture: picture.seq)
    both = Salvaged(newest, copied.rows | found.rows)
    return both if both.is_of_use else None


def _salvage_file(path: Path) -> Salvaged:
    salvaged = Salvaged(Picture())
    for manner in ("mode=ro", "mode=ro&immutable=1"):  # the second where even its lock and index cannot be made
        with contextlib.suppress(sqlite3.Error, OSError):
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{manner}", uri=True)
            connection.row_factory = sqlite3.Row
            with contextlib.closing(connection):
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                _read_file(connection, salvaged)
                return salvaged
    return salvaged


def _read_file(connection: sqlite3.Connection, salvaged: Salvaged) -> None:
    for table in kept_tables():
        with contextlib.suppress(sqlite3.Error):
            found = connection.execute(f'SELECT * FROM "{table.name}"').fetchall()  # nosec B608 - our own table
            salvaged.rows[table.name] = [dict(row) for row in found]
    salvaged.picture = _picture(connection)


def _readable(connection: sqlite3.Connection, query: str) -> Iterator[dict[str, Any]]:
    """Rows up to the first that cannot be read."""
    with contextlib.suppress(sqlite3.Error):
        for row in connection.execute(query):
            yield dict(row)


def _picture(connection: sqlite3.Connection) -> Picture:
    """The newest checkpoint and the events after it, up to the first that does not hold."""
    kept = next(_readable(connection, "SELECT seq, hash, picture FROM checkpoint ORDER BY seq DESC LIMIT 1"), None)
    picture, head = Picture(), chain.GENESIS
    if kept is not None:
        with contextlib.suppress(msgspec.DecodeError):
            picture, head = _picture_decoder.decode(kept["picture"]), kept["hash"]
    for row in _readable(connection, f"SELECT * FROM event WHERE seq > {picture.seq:d} ORDER BY seq"):  # nosec B608 - a number
        recorded = chain.follow(chain.Row(**row), after_seq=picture.seq, head=head)
        if isinstance(recorded, chain.Break):
            break
        try:
            picture.apply(recorded)
        except KeyError:
            break
        head = row["hash"]
    return picture


# --- what the gateway runs on ---------------------------------------------------------------------------------


@contextlib.contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder that needs no disk, gone with the process that used it."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-safe-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(database: Database, salvaged: Salvaged) -> None:
    """A database that begins with what was salvaged."""
    salvaged.picture.seq = FIRST_SEQ

    def write(connection: Connection) -> None:
        beginning = Beginning(FIRST_SEQ, bytes(32), 0.0, encode_picture(salvaged.picture))
        keep_beginning(connection, beginning)
        for table in kept_tables():
            known = table.columns.keys()
            rows = [{name: row[name] for name in known if name in row} for row in salvaged.rows.get(table.name, ())]
            if rows:
                connection.execute(insert(table), rows)

    database.write_now(write)


class SafeJournal(Journal):
    """Keeps nothing. What the gateway itself notes, and what an officer does about alarms that sound now, is told."""

    async def record(
        self, actor: PartyId, events: Iterable[Event], *, command_id: CommandId | None = None
    ) -> list[Recorded]:
        """Raises SafeModeError for whatever would have to be there afterwards."""
        events = list(events)
        if actor != GATEWAY and not all(isinstance(event, _PASSING) for event in events):
            raise SafeModeError(self.database.safe_reason)
        return await super().record(actor, events, command_id=command_id)


class SafeAccounts:
    """Accounts that can be asked and not changed: a password or a device of now would be gone afterwards."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self._journal.read(query)

    async def change(self, write: Callable[[Connection], T]) -> T:
        raise SafeModeError(self._journal.database.safe_reason)


class SafeBlobs(Blobs):
    """Those that there are can be read."""

    def put_now(self, data: bytes, media_type: str) -> BlobId:
        raise SafeModeError("no photo or recording is kept in safe mode")
