"""The last good copy: the picture and the accounts as they were, kept beside the journal while that is well, so that a
gateway whose journal is damaged still knows who may sign in and whom it serves. No events, no tracks, no blobs."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, create_engine, event, insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from comms.domain.picture import Picture
from comms.journal import tables
from comms.journal.errors import JournalError

GOOD_COPY_NAME = "last_good.sqlite"
_FOLLOWING = frozenset(
    table.name
    for table in (
        tables.events,
        tables.checkpoints,
        tables.accepted,
        tables.case_versions,
        tables.trials,
        tables.visits,
        tables.visits_due,
        tables.facts,
        tables.visit_heads,
    )
)
"""The journal, and what follows from it. All else is kept: whatever is added later about accounts, too."""
_encoder = msgspec.json.Encoder()


def kept_tables() -> Iterator[Any]:
    return (table for table in tables.metadata.sorted_tables if table.name not in _FOLLOWING)


def encode_picture(picture: Picture) -> bytes:
    """On the loop that the picture belongs to."""
    return _encoder.encode(picture)


def save_good_copy(connection: Connection, data: Path, *, seq: int, picture: bytes) -> None:
    """From an open journal, whole or not at all. Blocks. Raises JournalError when the disk does not take it."""
    path = data / GOOD_COPY_NAME
    part = path.with_name(GOOD_COPY_NAME + ".part")
    try:
        part.unlink(missing_ok=True)
        engine = _plain_engine(part)
        try:
            with engine.begin() as copy:
                tables.metadata.create_all(copy)
                for table in kept_tables():
                    rows = [dict(row) for row in connection.execute(table.select()).mappings()]
                    if rows:
                        copy.execute(insert(table), rows)
                row = {"seq": seq, "hash": bytes(32), "picture": picture}
                copy.execute(insert(tables.checkpoints), [row])
        finally:
            engine.dispose()
        os.chmod(part, 0o600)
        os.replace(part, path)
    except (SQLAlchemyError, OSError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise JournalError(str(getattr(error, "orig", None) or error)) from error


def _plain_engine(path: Path) -> Engine:
    """One file, synced once when it is whole."""
    engine = create_engine(f"sqlite:///{path}")

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=OFF")

    event.listen(engine, "connect", on_connect)
    return engine
