"""An exported file, opened without a gateway: a Source. What is torn or altered is told, what is sound is read."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import BlobId, UnitId
from comms.domain.picture import Picture
from comms.journal.blobs import SUFFIXES, Blob
from comms.journal.chain import Row
from comms.journal.replay import archive_format as form
from comms.journal.replay.archive_parts import ArchiveParts
from comms.journal.replay.source import End, Flaw, FlawKind, SourceError, Start
from comms.journal.replay.voices import Burst
from comms.protocol.track_chunk import Readings

_TYPES = {suffix: media_type for media_type, suffix in SUFFIXES.items()}
_KEPT_PAGES, _KEPT_HOURS = 4, 3


class Archive:
    """A Source."""

    def __init__(self, path: Path) -> None:
        """Raises SourceError when nothing of it can be shown."""
        self._parts = ArchiveParts(path)
        self.contents = self._parts.contents
        self._page = lru_cache(_KEPT_PAGES)(self._read_page)
        self._hour = lru_cache(_KEPT_HOURS)(self._read_hour)
        names = self._parts.names
        self._pages = sorted(int(name[7:-6]) for name in names if name.startswith("events/"))
        self._spans = sorted(int(name[7:-4]) for name in names if _is_hour(name))
        self._blobs = {BlobId(name[6:70]): name for name in names if name.startswith("blobs/")}
        try:
            self.start = self._begin(self._parts.read_start())
        except SourceError:
            self._parts.close()
            raise
        self.bursts = self._read_voices()
        self.identity = self.contents.journal if self.contents is not None else self.start.head.hex()
        self._last_seq = self.contents.last_seq if self.contents is not None else self._last_there()

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        return self._parts.flaws

    # --- at the beginning -----------------------------------------------------------------------------------

    def _begin(self, picture: bytes) -> Start:
        try:
            known = msgspec.json.decode(picture, type=Picture)
        except UNREADABLE as error:
            raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what=f"its first picture: {error}")) from None
        if self.contents is not None:
            if known.seq != self.contents.start_seq:
                raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what="its first picture is of another moment"))
            head = bytes.fromhex(self.contents.start_hash)
            return Start(self.contents.start_seq, head, self.contents.from_at, picture)
        rows = self._page(self._pages[0]) if self._pages else ()
        head, at = (rows[0].previous, rows[0].at) if rows else (bytes(32), 0.0)
        return Start(known.seq, head, at, picture)

    def _read_voices(self) -> tuple[Burst, ...]:
        try:
            data = self._parts.read(form.VOICES, FlawKind.VOICES_LOST)
            return msgspec.json.decode(data, type=tuple[Burst, ...])
        except SourceError as error:
            self._parts.note(error.flaw)
        except UNREADABLE as error:
            self._parts.note(Flaw(kind=FlawKind.VOICES_LOST, what=str(error)))
        return ()

    def _last_there(self) -> int:
        rows = self._page(self._pages[-1]) if self._pages else ()
        return rows[-1].seq if rows else self.start.seq

    # --- events ---------------------------------------------------------------------------------------------

    @property
    def until(self) -> float | None:
        return self.contents.to_at if self.contents is not None else None

    def end(self) -> End | None:
        if self._last_seq <= self.start.seq:
            return None
        return End(self._last_seq, self.until or 0.0)

    def rows(self, after_seq: int, limit: int) -> Sequence[Row]:
        if after_seq >= self._last_seq:
            return ()
        found: list[Row] = []
        for first in self._pages[max(0, bisect_right(self._pages, after_seq + 1) - 1) :]:
            if len(found) >= limit:
                break
            rows = [row for row in self._page(first) if row.seq > after_seq]
            if not rows or rows[0].seq != (found[-1].seq if found else after_seq) + 1:
                break
            found += rows
        if not found:
            raise SourceError(self._lost_from(after_seq + 1))
        return found[:limit]

    def _lost_from(self, seq: int) -> Flaw:
        number = bisect_right(self._pages, seq) - 1
        name = form.events_name(self._pages[number]) if number >= 0 else form.events_name(seq)
        if not self._parts.is_there(name):
            return Flaw(kind=FlawKind.EVENTS_MISSING, seq=seq, what=f"up to event {self._last_seq}")
        return Flaw(kind=FlawKind.CHAIN_BROKEN, seq=seq, what="it cannot be read")

    def hash_of(self, seq: int) -> bytes | None:
        rows = self.rows(seq - 1, 1)
        return rows[0].hash if rows and rows[0].seq == seq else None

    def _read_page(self, first: int) -> Sequence[Row]:
        """What can be read of it: each row is looked at by its hash."""
        return form.decode_rows(self._parts.read_anyhow(form.events_name(first)))

    # --- tracks ---------------------------------------------------------------------------------------------

    def chunks(self, span: int) -> list[tuple[UnitId, bytes]]:
        return self._hour(form.tracks_name(span)) if span in self._spans else []

    def chunks_before(self, span: int) -> list[tuple[UnitId, bytes]]:
        earlier = [form.tracks_name(each) for each in reversed(self._spans) if each < span]
        found: dict[UnitId, list[bytes]] = {}
        for name in (*earlier, form.TRACKS_BEFORE):
            known = set(found)
            for unit_id, data in self._hour(name):
                if unit_id not in known:
                    found.setdefault(unit_id, []).append(data)
        return [(unit_id, data) for unit_id, parts in found.items() for data in parts]

    def chunks_of(self, unit_id: UnitId, first: int, last: int) -> list[bytes]:
        return [
            data
            for span in self._spans
            if first <= span <= last
            for owner, data in self._hour(form.tracks_name(span))
            if owner == unit_id
        ]

    def loose(self) -> list[tuple[UnitId, Readings]]:
        return []

    def _read_hour(self, name: str) -> list[tuple[UnitId, bytes]]:
        data = self._parts.read(name, FlawKind.TRACKS_MISSING, FlawKind.TRACKS_ALTERED)
        try:
            return form.decode_track_chunks(data)
        except ValueError as error:
            raise SourceError(Flaw(kind=FlawKind.TRACKS_ALTERED, what=f"{name}: {error}")) from None

    # --- blobs, and all of it -------------------------------------------------------------------------------

    def blob(self, blob_id: BlobId) -> Blob | None:
        name = self._blobs.get(blob_id)
        if name is None:
            return None
        data = self._parts.read(name, FlawKind.BLOB_MISSING, FlawKind.BLOB_ALTERED)
        if hashlib.sha256(data).hexdigest() != blob_id:
            raise SourceError(Flaw(kind=FlawKind.BLOB_ALTERED, what=name))
        return Blob(_TYPES.get(name[70:], "application/octet-stream"), data, len(data))

    def check(self) -> list[Flaw]:
        """Of tracks and blobs, whether they are there and as they were; all else is looked at anyway."""
        found: list[Flaw] = []
        for name in sorted(self._parts.names):
            kinds = _KINDS.get(name.partition("/")[0])
            if kinds is None:
                continue
            try:
                self._parts.read(name, *kinds)
            except SourceError as error:
                found.append(error.flaw)
        return found

    def close(self) -> None:
        self._parts.close()


_KINDS = {
    "tracks": (FlawKind.TRACKS_MISSING, FlawKind.TRACKS_ALTERED),
    "blobs": (FlawKind.BLOB_MISSING, FlawKind.BLOB_ALTERED),
}


def _is_hour(name: str) -> bool:
    return name.startswith("tracks/") and name != form.TRACKS_BEFORE
