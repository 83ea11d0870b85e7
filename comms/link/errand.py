"""One question on a connection of its own, before anybody has signed in."""

import asyncio
import ssl as tls

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from comms.link.cause import setback_of
from comms.link.client import LinkTiming, manner
from comms.link.sign_in import Introduction
from comms.link.state import LinkPhase, LinkState
from comms.link.wire import BrokenPeerError
from comms.protocol.commands import Command
from comms.protocol.pushes import Push


async def ask_once(
    url: str,
    command: Command,
    *,
    ssl: tls.SSLContext | None = None,
    shows_certificate: bool = False,
    timing: LinkTiming | None = None,
) -> Push | LinkState:
    """The answer, or how the connection stands that did not come about."""
    timing = timing or LinkTiming()
    try:
        async with connect(url, ssl=ssl, **manner(timing)) as connection, asyncio.timeout(timing.sign_in_timeout_s):
            introduction = Introduction(connection, next_command=lambda: None, on_step=lambda _: None)
            return await introduction.ask(command)
    except (OSError, WebSocketException, TimeoutError, BrokenPeerError, ValueError) as error:
        detail, cause, _ = setback_of(error, shows_certificate=shows_certificate)
        return LinkState(phase=LinkPhase.WAITING, detail=detail, cause=cause)
