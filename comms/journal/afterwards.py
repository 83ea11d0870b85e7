"""What is said of a drill after it: appended to its own journal while nobody works on it, by the journal's own writer,
so that chain, checkpoint and everything that reads it hold as if a gateway had written it."""

from collections.abc import Sequence
from pathlib import Path

from comms.domain.events import Event, Recorded
from comms.domain.ids import PartyId
from comms.journal.database import FILE_NAME, Database, DirectoryLock
from comms.journal.journal import Journal


async def append_afterwards(data: Path, actor: PartyId, events: Sequence[Event]) -> list[Recorded]:
    """At the time of the last event: the clock of what is over stands still. Whoever may write the directory may do
    so; `actor` is what he says he is.

    Raises FileNotFoundError, JournalInUseError while a gateway works on it, JournalDamagedError or JournalError; the
    journal is then as it was."""
    if not (data / FILE_NAME).exists():
        raise FileNotFoundError(f"There is no journal in {data}.")
    lock = DirectoryLock(data)
    try:
        database = Database(data)
        try:
            last_at = 0.0
            journal = Journal(database, now=lambda: last_at)
            try:
                last_at = journal.recent[-1].at if journal.recent else 0.0
                return await journal.record(actor, events)
            finally:
                await journal.close()
        finally:
            database.close()
    finally:
        lock.release()
