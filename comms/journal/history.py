"""Reading the journal: the picture at a start, pages of the log, a command's event."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.engine import Connection

from comms.domain.decoding import UNREADABLE
from comms.domain.events import Recorded
from comms.domain.ids import CommandId, PartyId
from comms.domain.incident import Origin
from comms.domain.picture import Picture
from comms.journal import chain, tail
from comms.journal.beginning import beginning_of
from comms.journal.database import Database, damaged
from comms.journal.pending import CommandKey
from comms.journal.tables import accepted, checkpoints, events

_encoder = msgspec.json.Encoder()
_picture_decoder = msgspec.json.Decoder(Picture)


@dataclass(frozen=True, slots=True)
class Past:
    """What a start needs to know."""

    picture: Picture
    head: bytes
    checkpoint_seq: int
    recent: list[Recorded]


def copy_picture(picture: Picture) -> Picture:
    """A picture that shares nothing that can change."""
    return _picture_decoder.decode(_encoder.encode(picture))


def load(database: Database, *, recent: int) -> Past:
    """Fold the events after the newest checkpoint, checking their chain. Raises JournalDamagedError."""
    past = database.read_now(lambda connection: _load(connection, recent))
    if isinstance(past, chain.Break):
        raise damaged(database.path, f"event {past.seq}: {past.what}")
    lacking = database.read_now(lambda connection: tail.missing(connection, database.path.parent))
    if lacking is not None:
        raise damaged(database.path, lacking)
    return past


def _load(connection: Connection, recent: int) -> Past | chain.Break:
    found = _newest_checkpoint(connection)
    if isinstance(found, chain.Break):
        return found
    picture, head = found
    checkpoint_seq = picture.seq
    rows = connection.execute(select(events).where(events.c.seq > checkpoint_seq).order_by(events.c.seq))
    for row in rows:
        end = chain.find_break((row,), after_seq=picture.seq, head=head)
        if isinstance(end, chain.Break):
            return end
        try:
            picture.apply(chain.from_row(row))
        except KeyError as missing:
            return chain.Break(row.seq, f"it names what was never defined: {missing}")
        head = end[1]
    return Past(picture, head, checkpoint_seq, page(connection, None, recent))


def _newest_checkpoint(connection: Connection) -> tuple[Picture, bytes] | chain.Break:
    row = connection.execute(select(checkpoints).order_by(checkpoints.c.seq.desc()).limit(1)).first()
    if row is None:
        return _at_the_beginning(connection)
    kept = connection.execute(select(events.c.hash).where(events.c.seq == row.seq)).scalar()
    if kept != row.hash:
        return chain.Break(row.seq, "it is missing or not the one the checkpoint was made of")
    try:
        return _picture_decoder.decode(row.picture), row.hash
    except UNREADABLE:
        return _at_the_beginning(connection)  # of an older version: the events are the truth


def _at_the_beginning(connection: Connection) -> tuple[Picture, bytes]:
    """Before the first event there is. Raises one of `UNREADABLE` when that picture is of another version."""
    beginning = beginning_of(connection)
    return _picture_decoder.decode(beginning.picture) if beginning.seq else Picture(), beginning.head


def save_checkpoint(picture: Picture) -> Callable[[Connection], None]:
    """A write that keeps this picture as the only checkpoint."""
    seq, data = picture.seq, _encoder.encode(picture)

    def write(connection: Connection) -> None:
        digest = connection.execute(select(events.c.hash).where(events.c.seq == seq)).scalar_one()
        connection.execute(delete(checkpoints))
        connection.execute(insert(checkpoints), [{"seq": seq, "hash": digest, "picture": data}])

    return write


def page(connection: Connection, before_seq: int | None, limit: int) -> list[Recorded]:
    """Events below `before_seq` (or the newest), oldest first."""
    query = select(events).order_by(events.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(events.c.seq < max(before_seq, 0))
    rows: list[Any] = list(connection.execute(query))
    return [chain.from_row(row) for row in reversed(rows)]


def find_command(connection: Connection, actor: PartyId, command_id: CommandId) -> Recorded | None:
    row = connection.execute(select(events).where(events.c.actor == actor, events.c.command_id == command_id)).first()
    return chain.from_row(row) if row is not None else None


def last_seq(connection: Connection) -> int:
    """0 before the first event."""
    return int(connection.execute(select(func.max(events.c.seq))).scalar() or 0)


def commands_after(connection: Connection, last: CommandKey | None, limit: int) -> list[CommandKey]:
    """Commands that were carried out, in the order of actor and id, which is the index's own."""
    query = select(events.c.actor, events.c.command_id).where(events.c.command_id.is_not(None))
    if last is not None:
        query = query.where(tuple_(events.c.actor, events.c.command_id) > tuple_(*last))
    rows = connection.execute(query.order_by(events.c.actor, events.c.command_id).limit(limit))
    return [(row.actor, row.command_id) for row in rows]


def was_accepted(connection: Connection, origin: Origin) -> bool:
    mine = (accepted.c.source == origin.source, accepted.c.source_id == origin.source_id)
    return connection.execute(select(accepted.c.seq).where(*mine)).first() is not None
