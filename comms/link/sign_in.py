"""The first words of a connection: enrol or refresh when needed, sign in, and understand the answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import CommandId
from comms.link.cause import CutAtTheDoorError
from comms.link.wire import BrokenPeerError, reply_id
from comms.protocol.codec import decode_push, encode
from comms.protocol.commands import Command
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Enrolled, Push, Refused, SessionEnded, TokenGranted, Welcome

STEPS = 3
"""Refresh or enrol, sign in, and one more try after an expired token."""
NO_CREDENTIALS = Refused(code=RefusalCode.WRONG_CREDENTIALS, text="")
"""What it comes to when there is nothing to sign in with."""


@dataclass(eq=False, slots=True)
class Introduction:
    """`next_command` chooses each step; None gives up. `on_step` is told what was granted or refused on the way."""

    connection: ClientConnection
    next_command: Callable[[], Command | None]
    on_step: Callable[[Enrolled | TokenGranted | Refused], None]
    early: list[Push] = field(default_factory=list)
    """What came unasked before the welcome, to be delivered after it."""

    async def run(self) -> Welcome | Refused:
        """Raises BrokenPeerError when the gateway does not speak the protocol, CutAtTheDoorError when it goes."""
        refused = NO_CREDENTIALS
        for _ in range(STEPS):
            command = self.next_command()
            if command is None:
                return refused
            answer = await self.ask(command)
            match answer:
                case Welcome():
                    return answer
                case Enrolled() | TokenGranted():
                    self.on_step(answer)
                case Refused(code=RefusalCode.TOKEN_EXPIRED):
                    refused = answer
                    self.on_step(answer)
                case Refused():
                    return answer
                case _:
                    raise BrokenPeerError(f"{type(answer).__name__} is no answer to a sign-in")
        return refused

    async def ask(self, command: Command) -> Push:
        try:
            await self.connection.send(encode(command))
            return await self._answer_to(command.id)
        except ConnectionClosed as error:
            if error.rcvd is None:
                raise CutAtTheDoorError(str(error)) from error
            raise

    async def _answer_to(self, command_id: CommandId) -> Push:
        while True:
            frame = await self.connection.recv()
            if isinstance(frame, bytes):
                continue
            try:
                push = decode_push(frame)
            except UNREADABLE as error:
                raise BrokenPeerError(f"unreadable answer to the sign-in: {error}") from error
            if isinstance(push, SessionEnded):
                return Refused(id=command_id, code=push.code, text=push.text)
            if reply_id(push) == command_id or (isinstance(push, Refused) and not push.id):
                return push
            self.early.append(push)
