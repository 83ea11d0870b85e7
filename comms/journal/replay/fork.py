"""The beginning of a journal taken for another one: every event up to a moment with its hash as it was, the picture
after the last, and where everybody was. The new journal is a drill's; accounts and secrets of the old stay there. It is
not synced: after a power cut within the next seconds it may not be there, and is taken over again."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import floor
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from comms.domain.events import Event, IncidentReported, Recorded
from comms.domain.ids import GATEWAY, UnitId
from comms.domain.picture import Picture
from comms.domain.realm import Realm
from comms.journal import case_versions, chain, tables, tracks
from comms.journal.beginning import Beginning, keep_beginning
from comms.journal.database import FILE_NAME
from comms.journal.history import save_checkpoint
from comms.journal.realm import declare_realm
from comms.journal.replay.directory import Directory
from comms.journal.replay.export import BLOB_ID
from comms.journal.replay.replay import Replay
from comms.journal.replay.source import SPAN_S, Flaw, FlawKind, Source, SourceError
from comms.journal.track_tables import track_metadata, track_tails, track_units
from comms.journal.track_writer import Batch
from comms.protocol.track_chunk import ROW, Readings, decode_chunks

T = TypeVar("T")
PAGE_ROWS = 1_000
TRAIL_S = 900.0
"""Of everybody's way, as much as is taken along where no more is asked for, and never beyond the hour."""
MOST_SPANS = 24
MOST_MISSING = 40


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """A record up to a moment (Unix seconds). `picture` is nobody else's. `rows` are readings, `no` counts `unit_ids`
    from 1: all of `trail_from_at` to the moment, and of everybody else the last."""

    at: float
    seq: int
    picture: Picture
    unit_ids: tuple[UnitId, ...]
    no: NDArray[np.uint32]
    rows: Readings

    def last(self) -> dict[UnitId, int]:
        """For each unit the row it was last heard of in."""
        last = np.full(len(self.unit_ids), -1, np.intp)
        last[self.no.astype(np.intp) - 1] = np.arange(len(self.no))  # of several the last stays
        return {unit_id: row for unit_id, row in zip(self.unit_ids, last.tolist(), strict=True) if row >= 0}


def wait_for(replay: Replay, at: float, told: threading.Event) -> None:
    """Until the replay has gone through this moment, or never will. `told` is set by the replay's `tell`."""
    while not (replay.made.is_done or replay.made.at > at):
        told.wait()
        told.clear()


def past_of(replay: Replay, at: float, *, trail_from_at: float | None = None) -> Past | Flaw:
    """On the replay's own thread, once it has gone through that moment."""
    index = replay.index
    seq = index.seq_at(at)
    picture = replay.picture_at(seq)
    if picture.seq != seq or not picture.units:
        return Flaw(kind=FlawKind.EVENTS_MISSING, seq=seq, what="nothing was there yet, or it cannot be read")
    if trail_from_at is None:
        trail_from_at = max(at - TRAIL_S, floor(at / SPAN_S) * SPAN_S)
        parts = None if replay.is_warm(at) else _lately(replay.source, at, trail_from_at, picture.units)
    else:
        parts = None
    found = _numbered(parts) if parts is not None else _readings(replay, at, trail_from_at)
    return Past(at, seq, picture, *found)


_Numbered = tuple[tuple[UnitId, ...], NDArray[np.uint32], Readings]


