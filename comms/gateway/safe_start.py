"""A start in safe mode, and the copies that make one possible."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from argon2 import PasswordHasher

from comms.gateway.footing import Footing
from comms.journal import safe_mode
from comms.journal.accounts import Accounts
from comms.journal.blobs import Blobs
from comms.journal.database import Database, DirectoryLock
from comms.journal.errors import JournalError
from comms.journal.good_copy import encode_picture, save_good_copy
from comms.journal.journal import Journal

COPY_EVERY_S = 300.0
_log = logging.getLogger(__name__)


@asynccontextmanager
async def safe_storage(
    data: Path, error: Exception, footing: Footing, *, hasher: PasswordHasher | None = None
) -> AsyncIterator[tuple[Journal, Accounts, Blobs, Path]]:
    """What can be served without the journal, and the folder in memory where it lies.

    Raises `error` again when nobody could sign in, and JournalInUseError."""
    async with AsyncExitStack() as stack:
        with contextlib.suppress(OSError):  # a disk that takes no lock has no second gateway that writes to it either
            stack.callback(DirectoryLock(data).release)
        salvaged = safe_mode.salvage(data)
        if salvaged is None:
            raise error
        _log.error("SAFE MODE, nothing is recorded: %s", error)
        folder = stack.enter_context(safe_mode.memory_folder())
        database = Database(folder)
        stack.callback(database.close)
        safe_mode.fill(database, salvaged)
        database.safe_reason = safe_mode.reason_of(error)
        journal = safe_mode.SafeJournal(database, now=footing.clock.now)
        stack.push_async_callback(journal.close)
        now = footing.wall_now or footing.clock.now
        accounts = Accounts(safe_mode.SafeAccounts(journal), now=now, hasher=hasher, realm=footing.realm)
        stack.callback(accounts.close)
        blobs = safe_mode.SafeBlobs(data / "blobs")
        stack.callback(blobs.close)
        yield journal, accounts, blobs, folder


class GoodCopies:
    """Made at the start, from time to time while there is something new, and at the end."""

    def __init__(self, journal: Journal, data: Path) -> None:
        self._journal = journal
        self._data = data
        self._kept_seq = -1
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._keep(), name="good copies")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._make()

    async def _keep(self) -> None:
        while True:
            await self._make()
            await asyncio.sleep(COPY_EVERY_S)

    async def _make(self) -> None:
        picture = self._journal.durable
        if picture.seq == self._kept_seq or self._journal.is_failing:
            return
        seq, encoded = picture.seq, encode_picture(picture)
        try:
            await self._journal.read(
                lambda connection: save_good_copy(connection, self._data, seq=seq, picture=encoded)
            )
            self._kept_seq = seq
        except JournalError as error:
            _log.info("the last good copy was not made: %s", error)
