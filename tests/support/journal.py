"""A real journal in a temporary directory, and a disk that is really full."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from comms.domain.events import JurisdictionDefined, NoteAdded, OfficerDefined, Recorded, TalkgroupDefined, UnitDefined
from comms.domain.ids import JurisdictionId, OfficerId, TalkgroupId, UnitId, officer_party
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.journal.database import Database
from comms.journal.journal import Journal

TOWN, GROUP, UNIT, OFFICER = JurisdictionId("t"), TalkgroupId("g"), UnitId("u"), OfficerId("o")
ACTOR = officer_party(OFFICER)
TOWN_EVENTS = (
    JurisdictionDefined(jurisdiction=Jurisdiction(id=TOWN, name="town", level=Level.TOWN)),
    TalkgroupDefined(talkgroup=Talkgroup(id=GROUP, name="group", jurisdiction_id=TOWN)),
    UnitDefined(unit=Unit(id=UNIT, no=1, name="unit", jurisdiction_id=TOWN, talkgroup_ids=(GROUP,))),
    OfficerDefined(officer_id=OFFICER, name="officer", jurisdiction_id=TOWN),
)


class SteppedClock:
    """Unix seconds that pass only when told."""

    def __init__(self, at: float = 1_000_000.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


class Told:
    """What a journal's subscriber was told, and a way to wait for it."""

    def __init__(self, journal: Journal) -> None:
        self.recorded: list[Recorded] = []
        self.failed: list[str] = []
        self.recovered = asyncio.Event()
        self._changed = asyncio.Event()
        journal.on.recorded.append(self._on_recorded)
        journal.on.failed.append(self.failed.append)
        journal.on.recovered.append(self.recovered.set)

    def _on_recorded(self, recorded: list[Recorded]) -> None:
        self.recorded.extend(recorded)
        self._changed.set()

    async def until(self, is_enough: Callable[[list[Recorded]], bool]) -> list[Recorded]:
        async with asyncio.timeout(40):
            while not is_enough(self.recorded):
                self._changed.clear()
                await self._changed.wait()
        return self.recorded


@asynccontextmanager
async def open_journal(
    data: Path, *, clock: SteppedClock | None = None, busy_timeout_s: float = 5.0
) -> AsyncIterator[Journal]:
    database = Database(data, busy_timeout_s=busy_timeout_s)
    journal = Journal(database, now=(clock or SteppedClock()).now)
    try:
        yield journal
    finally:
        await journal.close()
        database.close()


class DiskLimit:
    """SQLite's own limit of pages, so that a full disk is real to it: SQLITE_FULL in the middle of a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pages = 1_000_000_000
        event.listen(database.engine, "checkout", self._apply)

    def _apply(self, connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={self._pages}")

    def fill(self) -> None:
        """Not one page more than there is now."""
        self._pages = 1

    def free(self) -> None:
        self._pages = 1_000_000_000


def note(text: str = "x") -> NoteAdded:
    return NoteAdded(text=text)


LONG_NOTE = NoteAdded(text="长" * 3000)
"""More than the free room of one page."""
