"""Marks: draw, change, erase. Everybody sees all."""

import msgspec

from comms.domain.events import MarkChanged, MarkDrawn, MarkErased
from comms.domain.ids import MarkId
from comms.domain.mark import MOST_MARKS, Mark, is_drawable
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.errors import RefusalCode
from comms.protocol.mark_commands import MarkChange, MarkDraw, MarkErase
from comms.protocol.pushes import Done


async def draw(gateway: Gateway, session: Session, command: MarkDraw) -> Done | Refusal:
    mark_id = MarkId(command.id)
    states = gateway.picture.marks.states
    if mark_id in states:
        return Refusal(RefusalCode.NOT_ALLOWED)  # another officer's id: his own would have been answered again
    if len(states) >= MOST_MARKS:
        return Refusal(RefusalCode.TOO_MANY)
    mark = Mark(
        id=mark_id,
        kind=command.shape,
        points=command.points,
        label=command.label.strip(),
        colour=command.colour,
        jurisdiction_id=session.jurisdiction_id,
    )
    if not is_drawable(mark):
        return Refusal(RefusalCode.MALFORMED)
    await gateway.record(session.party, [MarkDrawn(mark=mark)], command_id=command.id)
    return Done(id=command.id, subject=mark_id)


async def change(gateway: Gateway, session: Session, command: MarkChange) -> Done | Refusal:
    found = _mark(gateway, command.mark_id)
    if isinstance(found, Refusal):
        return found
    mark = msgspec.structs.replace(
        found,
        points=found.points if command.points is None else command.points,
        label=found.label if command.label is None else command.label.strip(),
        colour=command.colour or found.colour,
    )
    if not is_drawable(mark):
        return Refusal(RefusalCode.MALFORMED)
    await gateway.record(session.party, [MarkChanged(mark=mark)], command_id=command.id)
    return Done(id=command.id, subject=mark.id)


async def erase(gateway: Gateway, session: Session, command: MarkErase) -> Done | Refusal:
    found = _mark(gateway, command.mark_id)
    if isinstance(found, Refusal):
        return found
    await gateway.record(session.party, [MarkErased(mark_id=found.id)], command_id=command.id)
    return Done(id=command.id, subject=found.id)


def _mark(gateway: Gateway, mark_id: MarkId) -> Mark | Refusal:
    state = gateway.picture.marks.states.get(mark_id)
    if state is None:
        return Refusal(RefusalCode.NOT_FOUND)
    return state.mark
