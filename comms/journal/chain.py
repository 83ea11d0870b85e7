"""The hash chain: each event's hash covers the one before, so that a changed or missing event shows."""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.events import Event, Recorded
from comms.domain.ids import CommandId, PartyId

GENESIS = bytes(32)
"""What the first event's `previous` is."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it is stored."""

    seq: int
    at: float
    actor: str
    kind: str
    payload: bytes
    command_id: str | None
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and how."""

    seq: int
    what: str


def link_hash(previous: bytes, *, seq: int, at: float, actor: str, command_id: str | None, payload: bytes) -> bytes:
    """SHA-256 over the previous hash and every column; lengths keep fields from running into each other."""
    fields = (actor.encode(), (command_id or "").encode(), payload)
    lengths = struct.pack(">qd3I?", seq, at, *(len(field) for field in fields), command_id is not None)
    return hashlib.sha256(b"".join((previous, lengths, *fields))).digest()


def to_row(recorded: Recorded, *, previous: bytes) -> Row:
    payload = _encoder.encode(recorded.event)
    digest = link_hash(
        previous,
        seq=recorded.seq,
        at=recorded.at,
        actor=recorded.actor,
        command_id=recorded.command_id,
        payload=payload,
    )
    return Row(
        seq=recorded.seq,
        at=recorded.at,
        actor=recorded.actor,
        kind=kind_of(recorded),
        payload=payload,
        command_id=recorded.command_id,
        previous=previous,
        hash=digest,
    )


def from_row(row: Any) -> Recorded:
    """`row` has the columns of Row. Raises one of `UNREADABLE` when the payload is no event."""
    return Recorded(
        seq=row.seq,
        at=row.at,
        actor=PartyId(row.actor),
        event=_decoder.decode(row.payload),
        command_id=CommandId(row.command_id) if row.command_id is not None else None,
    )


def find_break(rows: Iterable[Any], *, after_seq: int = 0, head: bytes = GENESIS) -> Break | tuple[int, bytes]:
    """The first place where the chain breaks, or the last seq and hash when it holds."""
    for row in rows:
        found = follow(row, after_seq=after_seq, head=head)
        if isinstance(found, Break):
            return found
        after_seq, head = row.seq, row.hash
    return after_seq, head


def follow(row: Any, *, after_seq: int, head: bytes) -> Recorded | Break:
    """The event of a row that follows on the one before it, whose hash is `head`."""
    if row.seq != after_seq + 1:
        return Break(row.seq, f"expected seq {after_seq + 1}")
    if row.previous != head:
        return Break(row.seq, "does not follow the event before it")
    try:
        digest = link_hash(
            head, seq=row.seq, at=row.at, actor=row.actor, command_id=row.command_id, payload=row.payload
        )
    except (struct.error, AttributeError, TypeError):  # SQLite keeps anything in any column
        return Break(row.seq, "a column is of another type")
    if row.hash != digest:
        return Break(row.seq, "its content does not match its hash")
    try:
        recorded = from_row(row)
    except UNREADABLE:
        return Break(row.seq, "its content is no event")
    if row.kind != kind_of(recorded):
        return Break(row.seq, "its kind does not match its content")
    return recorded


def kind_of(recorded: Recorded) -> str:
    """The wire tag of its event."""
    return str(type(recorded.event).__struct_config__.tag)
