"""Geofences: draw, change, erase. An officer's fences are those of his jurisdiction."""

import msgspec
import shapely

from comms.domain.events import FenceChanged, FenceDrawn, FenceErased
from comms.domain.fence import Fence, FencePolygon, fence_fault
from comms.domain.ids import FenceId
from comms.domain.order import JurisdictionTarget, TalkgroupTarget, UnitsTarget
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.alarm_commands import FenceChange, FenceDraw, FenceErase
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done


async def draw(gateway: Gateway, session: Session, command: FenceDraw) -> Done | Refusal:
    fence = msgspec.structs.replace(command.fence, id=FenceId(command.id))
    if fence.id in gateway.picture.fences:
        return Refusal(RefusalCode.NOT_ALLOWED)  # another officer's id: his own would have been answered again
    fault = _fault(gateway, fence)
    if fault is not None:
        return Refusal(fault)
    await gateway.record(session.party, [FenceDrawn(fence=fence)], command_id=command.id)
    return Done(id=command.id, subject=fence.id)


async def change(gateway: Gateway, session: Session, command: FenceChange) -> Done | Refusal:
    known = gateway.picture.fences.get(command.fence.id)
    if known is None:
        return Refusal(RefusalCode.NOT_FOUND)
    fault = _fault(gateway, command.fence)
    if fault is not None:
        return Refusal(fault)
    if command.fence == known:
        return Refusal(RefusalCode.ALREADY_DONE)
    await gateway.record(session.party, [FenceChanged(fence=command.fence)], command_id=command.id)
    return Done(id=command.id)


async def erase(gateway: Gateway, session: Session, command: FenceErase) -> Done | Refusal:
    known = gateway.picture.fences.get(command.fence_id)
    if known is None:
        return Refusal(RefusalCode.NOT_FOUND)
    await gateway.record(
        session.party, [FenceErased(fence_id=command.fence_id, name=known.name)], command_id=command.id
    )
    return Done(id=command.id)


def _fault(gateway: Gateway, fence: Fence) -> RefusalCode | None:
    if fence_fault(fence) is not None or not _is_simple(fence):
        return RefusalCode.BAD_FENCE
    picture = gateway.picture
    match fence.subject:
        case UnitsTarget(unit_ids=unit_ids):
            is_known = all(unit_id in picture.units for unit_id in unit_ids)
        case TalkgroupTarget(talkgroup_id=talkgroup_id):
            is_known = talkgroup_id in picture.talkgroups
        case JurisdictionTarget(jurisdiction_id=jurisdiction_id):
            is_known = jurisdiction_id in picture.jurisdictions
    return None if is_known else RefusalCode.NOT_FOUND


def _is_simple(fence: Fence) -> bool:
    """A ring that crosses itself has no inside that two people would agree on."""
    return not isinstance(fence.shape, FencePolygon) or bool(shapely.Polygon(fence.shape.ring).is_valid)