def _lately(
    source: Source, at: float, from_at: float, unit_ids: Iterable[UnitId]
) -> list[tuple[UnitId, Readings]] | None:
    """Of one hour, without what was before it: that is asked of the few who were not heard of within. None where they
    are many, or readings are not in chunks yet."""
    span = floor(at / SPAN_S)
    try:
        chunks = source.chunks(span)
        if source.loose() or not chunks:
            return None
        rows, counts = decode_chunks([data for _, data in chunks])
        ends = np.cumsum(counts)[:-1]
        parts: dict[UnitId, list[Readings]] = {}
        for (unit_id, _), part in zip(chunks, np.split(rows, ends), strict=True):
            parts.setdefault(unit_id, []).append(part)
        found = [(unit_id, _until(held, at, from_at)) for unit_id, held in parts.items()]
        heard = {unit_id for unit_id, part in found if len(part)}
        missing = [unit_id for unit_id in unit_ids if unit_id not in heard]
        if len(missing) > MOST_MISSING:
            return None
        for unit_id in missing:
            earlier, _ = decode_chunks(source.chunks_of(unit_id, span - MOST_SPANS, span - 1))
            found.append((unit_id, _until([earlier], at, at)))
    except SourceError:
        return None
    return found


def _until(parts: list[Readings], at: float, from_at: float) -> Readings:
    """Those since a moment; else the last before it."""
    rows = parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts), order="at", kind="stable")
    last = int(np.searchsorted(rows["at"], at * 10 + 1e-3, side="right"))
    first = int(np.searchsorted(rows["at"], from_at * 10))
    return rows[max(0, min(first, last - 1)) : last]


def _numbered(parts: list[tuple[UnitId, Readings]]) -> _Numbered:
    held = [(unit_id, rows) for unit_id, rows in parts if len(rows)]
    rows = np.concatenate([rows for _, rows in held]) if held else np.zeros(0, ROW)
    no = np.repeat(np.arange(1, len(held) + 1, dtype=np.uint32), [len(rows) for _, rows in held])
    order = np.argsort(rows["at"], kind="stable")
    return tuple(unit_id for unit_id, _ in held), no[order], rows[order]


def _readings(replay: Replay, at: float, from_at: float) -> _Numbered:
    """In order of time."""
    numbers: dict[UnitId, int] = {}
    parts: list[tuple[NDArray[np.uint32], Readings]] = []
    last = floor(at / SPAN_S)
    for span in range(max(floor(from_at / SPAN_S), last - MOST_SPANS), last + 1):
        moment = at if span == last else (span + 1) * SPAN_S - 0.05
        seen = replay.seen_at(moment)
        hour = seen.hour
        units = np.array([numbers.setdefault(unit_id, len(numbers) + 1) for unit_id in hour.unit_ids], np.uint32)
        within = hour.rows[: hour.first[-1]]
        is_mine = (within["at"] >= from_at * 10) & (within["at"] <= at * 10 + 1e-3)
        parts.append((np.repeat(units, np.diff(hour.first))[is_mine], within[is_mine]))
        if span == last:
            is_old = seen.rows >= 0
            is_old[is_old] = hour.rows["at"][seen.rows[is_old]] < from_at * 10
            parts.append((units[is_old], hour.rows[seen.rows[is_old]]))
    no, rows = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    order = np.argsort(rows["at"], kind="stable")
    return tuple(numbers), no[order], rows[order]


def begin_fork(data: Path, source: Source, seq: int) -> None:
    """The events, into an empty directory. Any thread. Raises SourceError when the record cannot be read, and OSError
    when the disk does not take it."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / FILE_NAME
    engine = tables.open_engine(path, syncs=False)
    try:
        with engine.begin() as connection:
            tables.create_schema(connection)
            declare_realm(connection, Realm.DRILL)
        path.chmod(0o600)
        if isinstance(source, Directory):
            _copy_rows(path, source, seq)
        else:
            with engine.begin() as connection:
                _insert_rows(connection, source, seq)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise OSError(f"{path}: {error}") from None
    finally:
        engine.dispose()


def forget_fork(data: Path) -> None:
    """One that came to nothing."""
    for name in (FILE_NAME, tracks.FILE_NAME):
        for suffix in ("", "-wal", "-shm"):
            (data / f"{name}{suffix}").unlink(missing_ok=True)


def end_fork(
    data: Path, source: Source, past: Past, events: Iterable[Event], *, beside: Callable[[Connection], T]
) -> T:
    """These events by the gateway, which the picture takes; what follows from all, and the tracks; and whatever else
    `beside` writes, which is returned. Raises as `begin_fork`."""
    path = data / FILE_NAME
    engine = tables.open_engine(path, syncs=False)
    try:
        with engine.begin() as connection:
            _append(connection, source, past, events)
            _follow_from(connection, source, past)
            written = beside(connection)
        _write_tracks(data, past)
        return written
    except SQLAlchemyError as error:
        raise OSError(f"{path}: {error}") from None
    finally:
        engine.dispose()


def _copy_rows(path: Path, source: Directory, seq: int) -> None:
    """By the databases among themselves: a hundred thousand take a fifth of a second."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("ATTACH ? AS record", (source.uri,))
        columns = ", ".join(chain.Row.__slots__)
        connection.execute(  # the columns are our own words
            f"INSERT INTO event ({columns}) SELECT {columns} FROM record.event WHERE seq <= ?",  # nosec B608
            (seq,),
        )
        connection.commit()


