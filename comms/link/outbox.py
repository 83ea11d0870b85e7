"""Durable commands on their way: kept in order until answered, sent again on every new connection."""

from comms.domain.ids import CommandId
from comms.protocol.commands import Command


class Outbox:
    """The same id is sent each time, so that the gateway carries it out once however often the network drops."""

    def __init__(self) -> None:
        self._waiting: dict[CommandId, Command] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, command_id: CommandId) -> bool:
        return command_id in self._waiting

    def add(self, command: Command) -> bool:
        """Keep a command at the end. False when its id is already kept: then nothing changes."""
        if command.id in self._waiting:
            return False
        self._waiting[command.id] = command
        return True

    def answered(self, command_id: CommandId) -> bool:
        """Forget an answered command. False for an id that is not kept (answered before, or not durable)."""
        return self._waiting.pop(command_id, None) is not None

    def unanswered(self) -> tuple[Command, ...]:
        """Everything to send on a new connection, oldest first."""
        return tuple(self._waiting.values())
