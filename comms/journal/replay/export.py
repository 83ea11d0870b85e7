"""A stretch of a journal written into one file that is opened without a gateway; its form is `archive_format`'s."""

import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from math import floor
from pathlib import Path
from typing import IO

import msgspec

from comms.domain.ids import BlobId, UnitId
from comms.domain.pause import never
from comms.domain.picture import Picture
from comms.journal.blobs import SUFFIXES, VISIT_TYPE
from comms.journal.chain import Row
from comms.journal.replay import archive_format as form
from comms.journal.replay.replay import Replay
from comms.journal.replay.source import SPAN_S, Flaw, FlawKind, Source, SourceError, followed
from comms.protocol.track_chunk import Readings, encode_chunk

LONGEST_S = 7 * 86_400.0
BLOB_ID = re.compile(rb"[0-9a-f]{64}")
"""Whatever looks like one may be one."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""Of members: the contents say when the file was made, and the same stretch gives the same bytes."""
_PACKED = (".json", ".jsonl")

Told = Callable[[float], None]
Part = tuple[str, bytes]


class Stopped(Exception):
    """The one who asked for it does not want it any more; nothing is left behind."""


def nothing(_share: float) -> None:
    """Nobody is told how far it is."""


class Export:
    """Of a replay that was gone through. On the replay's own thread; `told` gets the share that is done, and may
    raise Stopped."""

    def __init__(
        self, replay: Replay, *, from_at: float, to_at: float, made_at: float, told: Told = nothing,
        pause: Callable[[], None] = never,
    ) -> None:  # fmt: skip
        index = replay.index
        self._replay = replay
        self._from_at, self._to_at, self._made_at = from_at, min(to_at, from_at + LONGEST_S), made_at
        self._start_seq, self._last_seq = index.seq_before(from_at), max(index.seq_at(to_at), index.seq_before(from_at))
        self._told, self._pause = told, pause
        self._hashes: tuple[bytes, bytes] = (b"", b"")
        self._blob_ids: dict[BlobId, None] = {}
        pages = (self._last_seq - self._start_seq) // form.MEMBER_EVENTS + 1
        self._wanted = pages + floor(self._to_at / SPAN_S) - floor(from_at / SPAN_S) + 5
        self._written, self._share = 0, 0.0

    def write(self, path: Path) -> Flaw | form.Contents:
        """Whole or not at all. What of the journal itself is not sound is told, and nothing is written. Raises
        OSError when the disk does not take it, and Stopped."""
        draft = path.with_name(f"{path.name}.part")
        try:
            with tempfile.TemporaryFile(dir=path.parent) as body:
                try:
                    members = [self._put(body, name, data) for name, data in self._parts()]
                except SourceError as error:
                    return error.flaw
                contents = self._contents(members)
                with draft.open("wb") as file:
                    _assemble(file, body, contents)
                    file.flush()
                    os.fsync(file.fileno())
            draft.replace(path)
            return contents
        finally:
            draft.unlink(missing_ok=True)

    def _put(self, body: IO[bytes], name: str, data: bytes) -> form.Member:
        self._pause()
        body.write(data)
        self._written += 1
        self._share = max(self._share, min(self._written / self._wanted, 1.0))  # how many blobs there are shows late
        self._told(self._share)
        return form.Member(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    def _contents(self, members: list[form.Member]) -> form.Contents:
        return form.Contents(
            journal=self._replay.identity,
            made_at=self._made_at,
            from_at=self._from_at,
            to_at=self._to_at,
            start_seq=self._start_seq,
            start_hash=self._hashes[0].hex(),
            last_seq=self._last_seq,
            last_hash=self._hashes[1].hex(),
            area=self._area,
            members=tuple(members),
        )

    # --- its parts ------------------------------------------------------------------------------------------

    def _parts(self) -> Iterator[Part]:
        """In the order they are written. Raises SourceError."""
        picture = self._replay.picture_at(self._start_seq)
        start = msgspec.json.encode(picture)
        self._area = _town_name(picture)
        self._note_blobs(start)
        yield form.START, start
        yield from self._events()
        yield form.VOICES, self._voices()
        yield from self._tracks()
        self._wanted += len(self._blob_ids)
        yield from self._blobs()
        yield form.START_AGAIN, start

    def _events(self) -> Iterator[Part]:
        head = _hash_at(self._replay.source, self._start_seq)
        first = head
        for after in range(self._start_seq, self._last_seq, form.MEMBER_EVENTS):
            until = min(after + form.MEMBER_EVENTS, self._last_seq)
            rows, head = _sound_rows(self._replay.source, after, until, head)
            for row in rows:
                self._note_blobs(row.payload)
            yield form.events_name(after + 1), form.encode_rows(rows)
        self._hashes = first, head

    def _voices(self) -> bytes:
        """Those that are heard in the stretch, whenever their recordings were saved."""
        mine = [
            burst
            for burst in self._replay.bursts
            if burst.from_at <= self._to_at and (burst.to_at is None or burst.to_at >= self._from_at)
        ]
        self._blob_ids |= {burst.blob_id: None for burst in mine if burst.blob_id is not None}
        return msgspec.json.encode(mine)

    def _tracks(self) -> Iterator[Part]:
        first, last = floor(self._from_at / SPAN_S), floor(self._to_at / SPAN_S)
        seen = self._replay.seen_at(self._from_at)
        chunks: list[tuple[UnitId, bytes]] = []
        for unit_id, row in zip(seen.hour.unit_ids, seen.rows.tolist(), strict=True):
            if row >= 0:
                chunks.append((unit_id, encode_chunk(seen.hour.rows[row : row + 1])))
        yield form.TRACKS_BEFORE, form.encode_chunks(chunks)
        for span in range(first, last + 1):
            hour = self._replay.seen_at(span * SPAN_S).hour
            found: list[tuple[UnitId, bytes]] = []
            for unit, unit_id in enumerate(hour.unit_ids):
                rows = self._within(hour.rows_of(unit), span)
                if len(rows):
                    found.append((unit_id, encode_chunk(rows)))
                self._pause()
            yield form.tracks_name(span), form.encode_chunks(found)

    def _within(self, rows: Readings, span: int) -> Readings:
        """Of the stretch."""
        low = max(self._from_at, span * SPAN_S) * 10
        high = min(self._to_at, (span + 1) * SPAN_S - 0.05) * 10
        return rows[(rows["at"] >= low) & (rows["at"] <= high)]

    def _blobs(self) -> Iterator[Part]:
        """The map, photos and recordings that are named anywhere in the stretch. What was answered on visits stays:
        departments see only their own part of it."""
        for blob_id in self._blob_ids:
            blob = self._replay.blob(blob_id)
            if blob is not None and blob.media_type != VISIT_TYPE:
                yield f"blobs/{blob_id}{SUFFIXES[blob.media_type]}", blob.data

    def _note_blobs(self, data: bytes) -> None:
        """Whatever looks like a blob's id and is one: also of kinds of event that come later."""
        self._blob_ids |= {BlobId(found.decode()): None for found in BLOB_ID.findall(data)}


def _hash_at(source: Source, seq: int) -> bytes:
    """Of an event, or of the last before the first there is."""
    found = source.start.head if seq == source.start.seq else source.hash_of(seq)
    if found is None:
        raise SourceError(Flaw(kind=FlawKind.EVENTS_MISSING, seq=seq))
    return found


def _sound_rows(source: Source, after_seq: int, until_seq: int, head: bytes) -> tuple[list[Row], bytes]:
    """As they are stored, and the hash of the last; `head` is the hash of the one before."""
    rows = list(source.rows(after_seq, until_seq - after_seq))
    for row in rows:
        followed(row, after_seq, head)
        after_seq, head = row.seq, row.hash
    if after_seq != until_seq:
        raise SourceError(Flaw(kind=FlawKind.EVENTS_MISSING, seq=after_seq + 1))
    return rows, head


def _town_name(picture: Picture) -> str:
    root = min(picture.jurisdictions, key=len, default=None)
    return picture.jurisdictions[root].name if root is not None else ""


def _assemble(file: IO[bytes], body: IO[bytes], contents: form.Contents) -> None:
    listed = msgspec.json.format(msgspec.json.encode(contents))
    body.seek(0)
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, form.CONTENTS, listed)
        for member in contents.members:
            _add(archive, member.name, body.read(member.size))
        _add(archive, form.CONTENTS_AGAIN, listed)


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_PACKED) else zipfile.ZIP_STORED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, data)
