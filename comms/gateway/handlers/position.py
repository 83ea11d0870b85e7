"""Position reports of terminals."""

from comms.domain.position import FixFault, fix_fault
from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import PositionReport
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import PositionTaken

_CODES = {
    FixFault.NOT_A_NUMBER: RefusalCode.POSITION_OUT_OF_RANGE,
    FixFault.OUT_OF_RANGE: RefusalCode.POSITION_OUT_OF_RANGE,
    FixFault.NULL_ISLAND: RefusalCode.POSITION_NULL_ISLAND,
    FixFault.IN_THE_FUTURE: RefusalCode.POSITION_IN_THE_FUTURE,
}


async def report(gateway: Gateway, session: Session, command: PositionReport) -> PositionTaken:
    assert session.unit_id is not None
    now = gateway.clock.now()
    refused: dict[int, RefusalCode] = {}
    newest = None
    for index, fix in enumerate(command.fixes):
        fault = fix_fault(fix, now=now)
        if fault is not None:
            refused[index] = _CODES[fault]
            continue
        gateway.tracks.take(session.unit_id, fix)
        if newest is None or fix.at >= newest.at:
            newest = fix
    if newest is not None:
        gateway.positions.take(session.unit_id, newest)
    return PositionTaken(id=command.id, taken=len(command.fixes) - len(refused), refused=refused)
