"""Commands about a drill; a live gateway has none."""

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.drill_commands import DrillCommand
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Push


async def answer(gateway: Gateway, session: Session, command: DrillCommand) -> Push | Refusal:
    return await gateway.drill.answer(session, command) if gateway.drill is not None else Refusal(RefusalCode.NO_DRILL)
