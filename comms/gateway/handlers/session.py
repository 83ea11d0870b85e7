"""Signing out, fresh tokens, and the round-trip time."""

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import Ping, SignOut, TokenRefresh
from comms.protocol.pushes import Done, Pong, TokenGranted


async def sign_out(gateway: Gateway, session: Session, command: SignOut) -> Done:
    """The connection closes after the answer. A terminal keeps its device token: it signs in again next shift."""
    if session.token_family is not None:
        await gateway.accounts.revoke(session.token_family)
    return Done(id=command.id)


async def refresh(gateway: Gateway, session: Session, command: TokenRefresh) -> TokenGranted | Refusal:
    return await gateway.sign_in.refresh(command)


async def ping(gateway: Gateway, session: Session, command: Ping) -> Pong:
    return Pong(id=command.id, server_time=gateway.clock.now())
