"""The hash chain: each event's hash covers the one before, so that a changed or missing event shows.

Its algorithm is SHA-256 until an event says otherwise (`DigestSwitched`), the first that is made with the other."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from comms.domain.audit_events import DigestKind, DigestSwitched
from comms.domain.decoding import UNREADABLE
from comms.domain.events import Event, Recorded
from comms.domain.ids import CommandId, PartyId
from comms.journal.digest import digest, kind_of_digest

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
    """Where the chain does not hold, and how: at which event of which table, and what time (Unix seconds) that says."""

    seq: int
    what: str
    at: float | None = field(default=None, compare=False)
    table: str = field(default="event", compare=False)


def link_hash(
    previous: bytes,
    *,
    seq: int,
    at: float,
    actor: str,
    command_id: str | None,
    payload: bytes,
    kind: DigestKind = DigestKind.SHA256,
) -> bytes:
    """Over the previous hash and every column; lengths keep fields from running into each other."""
    fields = (actor.encode(), (command_id or "").encode(), payload)
    lengths = struct.pack(">qd3I?", seq, at, *(len(part) for part in fields), command_id is not None)
    return digest(kind, b"".join((previous, lengths, *fields)))


def to_row(recorded: Recorded, *, previous: bytes) -> Row:
    payload = _encoder.encode(recorded.event)
    made = link_hash(
        previous,
        seq=recorded.seq,
        at=recorded.at,
        actor=recorded.actor,
        command_id=recorded.command_id,
        payload=payload,
        kind=_algorithm(recorded, previous),
    )
    return Row(
        seq=recorded.seq,
        at=recorded.at,
        actor=recorded.actor,
        kind=kind_of(recorded),
        payload=payload,
        command_id=recorded.command_id,
        previous=previous,
        hash=made,
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
    found = _follow(row, after_seq, head)
    if isinstance(found, str):
        return Break(row.seq, found, row.at if isinstance(row.at, float | int) else None)
    return found


def _follow(row: Any, after_seq: int, head: bytes) -> Recorded | str:
    """Or why it does not follow."""
    if row.seq != after_seq + 1:
        return f"expected seq {after_seq + 1}" + _missing(after_seq + 1, row.seq - 1)
    if row.previous != head:
        return "does not follow the event before it"
    kind = kind_of_digest(row.hash) if isinstance(row.hash, bytes) else None
    if kind is None:
        return "its hash is of no known algorithm"
    try:
        made = link_hash(
            head, seq=row.seq, at=row.at, actor=row.actor, command_id=row.command_id, payload=row.payload, kind=kind
        )
    except (struct.error, AttributeError, TypeError):  # SQLite keeps anything in any column
        return "a column is of another type"
    if row.hash != made:
        return "its content does not match its hash"
    try:
        recorded = from_row(row)
    except UNREADABLE:
        return "its content is no event"
    if row.kind != kind_of(recorded):
        return "its kind does not match its content"
    if kind is not _algorithm(recorded, head):
        return "it is made with another algorithm than the journal says"
    return recorded


def _missing(first: int, last: int) -> str:
    if last < first:
        return ""
    return f": event {first} is missing" if first == last else f": events {first} to {last} are missing"


def _algorithm(recorded: Recorded, previous: bytes) -> DigestKind:
    """What an event's hash is made with: as the one before, unless it is the switch."""
    if isinstance(recorded.event, DigestSwitched):
        return recorded.event.after
    return kind_of_digest(previous) or DigestKind.SHA256


def kind_of(recorded: Recorded) -> str:
    """The wire tag of its event."""
    return str(type(recorded.event).__struct_config__.tag)
