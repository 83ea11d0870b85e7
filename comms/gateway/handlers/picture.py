"""The picture, for desks."""

from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import PictureSubscribe


async def subscribe(gateway: Gateway, session: Session, command: PictureSubscribe) -> None:
    gateway.subscriptions.subscribe(session, command.id, after_seq=command.after_seq)
