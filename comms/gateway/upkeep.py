"""What looks after the journal while its gateway runs: anchors outside the database, and what was done to it from the
command line, taken into the chain."""

import asyncio
import logging
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import Connection

from comms.domain.audit_events import DigestKind, DigestSwitched
from comms.domain.ids import GATEWAY
from comms.gateway.anchor_state import AnchorState
from comms.gateway.context import Clock, Timer
from comms.gateway.health import Health
from comms.journal import noted
from comms.journal.anchor import (
    FILE_NAME,
    Anchor,
    AnchorError,
    Signing,
    append_anchor,
    last_anchor,
    make_anchor,
    open_key,
)
from comms.journal.beginning import beginning_of
from comms.journal.digest import kind_of_digest
from comms.journal.errors import JournalError
from comms.journal.journal import Journal
from comms.journal.tables import events

_log = logging.getLogger(__name__)
LOOK_S = 60.0


class Upkeep:
    """On the gateway's loop; files are written on a thread of the journal's readers."""

    health: Health | None = None

    def __init__(
        self, journal: Journal, data: Path, *, clock: Clock, anchor_every_s: float, anchor_directory: Path | None
    ) -> None:
        self.anchors = AnchorState()
        self._journal, self._data, self._clock = journal, data, clock
        self._every_s, self._directory = anchor_every_s, anchor_directory
        self._signing: Signing | None = None
        self._due_s = 0.0
        self._has_looked = False
        self._is_forged = False
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """The first anchor comes with the first look; until then the last one of an earlier run counts."""
        known = last_anchor(self._data / FILE_NAME)
        if known is not None:
            self.anchors.seq, self.anchors.made_at, self.anchors.key = known.seq, known.made_at, known.key
            held = await self._journal.read(partial(_is_held, known))
            if not held:
                self._is_forged = True  # an anchor of what is forged would vouch for it
                self.anchors.fault = f"the journal is not what its anchor of event {known.seq} says; look with `verify`"
                _log.error("%s", self.anchors.fault)
        await self._take_notes_if_it_can()
        self._again()

    async def close(self) -> None:
        """A last anchor, so that what was done before a stop is held; not of a gateway that hardly ran."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await self._task
        if self._has_looked or self._directory is not None:
            await self._anchor()

    async def look(self) -> None:
        self._has_looked = True
        await self._take_notes_if_it_can()
        if self._clock.monotonic() >= self._due_s:
            self._due_s = self._clock.monotonic() + self._every_s
            await self._anchor()

    def _again(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + LOOK_S, self._begin_look)

    def _begin_look(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self.look(), name="upkeep")
        self._again()

    async def _take_notes_if_it_can(self) -> None:
        try:
            await self._take_notes()
        except JournalError as error:
            _log.warning("what was done from the command line waits: %s", error)

    async def _take_notes(self) -> None:
        """Recorded first and forgotten then: a crash between tells one twice, and none is lost."""
        found = await self._journal.read(noted.waiting)
        if found.last:
            await self._journal.record(GATEWAY, found.events)
            await self._journal.change(lambda connection: noted.forget(connection, found.last))

    async def _anchor(self) -> None:
        if self._is_forged:
            return
        try:
            now = self._clock.now()
            await self._journal.read(lambda connection: self._write(_end(connection), now))
            self.anchors.fault = ""
        except (AnchorError, OSError, JournalError) as error:
            self.anchors.fault = str(error)
            _log.warning("no anchor could be written: %s", error)

    def _write(self, end: tuple[int, bytes, float] | None, now: float) -> None:
        """On a reader's thread. Nothing new, no new anchor."""
        if end is None or end[0] == self.anchors.seq:
            return
        seq, digest, at = end
        if self._signing is None:
            self._signing = open_key(self._data)
            self.anchors.key = self._signing.public
        anchor = make_anchor(self._signing, seq=seq, digest=digest, at=at, made_at=now)
        paths = [self._data / FILE_NAME]
        if self._directory is not None:
            paths.append(self._directory / f"anchors-{self._signing.public[:16]}.jsonl")
        for path in reversed(paths):  # the one elsewhere is the one that matters
            append_anchor(path, anchor)
        self.anchors.seq, self.anchors.made_at, self.anchors.paths = seq, now, paths


def _is_held(anchor: Anchor, connection: Connection) -> bool:
    """What was moved into an archive is held against its anchors by `verify`."""
    if anchor.seq <= beginning_of(connection).seq:
        return True
    kept = connection.execute(select(events.c.hash).where(events.c.seq == anchor.seq)).scalar()
    return isinstance(kept, bytes) and kept.hex() == anchor.hash


def _end(connection: Connection) -> tuple[int, bytes, float] | None:
    row = connection.execute(
        select(events.c.seq, events.c.hash, events.c.at).order_by(events.c.seq.desc()).limit(1)
    ).first()
    return (row.seq, row.hash, row.at) if row is not None else None


async def switched(journal: Journal, wanted: DigestKind | None) -> tuple[DigestSwitched, ...]:
    """The event that goes on with another algorithm; none where the journal is made with it, or none is wanted."""
    if wanted is None:
        return ()
    end = await journal.read(_end)
    before = (kind_of_digest(end[1]) if end is not None else None) or DigestKind.SHA256
    return (DigestSwitched(before=before, after=wanted),) if wanted is not before else ()
