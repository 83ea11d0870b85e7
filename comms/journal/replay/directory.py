"""A gateway's data directory, read only: nothing in it is changed, also while a gateway works on it."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import numpy as np
from sqlalchemy import Engine, Select, create_engine, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from comms.domain.ids import BlobId, UnitId
from comms.journal import tracks
from comms.journal.beginning import Beginning, beginning_of
from comms.journal.blobs import Blob, Blobs
from comms.journal.chain import Row
from comms.journal.database import FILE_NAME
from comms.journal.replay.source import LOOK_BACK_SPANS, End, Flaw, FlawKind, SourceError, Start
from comms.journal.replay.voices import Burst
from comms.journal.tables import SCHEMA_VERSION, events
from comms.journal.track_tables import track_chunks, track_tails, track_units
from comms.journal.track_writer import batch_of
from comms.protocol.track_chunk import Readings

_T = TypeVar("_T")
_OLDEST_VERSION = 1


class Directory:
    """A Source."""

    def __init__(self, data: Path) -> None:
        """Raises SourceError when there is no journal, or it cannot be opened."""
        path = data / FILE_NAME
        if not path.is_file():
            raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what=f"there is no journal in {data}"))
        self.flaws: tuple[Flaw, ...] = ()
        self.bursts: tuple[Burst, ...] = ()
        self._journal = _File(path, FlawKind.EVENTS_MISSING)
        track_path = data / tracks.FILE_NAME
        self._tracks = _File(track_path, FlawKind.TRACKS_MISSING) if track_path.is_file() else None
        self._blobs = Blobs(data / "blobs")
        self._loose: tuple[tuple[int, int], list[tuple[UnitId, Readings]]] = (0, 0), []
        try:
            version = self._journal.read(lambda connection: connection.exec_driver_sql("PRAGMA user_version").scalar())
            if not _OLDEST_VERSION <= (version or 0) <= SCHEMA_VERSION:
                what = f"{path} is of version {version}; this program reads {_OLDEST_VERSION} to {SCHEMA_VERSION}"
                raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what=what))
            beginning = self._journal.read(beginning_of)
            first = self.hash_of(beginning.seq + 1)
        except SourceError as error:
            self.close()
            raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what=error.flaw.what)) from None
        self.start = _start_of(beginning)
        self.identity = first.hex() if first is not None else "empty"

    @property
    def uri(self) -> str:
        """Of its database, for SQLite, to be read only."""
        return self._journal.uri

    @property
    def until(self) -> float | None:
        return None

    def end(self) -> End | None:
        query = select(events.c.seq, events.c.at).order_by(events.c.seq.desc()).limit(1)
        row = self._journal.read(lambda connection: connection.execute(query).first())
        return End(row.seq, row.at) if row is not None else None

    def rows(self, after_seq: int, limit: int) -> Sequence[Row]:
        query = select(events).where(events.c.seq > after_seq).order_by(events.c.seq).limit(limit)
        return self._journal.read(lambda connection: list(connection.execute(query)))  # type: ignore[arg-type]  # rows of a known query

    def hash_of(self, seq: int) -> bytes | None:
        query = select(events.c.hash).where(events.c.seq == seq)
        found = self._journal.read(lambda connection: connection.execute(query).scalar())
        return found if isinstance(found, bytes) else None

    # --- tracks -------------------------------------------------------------------------------------------

    def chunks(self, span: int) -> list[tuple[UnitId, bytes]]:
        return self._chunks(_OF_UNITS.where(track_chunks.c.span == span))

    def chunks_before(self, span: int) -> list[tuple[UnitId, bytes]]:
        columns = track_chunks.c
        is_near = columns.span.between(span - LOOK_BACK_SPANS, span - 1)
        last = select(columns.no, func.max(columns.span).label("span")).where(is_near).group_by(columns.no).subquery()
        is_last = (track_chunks.c.no == last.c.no) & (track_chunks.c.span == last.c.span)
        return self._chunks(_OF_UNITS.join(last, is_last))

    def chunks_of(self, unit_id: UnitId, first: int, last: int) -> list[bytes]:
        mine = (track_units.c.unit_id == unit_id, track_chunks.c.span.between(first, last))
        return [data for _, data in self._chunks(_OF_UNITS.where(*mine))]

    def _chunks(self, query: "Select[Any]") -> list[tuple[UnitId, bytes]]:
        if self._tracks is None:
            return []
        columns = track_chunks.c
        ordered = query.order_by(columns.no, columns.span, columns.id)
        found = self._tracks.read(lambda connection: connection.execute(ordered).all())
        return [(UnitId(row.unit_id), row.data) for row in found]

    def loose(self) -> list[tuple[UnitId, Readings]]:
        """What a gateway has not made into chunks yet: the hour it is in, or was when it stopped."""
        if self._tracks is None:
            return []
        ends = select(func.coalesce(func.min(track_tails.c.id), 0), func.coalesce(func.max(track_tails.c.id), 0))
        first, last = self._tracks.read(lambda connection: tuple(connection.execute(ends).one()))
        if (first, last) != self._loose[0]:
            self._loose = (first, last), self._tracks.read(_tails) if last else []
        return self._loose[1]

    # --- blobs --------------------------------------------------------------------------------------------

    def blob(self, blob_id: BlobId) -> Blob | None:
        try:
            return self._blobs.get_now(blob_id)
        except OSError as error:
            raise SourceError(Flaw(kind=FlawKind.BLOB_MISSING, what=f"{blob_id}: {error.strerror}")) from None

    def check(self) -> list[Flaw]:
        """Nothing: a directory has no list of what ought to be in it, and blobs are looked at when they are read."""
        return []

    def close(self) -> None:
        self._journal.close()
        if self._tracks is not None:
            self._tracks.close()
        self._blobs.close()


_OF_UNITS = select(track_units.c.unit_id, track_chunks.c.data).join(track_units, track_units.c.no == track_chunks.c.no)


def _start_of(beginning: Beginning) -> Start:
    if not beginning.seq:
        return Start()
    return Start(beginning.seq, beginning.head, beginning.at, beginning.picture)


def _tails(connection: Connection) -> list[tuple[UnitId, Readings]]:
    names = {row.no: UnitId(row.unit_id) for row in connection.execute(select(track_units))}
    held = connection.execute(select(track_tails.c.data).order_by(track_tails.c.id)).scalars().all()
    batches = [batch_of(data) for data in held]
    no = np.concatenate([batch.no for batch in batches])
    rows = np.concatenate([batch.rows for batch in batches])
    order = np.argsort(no, kind="stable")
    no, rows = no[order], rows[order]
    starts = np.flatnonzero(np.diff(no, prepend=-1))
    return [
        (names[number], part)
        for number, part in zip(no[starts].tolist(), np.split(rows, starts[1:]), strict=True)
        if number in names
    ]


class _File:
    """One database, opened anew for each thread that asks."""

    def __init__(self, path: Path, flaw: FlawKind) -> None:
        self._path, self._flaw = path, flaw
        self.uri = f"file:{_escaped(path)}?mode=ro{_still(path)}"
        self._engine: Engine = create_engine(f"sqlite:///{self.uri}&uri=true")

    def read(self, query: Callable[[Connection], _T]) -> _T:
        try:
            with self._engine.connect() as connection:
                return query(connection)
        except (SQLAlchemyError, ValueError) as error:  # ValueError: a column that is no text
            what = f"{self._path}: {getattr(error, 'orig', None) or error}"
            raise SourceError(Flaw(kind=self._flaw, what=what)) from None

    def close(self) -> None:
        self._engine.dispose()


def _escaped(path: Path) -> str:
    return quote(str(path.absolute()))


def _still(path: Path) -> str:
    """A database in a folder that cannot be written to, and that nobody has open, is read without its shared memory,
    which SQLite could not make there."""
    is_open = path.with_name(f"{path.name}-wal").exists()
    return "" if is_open or os.access(path.parent, os.W_OK) else "&immutable=1"
