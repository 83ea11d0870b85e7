"""The journal: the append-only record of every event, and the picture folded from it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy.engine import Connection

from comms.domain.events import Event, FaultNoted, Recorded
from comms.domain.ids import GATEWAY, CommandId, PartyId
from comms.domain.incident import Origin
from comms.domain.picture import Picture
from comms.domain.recording_gap import RecordingGap
from comms.journal import history
from comms.journal.database import Database
from comms.journal.errors import JournalError, RepeatedCommandError, UnknownNounError
from comms.journal.known_commands import KnownCommands
from comms.journal.pending import Entry, Outcome
from comms.journal.tail import TailMark
from comms.journal.writer import MakeWriter, Writer

_log = logging.getLogger(__name__)

RECENT_EVENTS = 2000
"""Durable events kept at hand, for desks that come back."""
CHECKPOINT_EVENTS = 20_000
STORE_FAULT = "store_failed"

T = TypeVar("T")


@dataclass(slots=True)
class _Fault:
    since: float
    reason: str
    refused: int = 0
    dropped: int = 0

    def count(self, outcome: object | None) -> None:
        """One more append was lost; nobody waited for it when there is no outcome."""
        if outcome is None:
            self.dropped += 1
        else:
            self.refused += 1

    def gap(self, now: float) -> RecordingGap:
        return RecordingGap(lasted_s=round(now - self.since, 1), refused=self.refused, dropped=self.dropped)


@dataclass(slots=True)
class Subscribers:
    """Called on the loop, in the order of the journal. They must not raise."""

    recorded: list[Callable[[list[Recorded]], None]] = field(default_factory=list)
    """Durable events, each exactly once, without gaps."""
    failed: list[Callable[[str], None]] = field(default_factory=list)
    """The store cannot take anything; the picture has gone back to what is durable."""
    recovered: list[Callable[[], None]] = field(default_factory=list)
    """The store takes events again; what was dropped meanwhile is not in the picture."""


class Journal:
    """All methods belong to the loop it was opened on; the SQL runs on its writer's thread.
    `picture` has every event at once, so that the next decision sees it; `durable` has what desks may be told.
    """

    def __init__(self, database: Database, *, now: Callable[[], float], make_writer: MakeWriter = Writer) -> None:
        """Reads the picture. Raises JournalDamagedError when the chain does not hold."""
        self.database = database
        self._now = now
        past = history.load(database, recent=RECENT_EVENTS)
        self.durable: Picture = past.picture
        self.picture: Picture = history.copy_picture(past.picture)
        self.recent: deque[Recorded] = deque(past.recent, maxlen=RECENT_EVENTS)
        self.on = Subscribers()
        self._pending: deque[Entry] = deque()
        self._commands = KnownCommands(database)
        self._epoch = 0
        self._fault: _Fault | None = None
        self._checkpoint_at = past.checkpoint_seq + CHECKPOINT_EVENTS
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._writer = make_writer(database.engine, self, head=past.head, mark=TailMark(database.path.parent))
        self._writer.start()

    @property
    def is_failing(self) -> bool:
        return self._fault is not None

    async def record(
        self, actor: PartyId, events: Iterable[Event], *, command_id: CommandId | None = None
    ) -> list[Recorded]:
        """Durable when it returns, and told. Raises JournalError: then nothing happened.

        The events are in the picture before the first suspension, so a decision and its record are one step."""
        entry = self._append(actor, events, command_id, outcome=self._loop.create_future())
        if not entry.recorded:
            return []
        return await entry.result()

    def record_soon(self, actor: PartyId, events: Iterable[Event]) -> None:
        """The same order, without waiting. Dropped and counted while the store is failing, and dropped when it
        names what was dropped before (the end of a call whose start is not in the journal)."""
        try:
            self._append(actor, events, None, outcome=None)
        except JournalError:
            pass  # counted; what it cost is told when the store is back
        except UnknownNounError as error:
            _log.warning("not recorded: %s", error)

    async def find_command(self, actor: PartyId, command_id: CommandId) -> Recorded | None:
        """The first event of a command that was carried out before, once durable; None when it never was.
        A caller that goes straight on to `record` cannot be overtaken by the same command on another connection."""
        return await self._commands.find((actor, command_id))

    async def was_accepted(self, origin: Origin) -> bool:
        """Whether a work order became an incident, however long ago; what is under way is in the picture."""
        return await self.read(lambda connection: history.was_accepted(connection, origin))

    async def read_log(self, *, before_seq: int | None, limit: int) -> list[Recorded]:
        """Durable events below `before_seq` (or the newest), oldest first."""
        return await self.database.read(lambda connection: history.page(connection, before_seq, limit))

    def since(self, seq: int) -> list[Recorded] | None:
        """The durable events after `seq`, or None when they are not all at hand."""
        missing = self.durable.seq - seq
        if not 0 <= missing <= len(self.recent):
            return None
        return list(islice(self.recent, len(self.recent) - missing, None))

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self.database.read(query)

    async def change(self, write: Callable[[Connection], T]) -> T:
        """Another write (accounts) in the same transactions. Raises JournalError."""
        result: T = await asyncio.wrap_future(self._writer.change(write))
        return result

    async def close(self) -> None:
        """Writes what is queued, then a checkpoint, and stops the writer. The database stays open."""
        await self._commands.close()
        if not self.is_failing:
            self._checkpoint()
        self._writer.stop()
        await self._stopped.wait()
        self._writer.join()

    # --- appending ----------------------------------------------------------------------------------

    def _append(
        self,
        actor: PartyId,
        events: Iterable[Event],
        command_id: CommandId | None,
        *,
        outcome: "asyncio.Future[Outcome] | None",
    ) -> Entry:
        if self._fault is not None:
            self._fault.count(outcome)
            raise JournalError(self._fault.reason)
        key = (actor, command_id) if command_id is not None else None
        if key is not None and key in self._commands:
            raise RepeatedCommandError(f"{actor} sent {command_id} before")
        recorded = self._fold(actor, events, command_id)
        entry = Entry(recorded, outcome, key)
        if recorded:
            self._pending.append(entry)
            self._commands.begin(entry)
            self._writer.append(self._epoch, tuple(recorded))
        return entry

    def _fold(self, actor: PartyId, events: Iterable[Event], command_id: CommandId | None) -> list[Recorded]:
        at = self._now()
        recorded: list[Recorded] = []
        for event in events:
            record = Recorded(
                seq=self.picture.seq + 1,
                at=at,
                actor=actor,
                event=event,
                command_id=command_id if not recorded else None,
            )
            try:
                self.picture.apply(record)
            except KeyError as missing:
                self._refold()
                raise UnknownNounError(f"{type(event).__name__} names {missing}, which is not in the picture") from None
            recorded.append(record)
        return recorded

    def _refold(self) -> None:
        """Make the picture again from what is durable and what is under way."""
        self.picture = history.copy_picture(self.durable)
        for entry in self._pending:
            for recorded in entry.recorded:
                self.picture.apply(recorded)

    # --- what the writer tells, from its thread -----------------------------------------------------

    def appended(self, count: int) -> None:
        self._loop.call_soon_threadsafe(self._on_appended, count)

    def failed(self, epoch: int, reason: str) -> None:
        self._loop.call_soon_threadsafe(self._on_failed, epoch, reason)

    def recovered(self) -> None:
        self._loop.call_soon_threadsafe(self._on_recovered)

    def stopped(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)

    def _on_appended(self, count: int) -> None:
        done = [self._pending.popleft() for _ in range(count)]
        recorded = [item for entry in done for item in entry.recorded]
        for item in recorded:
            self.durable.apply(item)
        self.recent.extend(recorded)
        for entry in done:
            self._commands.finish(entry)
        try:
            for tell in self.on.recorded:
                tell(recorded)
        finally:
            for entry in done:
                entry.resolve(entry.recorded)
        if self.durable.seq >= self._checkpoint_at:
            self._checkpoint()

    def _on_failed(self, epoch: int, reason: str) -> None:
        assert epoch == self._epoch
        self._epoch += 1
        if self._fault is not None:
            return
        lost, self._pending = self._pending, deque()
        self._commands.forget_under_way()
        self.picture = history.copy_picture(self.durable)
        self._fault = _Fault(self._now(), reason)
        _log.error("the journal cannot be written: %s", reason)
        for entry in lost:
            self._fault.count(entry.outcome)
            entry.resolve(JournalError(reason))
        for tell in self.on.failed:
            tell(reason)

    def _on_recovered(self) -> None:
        fault, self._fault = self._fault, None
        if fault is None:
            return
        gap = fault.gap(self._now())
        _log.info("the journal can be written again: %s", gap)
        begun = FaultNoted(code=STORE_FAULT, detail=fault.reason, gap=gap)
        self.record_soon(GATEWAY, [begun, FaultNoted(code=STORE_FAULT, is_over=True)])
        for tell in self.on.recovered:
            tell()

    def _checkpoint(self) -> None:
        self._checkpoint_at = self.durable.seq + CHECKPOINT_EVENTS
        if self.durable.seq:
            self._writer.change(history.save_checkpoint(self.durable))
