"""Whether a journal's file is whole, and where it is not: every event's hash, that none is missing, that what is kept
beside the events follows from them, and that anchors kept elsewhere hold. Changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import create_engine, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from comms.domain.picture import Picture
from comms.journal import chain, tail
from comms.journal.anchor import Anchor
from comms.journal.beginning import Beginning, beginning_of
from comms.journal.database import FILE_NAME, check_file
from comms.journal.errors import JournalDamagedError
from comms.journal.tables import accepted, checkpoints, events

MOST_TOLD = 20
"""Places told of; one who has altered thousands is not told of in thousands of lines."""


Beside = Callable[[Connection], Iterable[chain.Break]]
"""What else is to be held against the journal: its archive."""


def nothing_beside(_: Connection) -> tuple[chain.Break, ...]:
    return ()


def verify(
    data: Path, anchors: Sequence[Anchor] = (), *, is_folding: bool = False, beside: Beside = nothing_beside
) -> tuple[int, bytes]:
    """The last seq and its hash. Raises JournalDamagedError or FileNotFoundError with a plain sentence."""
    found, end = examine(data, anchors, is_folding=is_folding, beside=beside)
    if found:
        raise JournalDamagedError(_sentence(data, found))
    return end


def examine(
    data: Path, anchors: Sequence[Anchor] = (), *, is_folding: bool = False, beside: Beside = nothing_beside
) -> tuple[list[chain.Break], tuple[int, bytes]]:
    """Every place that is not as it was written, at most MOST_TOLD, and the last seq with its hash. `is_folding` also
    makes the kept picture anew, which takes some times as long. Raises FileNotFoundError, and JournalDamagedError when
    the file is no database."""
    path = data / FILE_NAME
    if not path.exists():
        raise FileNotFoundError(f"There is no journal in {data}; name the gateway's data directory.")
    check_file(path)
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            found, end = _examine(connection, anchors, is_folding)
            lacking = tail.missing(connection, data) if not found else None
            told = [*beside(connection), *found, *([] if lacking is None else [chain.Break(end[0] + 1, lacking)])]
            return told[:MOST_TOLD], end
    except DatabaseError as error:
        return [chain.Break(0, str(error.orig))], (0, chain.GENESIS)
    finally:
        engine.dispose()


def told(found: chain.Break) -> str:
    """Event, table, time and what."""
    at = found.at
    try:
        when = f", {datetime.fromtimestamp(at, UTC).isoformat(' ', 'seconds')}" if at is not None else ""
    except (ValueError, OverflowError, OSError):  # a time that was altered may be any number
        when = f", at {at}"
    return f"event {found.seq} (table {found.table}{when}): {found.what}"


def _sentence(data: Path, found: list[chain.Break]) -> str:
    first = found[0]
    others = "".join(f"\n- {told(each)}" for each in found)
    return (
        f"The journal {data / FILE_NAME} is damaged at event {first.seq}: {first.what}. Restore the newest backup of "
        f"{data}; every event before that one is as it was written.{others}"
    )


def _examine(
    connection: Connection, anchors: Sequence[Anchor], is_folding: bool
) -> tuple[list[chain.Break], tuple[int, bytes]]:
    beginning = beginning_of(connection)
    rows = connection.execution_options(yield_per=1000).execute(select(events).order_by(events.c.seq))
    walk = _Walk(beginning.seq, beginning.head, {anchor.seq: anchor for anchor in anchors})
    found = list(walk.breaks(rows))
    found += walk.beyond_the_end(anchors)
    found += _beside(connection, walk, beginning, is_folding)
    return found, (walk.seq, walk.head)


class _Walk:
    """Along the rows. After a break it goes on with what the row says, so that each harm is told of where it is."""

    def __init__(self, seq: int, head: bytes, anchors: dict[int, Anchor]) -> None:
        self.seq, self.head, self.at = seq, head, None if seq == 0 else 0.0
        self._anchors = anchors
        self._held: int | None = None

    def breaks(self, rows: Iterable[Any]) -> Iterator[chain.Break]:
        for row in rows:
            found = chain.follow(row, after_seq=self.seq, head=self.head)
            if isinstance(found, chain.Break):
                yield found
            self.seq = row.seq
            self.head = row.hash if isinstance(row.hash, bytes) else chain.GENESIS
            self.at = row.at if isinstance(row.at, float) else self.at
            anchor = self._anchors.get(row.seq)
            if anchor is not None:
                yield from self._held_against(anchor)

    def _held_against(self, anchor: Anchor) -> Iterator[chain.Break]:
        if anchor.hash == self.head.hex():
            self._held = anchor.seq
            return
        since = f"after event {self._held}, the last that an anchor holds for" if self._held else "from the beginning"
        yield chain.Break(anchor.seq, f"it is not the one an anchor was made of; made anew {since}", anchor.at)

    def beyond_the_end(self, anchors: Sequence[Anchor]) -> Iterator[chain.Break]:
        """The newest anchor alone tells how much is missing."""
        last = max(anchors, key=lambda anchor: anchor.seq, default=None)
        if last is not None and last.seq > self.seq:
            first = self.seq + 1
            what = f"events {first} to {last.seq} are missing at the end, but an anchor was made of the last"
            yield chain.Break(first, what, last.at)


def _beside(connection: Connection, walk: _Walk, beginning: Beginning, is_folding: bool) -> Iterator[chain.Break]:
    """What lies beside the events and follows from them."""
    for row in connection.execute(select(checkpoints)):
        kept = connection.execute(select(events.c.hash, events.c.at).where(events.c.seq == row.seq)).first()
        if kept is None or kept.hash != row.hash:
            if row.seq > beginning.seq:
                yield chain.Break(row.seq, "it is missing, but a checkpoint was made of it", table="checkpoint")
        elif is_folding and not _is_what_they_make(connection, row, beginning.picture):
            what = "the picture kept of it is not what the events make; the gateway makes it anew without that row"
            yield chain.Break(row.seq, what, kept.at, "checkpoint")
    last = walk.seq
    for row in connection.execute(select(accepted.c.seq).where(accepted.c.seq > last).order_by(accepted.c.seq)):
        yield chain.Break(row.seq, "a work order was made an incident by it, but it is missing", table="accepted")


def _is_what_they_make(connection: Connection, checkpoint: Any, beginning: bytes) -> bool:
    """The events folded anew. Those that do not fold cannot be compared; what is wrong with them was told."""
    try:
        kept = msgspec.json.decode(checkpoint.picture, type=Picture)
        made = msgspec.json.decode(beginning, type=Picture) if beginning else Picture()
        query = select(events).where(events.c.seq > made.seq, events.c.seq <= checkpoint.seq).order_by(events.c.seq)
        for row in connection.execution_options(yield_per=1000).execute(query):
            made.apply(chain.from_row(row))
    except (msgspec.DecodeError, KeyError, ValueError):
        return True
    return msgspec.json.encode(made) == msgspec.json.encode(kept)
