"""What a gateway asks of the drill it runs, if it runs one."""

from typing import Protocol

from comms.domain.ids import OfficerId
from comms.gateway.context import Refusal, Session
from comms.protocol.drill_commands import DrillCommand
from comms.protocol.pushes import Push


class DrillDoor(Protocol):
    async def answer(self, session: Session, command: DrillCommand) -> Push | Refusal:
        """Raises JournalError. Who may do what is decided behind the door."""
        ...

    def hears_all(self, officer_id: OfficerId) -> bool:
        """Who directs or observes; trainees, and whoever has no seat, do not."""
        ...
