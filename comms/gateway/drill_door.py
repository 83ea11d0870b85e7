"""What a gateway asks of the drill it runs, if it runs one."""

from typing import Protocol

from comms.gateway.context import Refusal, Session
from comms.protocol.drill_commands import DrillCommand
from comms.protocol.pushes import Push


class DrillDoor(Protocol):
    async def answer(self, session: Session, command: DrillCommand) -> Push | Refusal:
        """Raises JournalError. Who may do what is decided behind the door."""
        ...
