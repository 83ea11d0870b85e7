"""The file a stretch of a journal is exported to: a ZIP archive that any tool opens, and that a torn copy of still is.

Its members, in this order:

- `contents.json`: what is in it (`Contents`), with the SHA-256 of every other member; once more at the end as
  `contents-again.json`.
- `start.json`: the picture before its first event; once more at the end as `start-again.json`.
- `events/00000001.jsonl`, named by their first seq: the events, a thousand a member, a line each (`Line`), with their
  hashes as in the journal.
- `voices.json`: who spoke when (`Burst`), and which blob is the recording.
- `tracks/before.bin`: each unit's last reading before the stretch; `tracks/495000.bin`, an hour each, counted since
  1970: a JSON line that names units and lengths, then their chunks (`comms.protocol.track_chunk`).
- `blobs/…`: recordings, photos and the map, named by the SHA-256 of their content.

Every member has its own checksum and its sizes in front of it, so that what is whole is found without what is not."""

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.ids import UnitId
from comms.journal.chain import Row

FORMAT, VERSION = "wangge-replay", 1
SUFFIX = ".wgreplay"
CONTENTS, CONTENTS_AGAIN = "contents.json", "contents-again.json"
START, START_AGAIN = "start.json", "start-again.json"
VOICES = "voices.json"
TRACKS_BEFORE = "tracks/before.bin"
MEMBER_EVENTS = 1000
MEMBER_NAME = re.compile(
    rb"contents(?:-again)?\.json|start(?:-again)?\.json|voices\.json|events/[0-9]{8,}\.jsonl"
    rb"|tracks/(?:before|[0-9]{1,9})\.bin|blobs/[0-9a-f]{64}\.[a-z0-9]{2,6}"
)
"""Nothing else is a member; nothing is ever written to a path it names."""


_LATEST = 1e11


class Member(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    size: int
    sha256: str


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """`journal` is the hash of the journal's first event; `start_hash` of the last event before the stretch. Times are
    Unix seconds; hashes hexadecimal."""

    format: str = FORMAT
    version: int = VERSION
    journal: str
    made_at: float
    from_at: Annotated[float, Meta(ge=0.0, le=_LATEST)]
    to_at: Annotated[float, Meta(ge=0.0, le=_LATEST)]
    start_seq: int
    start_hash: str
    last_seq: int
    last_hash: str
    area: str = ""
    members: tuple[Member, ...] = ()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the journal has it: `payload` byte by byte, for the hash is over it."""

    seq: int
    at: float
    actor: str
    kind: str
    command_id: str | None
    previous: str
    hash: str
    payload: msgspec.Raw


class TrackHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a member of tracks: for each chunk that follows its unit, and how many bytes it has."""

    units: tuple[str, ...]
    sizes: tuple[int, ...]


def events_name(first_seq: int) -> str:
    return f"events/{first_seq:08d}.jsonl"


def tracks_name(span: int) -> str:
    return f"tracks/{span}.bin"


_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(Line)


def encode_rows(rows: list[Row]) -> bytes:
    return b"".join(_encoder.encode(_line_of(row)) + b"\n" for row in rows)


def _line_of(row: Row) -> Line:
    return Line(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        kind=row.kind,
        command_id=row.command_id,
        previous=row.previous.hex(),
        hash=row.hash.hex(),
        payload=msgspec.Raw(row.payload),
    )


def decode_rows(data: bytes) -> list[Row]:
    """As many as can be read from the beginning: what follows a line that is none is not trusted."""
    rows: list[Row] = []
    for text in data.split(b"\n"):
        if not text:
            continue
        try:
            line = _line_decoder.decode(text)
            previous, digest = bytes.fromhex(line.previous), bytes.fromhex(line.hash)
        except (ValueError, RecursionError):  # which msgspec's errors are as well
            break
        rows.append(
            Row(
                seq=line.seq,
                at=line.at,
                actor=line.actor,
                kind=line.kind,
                payload=bytes(line.payload),
                command_id=line.command_id,
                previous=previous,
                hash=digest,
            )
        )
    return rows


def encode_chunks(chunks: list[tuple[UnitId, bytes]]) -> bytes:
    head = TrackHead(units=tuple(unit_id for unit_id, _ in chunks), sizes=tuple(len(data) for _, data in chunks))
    return _encoder.encode(head) + b"\n" + b"".join(data for _, data in chunks)


def decode_track_chunks(data: bytes) -> list[tuple[UnitId, bytes]]:
    """Raises ValueError when the bytes are none."""
    line, _, rest = data.partition(b"\n")
    try:
        head = msgspec.json.decode(line, type=TrackHead)
    except RecursionError as error:
        raise ValueError(str(error)) from None
    if len(head.units) != len(head.sizes) or sum(head.sizes) != len(rest) or any(size < 0 for size in head.sizes):
        raise ValueError("lengths do not fit")
    found, at = [], 0
    for unit_id, size in zip(head.units, head.sizes, strict=True):
        found.append((UnitId(unit_id), rest[at : at + size]))
        at += size
    return found
