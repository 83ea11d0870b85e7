"""What a gateway asks of the drill it runs, if it runs one."""

from typing import Protocol

from comms.domain.ids import OfficerId
from comms.domain.scenario import RoleKind
from comms.gateway.context import Refusal, Session
from comms.protocol.drill_commands import DrillCommand
from comms.protocol.pushes import Push


class DrillDoor(Protocol):
    async def answer(self, session: Session, command: DrillCommand) -> Push | Refusal:
        """Raises JournalError. Who may ask is decided before it comes here."""
        ...

    def seat_kind(self, officer_id: OfficerId) -> RoleKind | None:
        """Of the seat he has, if any."""
        ...

    def hears_all(self, officer_id: OfficerId) -> bool:
        """Who directs or observes; trainees, and whoever has no seat, do not."""
        ...
