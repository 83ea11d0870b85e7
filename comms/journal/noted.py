"""What is done to a journal from the command line while its gateway may be running, told to it: only the gateway
appends to the chain, so a note waits in a table until it does, a minute at most, or until the next start."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, delete, insert, inspect, select
from sqlalchemy.engine import Connection

from comms.domain.account_events import AccountEvent
from comms.domain.audit_events import AuditEvent
from comms.journal.database import FILE_NAME, Database, check_file
from comms.journal.errors import JournalDamagedError, JournalError
from comms.journal.tables import SCHEMA_VERSION

_metadata = MetaData()
_notes = Table(
    "note",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("event", LargeBinary, nullable=False),
)
Noted = AuditEvent | AccountEvent
_decoder: msgspec.json.Decoder[Noted] = msgspec.json.Decoder(Noted)


@dataclass(frozen=True, slots=True)
class Notes:
    """Those that wait, oldest first; `last` is the id of the newest."""

    events: tuple[Noted, ...]
    last: int


def note(data: Path, event: Noted) -> None:
    """On the disk when it returns. Raises JournalError, JournalDamagedError."""
    database = Database(data)
    try:
        database.write_now(lambda connection: keep_note(connection, event))
    finally:
        database.close()


def noted(data: Path, event: Noted) -> bool:
    """False where it cannot be: the directory is another's, or of another version that nobody asked to upgrade."""
    try:
        if check_file(data / FILE_NAME) != SCHEMA_VERSION:
            return False
        note(data, event)
    except (JournalError, JournalDamagedError):
        return False
    return True


def keep_note(connection: Connection, event: Noted) -> None:
    _metadata.create_all(connection)
    connection.execute(insert(_notes), [{"event": msgspec.json.encode(event)}])


def waiting(connection: Connection) -> Notes:
    """What cannot be read is passed over, and goes with the rest."""
    if not inspect(connection).has_table(_notes.name):
        return Notes((), 0)
    rows = connection.execute(select(_notes).order_by(_notes.c.id)).all()
    events = []
    for row in rows:
        try:
            events.append(_decoder.decode(row.event))
        except msgspec.DecodeError:
            continue
    return Notes(tuple(events), rows[-1].id if rows else 0)


def forget(connection: Connection, last: int) -> None:
    connection.execute(delete(_notes).where(_notes.c.id <= last))
