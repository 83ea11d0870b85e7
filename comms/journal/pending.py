"""What was appended and is not yet durable, and which commands were carried out lately."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from comms.domain.events import Recorded
from comms.domain.ids import CommandId, PartyId
from comms.journal.errors import JournalError

RECENT_COMMANDS = 20_000
"""Command ids kept at hand; older ones are looked up."""

CommandKey = tuple[PartyId, CommandId]
Outcome = list[Recorded] | JournalError


@dataclass(slots=True, eq=False)
class Entry:
    """One append. `outcome` is None when nobody waits."""

    recorded: list[Recorded]
    outcome: "asyncio.Future[Outcome] | None"
    key: CommandKey | None

    async def result(self) -> list[Recorded]:
        """Raises JournalError. A caller that is cancelled leaves it to others who wait."""
        assert self.outcome is not None
        outcome = await asyncio.shield(self.outcome)
        if isinstance(outcome, JournalError):
            raise outcome
        return outcome

    def resolve(self, outcome: Outcome) -> None:
        if self.outcome is not None and not self.outcome.done():
            self.outcome.set_result(outcome)


class CommandIndex:
    """Finds what a command did, while it is under way and for a good while after."""

    def __init__(self) -> None:
        self._under_way: dict[CommandKey, Entry] = {}
        self._done: OrderedDict[CommandKey, Recorded] = OrderedDict()

    def __contains__(self, key: CommandKey) -> bool:
        return key in self._under_way or key in self._done

    async def find(self, key: CommandKey) -> Recorded | None:
        """Its first event, once durable. Raises JournalError when it is under way and fails."""
        entry = self._under_way.get(key)
        return (await entry.result())[0] if entry is not None else self._done.get(key)

    def begin(self, entry: Entry) -> None:
        if entry.key is not None:
            self._under_way[entry.key] = entry

    def finish(self, entry: Entry) -> None:
        if entry.key is None:
            return
        del self._under_way[entry.key]
        self._done[entry.key] = entry.recorded[0]
        if len(self._done) > RECENT_COMMANDS:
            self._done.popitem(last=False)

    def forget_under_way(self) -> None:
        self._under_way.clear()
