"""Where a journal begins that is not there from its first event: the picture before it, and the hash it follows on.

A drill that goes on from an exported stretch has such a journal, and one whose first events were moved into archive
files; every other begins with event 1, and has none."""

from dataclasses import dataclass

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, Table, delete, insert, inspect, select
from sqlalchemy.engine import Connection

from comms.journal.chain import GENESIS

_metadata = MetaData()
_beginnings = Table(
    "beginning",
    _metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("at", Float, nullable=False),
    Column("picture", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """After event `seq`, whose hash is `head`, at this Unix second. `picture` is JSON."""

    seq: int
    head: bytes
    at: float
    picture: bytes


FIRST = Beginning(0, GENESIS, 0.0, b"")


def keep_beginning(connection: Connection, beginning: Beginning) -> None:
    _metadata.create_all(connection)
    row = {"seq": beginning.seq, "hash": beginning.head, "at": beginning.at, "picture": beginning.picture}
    connection.execute(insert(_beginnings), [row])


def replace_beginning(connection: Connection, beginning: Beginning) -> None:
    """Of a journal whose first events were taken out."""
    _metadata.create_all(connection)
    connection.execute(delete(_beginnings))
    keep_beginning(connection, beginning)


def beginning_of(connection: Connection) -> Beginning:
    """FIRST in a journal that is there from its first event."""
    if not inspect(connection).has_table(_beginnings.name):
        return FIRST
    row = connection.execute(select(_beginnings)).first()
    return FIRST if row is None else Beginning(row.seq, row.hash, row.at, row.picture)
