"""Stopping the no-answer ladder."""

from comms.domain.ladder import LadderEnd, LadderEnded
from comms.gateway.authority import within
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.errors import RefusalCode
from comms.protocol.ladder_commands import LadderStop
from comms.protocol.pushes import Done


async def stop(gateway: Gateway, session: Session, command: LadderStop) -> Done | Refusal:
    order = gateway.picture.orders.get(command.order_id)
    if order is None or (command.unit_id is not None and command.unit_id not in order.ladders):
        return Refusal(RefusalCode.NOT_FOUND)
    chosen = tuple(order.ladders) if command.unit_id is None else (command.unit_id,)
    running = [unit_id for unit_id in chosen if order.ladders[unit_id].end is None]
    if not running:
        return Refusal(RefusalCode.ALREADY_DONE)
    code = within(session, (gateway.picture.units[unit_id].unit.jurisdiction_id for unit_id in running))
    if code is not None:
        return Refusal(code)
    stopped = [LadderEnded(order_id=command.order_id, unit_id=each, end=LadderEnd.STOPPED) for each in running]
    await gateway.record(session.party, stopped, command_id=command.id)
    return Done(id=command.id)
