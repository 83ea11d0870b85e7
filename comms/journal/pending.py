"""What was appended and is not yet durable."""

import asyncio
from dataclasses import dataclass

from comms.domain.events import Recorded
from comms.domain.ids import CommandId, PartyId
from comms.journal.errors import JournalError

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
