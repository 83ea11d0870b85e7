"""How far a journal had got when it was last written, kept beside it: a lost -wal file, or an older file put in its
place, is a journal that is whole and yet too short. Only something outside the database can know."""

import os
import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import Connection

from comms.journal.beginning import beginning_of
from comms.journal.tables import events

TAIL_NAME = "journal.tail"
MARK_EVERY_S = 1.0
"""At most so often: it is a lower bound, and never ahead of what is on the disk."""
_DIGEST_BYTES = 32


class TailMark:
    """Belongs to the writer's thread. A mark that cannot be written is left as it is: it then says less, not wrong."""

    def __init__(self, data: Path) -> None:
        self._path = data / TAIL_NAME
        self._file: int | None = None
        self._due_s = 0.0
        self._unwritten: tuple[int, bytes] | None = None

    def note(self, seq: int, digest: bytes) -> None:
        """Event `seq` is durable."""
        self._unwritten = seq, digest
        if time.monotonic() >= self._due_s:
            self._write()

    def close(self) -> None:
        self._write()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self) -> None:
        if self._unwritten is None:
            return
        seq, digest = self._unwritten
        self._due_s = time.monotonic() + MARK_EVERY_S
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._file, f"{digest.hex()} {seq:020d}\n".encode(), 0)
        except OSError:
            return
        self._unwritten = None


def missing(connection: Connection, data: Path) -> str | None:
    """What a journal lacks that was in it, in plain words; None when it has all that its mark speaks of."""
    try:
        digest, number = (data / TAIL_NAME).read_text().partition("\n")[0].split(" ")
        kept, seq = bytes.fromhex(digest), int(number)
    except (OSError, ValueError):
        return None  # none was ever made, or it is not readable: nothing is known
    if len(kept) < _DIGEST_BYTES:
        return None
    found = connection.execute(select(events.c.hash).where(events.c.seq == seq)).scalar()
    if found == kept or seq <= beginning_of(connection).seq:  # or it lies in the archive
        return None
    return (
        f"event {seq} was in it and is no longer: its -wal file was lost, or an older file was put in its place; "
        f"to go on without what is missing, delete {data / TAIL_NAME}"
    )
