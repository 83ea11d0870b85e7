"""How actions reach the gateway, and what comes back when they do not."""

from typing import Protocol

import msgspec

from comms.domain.ids import CommandId
from comms.protocol import pushes
from comms.protocol.commands import Command
from comms.protocol.pushes import Push, Refused


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """The connection was lost before an answer came. `is_kept`: it is sent again once the link is back."""

    is_kept: bool = False


class UnsentError(Exception):
    """Raised by a Requester when the link went down before the answer."""


class Requester(Protocol):
    """Sends a command and waits for its one answer. Raises UnsentError when the link goes down first."""

    async def request(self, command: Command) -> Push: ...
    async def request_durable(self, command: Command) -> Push:
        """Kept in order and sent again after a lost connection, until answered."""
        ...


class NewId(Protocol):
    """Makes an id nobody else uses, for ever."""

    def __call__(self) -> CommandId: ...


Outcome = pushes.Done | Refused | Unsent
"""What an action returns. An expected no is a value; the caller decides how to say it."""


class UnexpectedAnswerError(Exception):
    """The gateway answered with a kind that this command does not have: versions do not fit."""


def outcome(answer: Push) -> pushes.Done | Refused:
    """The answer to a command that is answered by `done`. Raises UnexpectedAnswerError on another kind."""
    if isinstance(answer, pushes.Done | Refused):
        return answer
    raise UnexpectedAnswerError(type(answer).__name__)


async def ask(requester: Requester, command: Command) -> Outcome:
    try:
        return outcome(await requester.request(command))
    except UnsentError:
        return Unsent()


async def ask_durably(requester: Requester, command: Command) -> Outcome:
    try:
        return outcome(await requester.request_durable(command))
    except UnsentError:
        return Unsent(is_kept=True)
