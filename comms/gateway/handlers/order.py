"""Dispatch orders: issue, advance, remind. What may be is decided in `order_rules`; what follows, in `orders`."""

import msgspec

from comms.domain.events import Event, IncidentLinked, OrderIssued, OrderReminded
from comms.domain.ids import OrderId, UnitId
from comms.domain.order import CircleTarget, Order
from comms.domain.picture import OrderState
from comms.domain.position import FUTURE_TOLERANCE_S
from comms.domain.realm import marked
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.order_rules import (
    advance_for,
    advance_own,
    incident_fault,
    list_fault,
    listed_deadline,
    resolve_target,
    units_to_remind,
)
from comms.protocol.commands import OrderAdvance, OrderIssue, OrderRemind
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done


async def issue(gateway: Gateway, session: Session, command: OrderIssue) -> Done | Refusal:
    order_id = OrderId(command.id)
    if order_id in gateway.picture.orders:
        return Refusal(RefusalCode.NOT_ALLOWED)  # another officer's id: his own would have been answered again
    if not all(gateway.blobs.has(blob_id) for blob_id in command.attachments):
        return Refusal(RefusalCode.NOT_FOUND)
    code = incident_fault(command.incident_id, gateway.picture)
    if code is not None:
        return Refusal(code)

    def within(circle: CircleTarget) -> list[UnitId]:
        return gateway.positions.within(lat=circle.lat, lon=circle.lon, radius_m=circle.radius_m)

    resolved = resolve_target(command.target, gateway.picture, jurisdiction_id=session.jurisdiction_id, within=within)
    if isinstance(resolved, RefusalCode):
        return Refusal(resolved)
    now = gateway.clock.now()
    code = list_fault(command.item_id, gateway.picture, resolved, now=now)
    if code is not None:
        return Refusal(code)
    order = Order(
        id=order_id,
        title=marked(command.title, gateway.footing.realm),
        text=command.text,
        priority=command.priority,
        place=command.place,
        issued_at=now,
        deadline_at=command.deadline_at
        or listed_deadline(command.item_id, gateway.picture, gateway.cases.work, now=now),
        target=command.target,
        unit_ids=resolved,
        attachments=command.attachments,
        incident_id=command.incident_id,
        item_id=command.item_id,
    )
    events: list[Event] = [OrderIssued(order=order)]
    if order.incident_id is not None:
        events.append(IncidentLinked(incident_id=order.incident_id, order_id=order_id))
    await gateway.record(session.party, events, command_id=command.id)
    return Done(id=command.id, subject=order_id)


async def advance(gateway: Gateway, session: Session, command: OrderAdvance) -> Done | Refusal:
    order = gateway.picture.orders.get(command.order_id)
    if order is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if not all(gateway.blobs.has(blob_id) for blob_id in command.attachments):
        return Refusal(RefusalCode.NOT_FOUND)
    command = _with_believable_time(command, order, now=gateway.clock.now())
    if session.unit_id is not None:
        decision = advance_own(
            command,
            order,
            session.unit_id,
            open_orders=gateway.orders.open_of(session.unit_id),
            status=gateway.picture.units[session.unit_id].status,
        )
    else:
        decision = advance_for(
            command,
            order,
            gateway.picture,
            jurisdiction_id=session.jurisdiction_id,
            open_orders=gateway.orders.open_of,
        )
    if isinstance(decision, RefusalCode):
        return Refusal(decision)
    await gateway.record(session.party, decision.events, command_id=command.id)
    return Done(id=command.id)


async def remind(gateway: Gateway, session: Session, command: OrderRemind) -> Done | Refusal:
    order = gateway.picture.orders.get(command.order_id)
    if order is None:
        return Refusal(RefusalCode.NOT_FOUND)
    unit_ids = units_to_remind(order)
    if not unit_ids:
        return Refusal(RefusalCode.ALREADY_DONE)
    reminded = OrderReminded(order_id=command.order_id, unit_ids=unit_ids)
    await gateway.record(session.party, [reminded], command_id=command.id)
    return Done(id=command.id)


def _with_believable_time(command: OrderAdvance, order: OrderState, *, now: float) -> OrderAdvance:
    """When the worker did it, unless his terminal's clock cannot be right; then the gateway's time counts."""
    at = command.occurred_at
    if at is None or order.order.issued_at - FUTURE_TOLERANCE_S <= at <= now + FUTURE_TOLERANCE_S:
        return command
    return msgspec.structs.replace(command, occurred_at=None)
