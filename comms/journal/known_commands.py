"""What a command did that was sent before. Nearly all are sent once, and of those it is known without the file."""

import asyncio
from collections import OrderedDict
from functools import partial

from comms.domain.events import Recorded
from comms.journal import history
from comms.journal.database import Database
from comms.journal.errors import JournalError
from comms.journal.pending import CommandKey, Entry
from comms.journal.sieve import Sieve, bits_for

RECENT_COMMANDS = 20_000
"""Command ids kept at hand with what they did; older ones are looked up."""
PAGE = 5_000
RESTS = 4.0
"""Times as long as a page of a long journal took, at a start; until it is through, whatever is asked is looked up."""
TRY_AGAIN_S = 1.0


class KnownCommands:
    """On the loop it is made on."""

    def __init__(self, database: Database) -> None:
        """Reads the first page of what is in the journal. Raises JournalError."""
        self._database = database
        self._under_way: dict[CommandKey, Entry] = {}
        self._done: OrderedDict[CommandKey, Recorded] = OrderedDict()
        self._sieve = Sieve(bits_for(database.read_now(history.last_seq)))
        page = database.read_now(lambda connection: history.commands_after(connection, None, PAGE))
        self._add(page)
        self.is_complete = len(page) < PAGE
        """The sieve has every command of the journal."""
        self._filling = None if self.is_complete else asyncio.get_running_loop().create_task(self._fill(page[-1]))

    def __contains__(self, key: CommandKey) -> bool:
        return key in self._under_way or key in self._done

    async def find(self, key: CommandKey) -> Recorded | None:
        """Its first event, once durable; None when it was never carried out. Raises JournalError when it is under way
        and fails."""
        found = await self._at_hand(key)
        if found is not None or (self.is_complete and key not in self._sieve):
            return found
        found = await self._database.read(lambda connection: history.find_command(connection, *key))
        return found if found is not None else await self._at_hand(key)

    async def _at_hand(self, key: CommandKey) -> Recorded | None:
        entry = self._under_way.get(key)
        return (await entry.result())[0] if entry is not None else self._done.get(key)

    def begin(self, entry: Entry) -> None:
        if entry.key is not None:
            self._under_way[entry.key] = entry
            self._sieve.add(entry.key)  # also what fails in the end: it is looked up once more then, that is all

    def finish(self, entry: Entry) -> None:
        if entry.key is None:
            return
        del self._under_way[entry.key]
        self._done[entry.key] = entry.recorded[0]
        if len(self._done) > RECENT_COMMANDS:
            self._done.popitem(last=False)

    def forget_under_way(self) -> None:
        self._under_way.clear()

    async def close(self) -> None:
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.wait([self._filling])

    def _add(self, page: list[CommandKey]) -> None:
        for key in page:
            self._sieve.add(key)

    async def _fill(self, last: CommandKey) -> None:
        """What is recorded meanwhile is in the sieve by `begin`, wherever its id comes in the order of ids."""
        loop = asyncio.get_running_loop()
        while not self.is_complete:
            began = loop.time()
            try:
                page = await self._database.read(partial(history.commands_after, last=last, limit=PAGE))
            except JournalError:
                await asyncio.sleep(TRY_AGAIN_S)
                continue
            self._add(page)
            if len(page) < PAGE:
                self.is_complete = True
            else:
                last = page[-1]
                await asyncio.sleep(RESTS * (loop.time() - began))
