"""The item list: apply, break down, approve, turn down, put in force, retire, read."""

from comms.domain.ids import ItemId
from comms.domain.item import Item, ItemState
from comms.domain.item_events import (
    ItemApplied,
    ItemApproved,
    ItemBrokenDown,
    ItemEvent,
    ItemPutInForce,
    ItemRejected,
    ItemRetired,
)
from comms.domain.item_list import (
    MOST_APPLICATIONS,
    WAITING,
    ItemFault,
    ItemStep,
    date_fault,
    parts_fault,
    step_fault,
)
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.journal.item_history import versions_of
from comms.protocol.errors import RefusalCode
from comms.protocol.item_commands import (
    ItemApply,
    ItemApprove,
    ItemBreakDown,
    ItemChange,
    ItemRead,
    ItemReject,
    ItemRetire,
)
from comms.protocol.item_commands import ItemPutInForce as PutInForce
from comms.protocol.pushes import Done, ItemVersions

_CODES = {
    ItemFault.WRONG_STAGE: RefusalCode.WRONG_STATE,
    ItemFault.OWN_APPLICATION: RefusalCode.OWN_APPLICATION,
    ItemFault.INCOMPLETE: RefusalCode.INCOMPLETE,
    ItemFault.BAD_DATE: RefusalCode.BAD_DATE,
    ItemFault.REASON_MISSING: RefusalCode.REASON_MISSING,
}


async def apply(gateway: Gateway, session: Session, command: ItemApply) -> Done | Refusal:
    item_id, where = command.item_id or ItemId(command.id), command.jurisdiction_id
    states = gateway.picture.items.states
    code = _change_fault(states.get(item_id), command, session)
    if code is not None:
        return Refusal(code)
    if sum(state.stage in WAITING for state in states.values()) >= MOST_APPLICATIONS:
        return Refusal(RefusalCode.TOO_MANY)
    item = Item(id=item_id, jurisdiction_id=where, item_class=command.item_class, terms=command.terms)
    applied = ItemApplied(item=item, reason=command.reason.strip())
    await gateway.record(session.party, [applied], command_id=command.id)
    return Done(id=command.id, subject=item_id)


def _change_fault(known: ItemState | None, command: ItemApply, session: Session) -> RefusalCode | None:
    """Why this item may not be applied for, or None: a new one must be new, one to be changed must be there."""
    if command.item_id is None:
        return None if known is None else RefusalCode.NOT_ALLOWED  # another officer's id
    if known is None or known.item.jurisdiction_id != command.jurisdiction_id:
        return RefusalCode.NOT_FOUND
    fault = step_fault(known, ItemStep.APPLY, actor=session.party)
    return _CODES[fault] if fault is not None else None


async def break_down(gateway: Gateway, session: Session, command: ItemBreakDown) -> Done | Refusal:
    state = _waiting(gateway, session, command, ItemStep.BREAK_DOWN)
    if isinstance(state, Refusal):
        return state
    where = state.item.jurisdiction_id
    ids = (command.item_id, *(ItemId(f"{command.id}.{no}") for no in range(2, len(command.parts) + 1)))
    parts = tuple(
        Item(id=item_id, jurisdiction_id=where, item_class=command.item_class, terms=terms)
        for item_id, terms in zip(ids, command.parts, strict=True)
    )
    fault = parts_fault(state, parts)
    if fault is not None:
        return Refusal(_CODES[fault])
    if any(part.id in gateway.picture.items.states for part in parts[1:]):
        return Refusal(RefusalCode.NOT_ALLOWED)
    return await _settle(gateway, session, command, ItemBrokenDown(item_id=command.item_id, parts=parts))


async def approve(gateway: Gateway, session: Session, command: ItemApprove) -> Done | Refusal:
    state = _waiting(gateway, session, command, ItemStep.APPROVE)
    if isinstance(state, Refusal):
        return state
    return await _settle(gateway, session, command, ItemApproved(item_id=command.item_id, note=command.note.strip()))


async def reject(gateway: Gateway, session: Session, command: ItemReject) -> Done | Refusal:
    state = _waiting(gateway, session, command, ItemStep.REJECT, command.reason)
    if isinstance(state, Refusal):
        return state
    return await _settle(gateway, session, command, ItemRejected(item_id=command.item_id, reason=command.reason))


async def put_in_force(gateway: Gateway, session: Session, command: PutInForce) -> Done | Refusal:
    state = _waiting(gateway, session, command, ItemStep.PUT_IN_FORCE)
    fault = date_fault(command.from_at, now=gateway.clock.now())
    if isinstance(state, Refusal) or fault is not None:
        return state if isinstance(state, Refusal) else Refusal(RefusalCode.BAD_DATE)
    return await _settle(gateway, session, command, ItemPutInForce(item_id=command.item_id, from_at=command.from_at))


async def retire(gateway: Gateway, session: Session, command: ItemRetire) -> Done | Refusal:
    state = _waiting(gateway, session, command, ItemStep.RETIRE, command.reason)
    fault = date_fault(command.from_at, now=gateway.clock.now())
    if isinstance(state, Refusal) or fault is not None:
        return state if isinstance(state, Refusal) else Refusal(RefusalCode.BAD_DATE)
    retired = ItemRetired(item_id=command.item_id, from_at=command.from_at, reason=command.reason)
    return await _settle(gateway, session, command, retired)


async def read(gateway: Gateway, session: Session, command: ItemRead) -> ItemVersions | Refusal:
    """What is in force is no secret: any officer may look."""
    if command.item_id not in gateway.picture.items.states:
        return Refusal(RefusalCode.NOT_FOUND)
    found = await gateway.journal.read(lambda connection: versions_of(connection, command.item_id))
    if command.at is not None:
        at = command.at
        found = tuple(version for version in found if version.is_in_force(at))
    return ItemVersions(id=command.id, versions=found)


def _waiting(
    gateway: Gateway, session: Session, command: ItemChange, step: ItemStep, reason: str = ""
) -> ItemState | Refusal:
    assert command.item_id is not None
    state = gateway.picture.items.states.get(command.item_id)
    if state is None:
        return Refusal(RefusalCode.NOT_FOUND)
    fault = step_fault(state, step, actor=session.party, reason=reason)
    return Refusal(_CODES[fault]) if fault is not None else state


async def _settle(gateway: Gateway, session: Session, command: ItemChange, event: ItemEvent) -> Done:
    await gateway.record(session.party, [event], command_id=command.id)
    return Done(id=command.id)
