"""The one thread that writes. Whatever has queued up goes into one transaction, so that a burst costs one sync."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Engine, delete, insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from comms.domain.events import IncidentReported, Recorded
from comms.journal import case_versions, chain, tables
from comms.journal.errors import JournalError
from comms.journal.tail import TailMark

MAX_GROUP = 1000
"""Most things written in one transaction."""
TRIAL_INTERVAL_S = 1.0
"""How often a store that failed is tried again."""
TRIAL_BYTES = 65_536
"""What a trial writes: enough that success means room for more than one event."""

Write = Callable[[Connection], Any]


class WriterEvents(Protocol):
    """What the writer tells, always on its own thread."""

    def appended(self, count: int) -> None:
        """The oldest `count` appends not yet told of are durable."""

    def failed(self, epoch: int, reason: str) -> None:
        """No append of this epoch that was not told of as durable will be."""

    def recovered(self) -> None:
        """The store takes writes again."""

    def stopped(self) -> None:
        """Nothing more will be told."""


@dataclass(frozen=True, slots=True)
class _Append:
    epoch: int
    recorded: tuple[Recorded, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    write: Write
    future: "Future[Any]"


@dataclass(frozen=True, slots=True)
class _Clash:
    """A change that could not be made while the store itself is well."""

    error: Exception


class _Stop:
    pass


_Item = _Append | _Change | _Stop


class Writer:
    """`submit_*` may be called from any thread. A failed commit ends an epoch: appends of that epoch still queued
    are dropped, because their seqs build on what did not become durable."""

    def __init__(self, engine: Engine, told: WriterEvents, *, head: bytes, mark: TailMark | None = None) -> None:
        self._engine = engine
        self._mark = mark
        self._told = told
        self._head = head
        self._epoch = 0
        self._is_failing = False
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal-writer")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what is queued, then tell `stopped` and end."""
        self._queue.put(_Stop())

    def join(self) -> None:
        self._thread.join()

    def append(self, epoch: int, recorded: tuple[Recorded, ...]) -> None:
        self._queue.put(_Append(epoch, recorded))

    def change(self, write: Write) -> "Future[Any]":
        """Any other write, in the same transactions. The future gets its result, or JournalError."""
        future: Future[Any] = Future()
        self._queue.put(_Change(write, future))
        return future

    def _run(self) -> None:
        while not self._turn():
            pass

    def _turn(self) -> bool:
        """Writes what has queued up, waiting for the first of it. True when that was the end."""
        items = self._gather()
        is_stopping = any(isinstance(item, _Stop) for item in items)
        work = [item for item in items if not isinstance(item, _Stop) and not self._is_stale(item)]
        is_written = self._write(work) if work else True
        if self._is_failing and is_written and not is_stopping:
            self._try_again()
        if is_stopping:
            if self._mark is not None:
                self._mark.close()
            self._told.stopped()
        return is_stopping

    def _gather(self) -> list[_Item]:
        try:
            items = [self._queue.get(timeout=TRIAL_INTERVAL_S if self._is_failing else None)]
        except queue.Empty:
            return []
        while len(items) < MAX_GROUP:
            try:
                items.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return items

    def _is_stale(self, item: _Append | _Change) -> bool:
        return isinstance(item, _Append) and item.epoch < self._epoch

    def _write(self, work: list[_Append | _Change]) -> bool:
        """False when the store did not take it."""
        appends = [item for item in work if isinstance(item, _Append)]
        changes = [item for item in work if isinstance(item, _Change)]
        results: list[tuple[_Change, Any]] = []
        try:
            with self._engine.begin() as connection:
                head = self._insert(connection, appends)
                results = [(item, _carry_out(connection, item.write)) for item in changes]
        except (SQLAlchemyError, OSError) as error:
            self._fail(changes, _reason(error))
            return False
        self._head = head
        if appends:
            if self._mark is not None:
                self._mark.note(appends[-1].recorded[-1].seq, head)
            self._told.appended(len(appends))
        for item, result in results:
            if isinstance(result, _Clash):
                item.future.set_exception(result.error)
            else:
                item.future.set_result(result)
        return True

    def _insert(self, connection: Connection, appends: list[_Append]) -> bytes:
        head = self._head
        rows = []
        for item in appends:
            for recorded in item.recorded:
                row = chain.to_row(recorded, previous=head)
                head = row.hash
                rows.append({name: getattr(row, name) for name in chain.Row.__slots__})
        if rows:
            connection.execute(insert(tables.events), rows)
        seen = [_accepted(recorded) for item in appends for recorded in item.recorded]
        accepted = [each for each in seen if each is not None]
        if accepted:
            connection.execute(insert(tables.accepted), accepted)
        case_versions.follow(connection, (recorded for item in appends for recorded in item.recorded))
        return head

    def _fail(self, changes: list[_Change], reason: str) -> None:
        # A connection that met an I/O error may be in any state: the next attempt starts with a new one.
        self._engine.dispose()
        failed_epoch, self._epoch = self._epoch, self._epoch + 1
        self._is_failing = True
        for item in changes:
            item.future.set_exception(JournalError(reason))
        self._told.failed(failed_epoch, reason)

    def _try_again(self) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(tables.trials), [{"data": bytes(TRIAL_BYTES)}])
                connection.execute(delete(tables.trials))
        except (SQLAlchemyError, OSError):
            self._engine.dispose()
            return
        self._is_failing = False
        self._told.recovered()


def _accepted(recorded: Recorded) -> dict[str, str | int] | None:
    """The row of an event that made an incident of a work order."""
    event = recorded.event
    if not isinstance(event, IncidentReported) or event.incident.origin is None:
        return None
    origin = event.incident.origin
    return {"source": origin.source, "source_id": origin.source_id, "seq": recorded.seq}


def _carry_out(connection: Connection, write: Write) -> Any:
    """The write's result, or what was wrong with it alone: that is its own affair, not the group's."""
    try:
        with connection.begin_nested():
            return write(connection)
    except IntegrityError as error:
        return _Clash(JournalError(_reason(error)))
    except (SQLAlchemyError, OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - this thread must outlive a mistake in what it is given; its giver is told
        return _Clash(error)


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)


MakeWriter = Callable[..., Writer]
