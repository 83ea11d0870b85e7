"""What a terminal asked and waits for: answered, failed with the connection, or kept until it is back."""

import asyncio
import uuid
from collections.abc import Callable

from comms.domain.ids import CommandId
from comms.link.line import LinkLostError
from comms.link.outbox import Outbox
from comms.protocol.commands import Command
from comms.protocol.pushes import Push


class Asking:
    """`send` puts a command on the wire; it is called only between `came_up` and `went_down`."""

    def __init__(self, send: Callable[[Command], None], *, name: str, run: str = "") -> None:
        """`run` is a word for this life of the fleet, by which its ids differ from those of every other; a random one
        when it is empty."""
        self.says_twice = False
        """Fault: send every durable command twice, as a terminal with a bad outbox would."""
        self._send = send
        self._is_up = False
        self._outbox = Outbox()
        self._durable: dict[CommandId, asyncio.Future[Push]] = {}
        self._waiting: dict[CommandId, asyncio.Future[Push]] = {}
        self._prefix = f"{name}-{run or uuid.uuid4().hex[:12]}"
        self._count = 0

    def new_id(self) -> CommandId:
        """Never used before, by anybody: a word for this run and a count."""
        self._count += 1
        return CommandId(f"{self._prefix}-{self._count:x}")

    def request(self, command: Command) -> "asyncio.Future[Push]":
        """The answer to come; LinkLostError in it when the link is or goes down first."""
        future: asyncio.Future[Push] = asyncio.get_running_loop().create_future()
        if self._is_up:
            self._waiting[command.id] = future
            self._send(command)
        else:
            _fail(future, "not connected")
        return future

    def request_durable(self, command: Command) -> "asyncio.Future[Push]":
        """As `request`, but kept and sent again, in order, on every new connection until answered."""
        future = self._durable.get(command.id)
        if future is None:
            future = self._durable[command.id] = asyncio.get_running_loop().create_future()
            self._outbox.add(command)
            if self._is_up:
                for _ in range(1 + self.says_twice):
                    self._send(command)
        return future

    def came_up(self) -> None:
        self._is_up = True
        for command in self._outbox.unanswered():
            self._send(command)

    def went_down(self) -> None:
        self._is_up = False
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            _fail(future, "the connection was lost")

    def stopped(self) -> None:
        """Nobody will answer any more."""
        self.went_down()
        for future in self._durable.values():
            _fail(future, "the terminal was switched off")
        self._durable.clear()

    def answered(self, command_id: CommandId, answer: Push) -> None:
        """An answer nobody waits for (one given twice, one nobody asked for) is dropped."""
        future = self._waiting.pop(command_id, None)
        if future is None and self._outbox.answered(command_id):
            future = self._durable.pop(command_id, None)
        if future is not None and not future.done():
            future.set_result(answer)


def _fail(future: "asyncio.Future[Push]", detail: str) -> None:
    if not future.done():
        future.set_exception(LinkLostError(detail))
        future.exception()  # fine when nobody asks any more