def _insert_rows(connection: Connection, source: Source, seq: int) -> None:
    after = source.start.seq
    while after < seq:
        rows = source.rows(after, min(PAGE_ROWS, seq - after))
        if not rows:
            raise SourceError(Flaw(kind=FlawKind.EVENTS_MISSING, seq=after + 1))
        connection.execute(
            insert(tables.events), [{name: getattr(row, name) for name in chain.Row.__slots__} for row in rows]
        )
        after = rows[-1].seq


def _append(connection: Connection, source: Source, past: Past, events: Iterable[Event]) -> None:
    last = select(tables.events.c.hash).where(tables.events.c.seq == past.seq)
    head: bytes = connection.execute(last).scalar() or source.start.head
    rows = []
    for event in events:
        recorded = Recorded(seq=past.picture.seq + 1, at=past.at, actor=GATEWAY, event=event)
        past.picture.apply(recorded)
        row = chain.to_row(recorded, previous=head)
        head = row.hash
        rows.append({name: getattr(row, name) for name in chain.Row.__slots__})
    if rows:
        connection.execute(insert(tables.events), rows)


def _follow_from(connection: Connection, source: Source, past: Past) -> None:
    """What lies beside the events and follows from them."""
    start = source.start
    if start.seq:
        keep_beginning(connection, Beginning(start.seq, start.head, start.at or 0.0, start.picture or b""))
    if past.picture.seq > start.seq:
        save_checkpoint(past.picture)(connection)
    case_versions.make_anew(connection)
    reported = select(tables.events).where(tables.events.c.kind == "incident.reported")
    accepted = []
    for row in connection.execute(reported):
        event = chain.from_row(row).event
        if isinstance(event, IncidentReported) and event.incident.origin is not None:
            origin = event.incident.origin
            accepted.append({"source": origin.source, "source_id": origin.source_id, "seq": row.seq})
    if accepted:
        connection.execute(insert(tables.accepted), accepted)


def _write_tracks(data: Path, past: Past) -> None:
    """As one tail, which the track store makes chunks of in its own time."""
    engine = tables.open_engine(data / tracks.FILE_NAME, syncs=False)
    try:
        track_metadata.create_all(engine)
        with engine.begin() as connection:
            if past.unit_ids:
                names = [{"no": no, "unit_id": unit_id} for no, unit_id in enumerate(past.unit_ids, start=1)]
                connection.execute(insert(track_units), names)
                connection.execute(insert(track_tails), [{"data": Batch(past.no, past.rows).to_bytes()}])
    finally:
        engine.dispose()


def blobs_named(replay: Replay, after_seq: int, until_seq: int) -> Iterable[str]:
    """In a page of the record's events."""
    rows: Sequence[chain.Row] = replay.source.rows(after_seq, until_seq - after_seq)
    return [name for row in rows for name in _found(row.payload)]


def _found(data: bytes) -> Iterable[str]:
    return (found.decode() for found in BLOB_ID.findall(data))
