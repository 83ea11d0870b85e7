"""What ladders do to an order of the picture."""

from comms.domain import events as ev
from comms.domain.ids import OrderId, PartyId
from comms.domain.ladder import ANSWERS, LadderClimbed, LadderEnd, LadderEvent, ladders_of
from comms.domain.states import Change, OrderState, Step


def fold(order: OrderState, event: LadderEvent, *, at: float, actor: PartyId) -> tuple[Change, ...]:
    ladder = order.ladders[event.unit_id]
    if isinstance(event, LadderClimbed):
        ladder.rung = event.rung
        what = f"ladder_{event.rung.value}" if event.is_reached else f"ladder_{event.rung.value}_missed"
    else:
        ladder.end = event.end
        what = f"ladder_{event.end.value}"
    order.timeline.append(Step(at=at, actor=actor, what=what, unit_id=event.unit_id))
    return (Change("order", event.order_id),)


def follow(orders: dict[OrderId, OrderState], event: ev.OwnEvent) -> None:
    """An order begins the ladders of its units; any answer of a unit ends its own, and so does the end of its part."""
    match event:
        case ev.OrderIssued(order=order):
            orders[order.id].ladders = ladders_of(order)
        case ev.OrderAdvanced(order_id=order_id, unit_id=unit_id, state=state):
            ladder = orders[order_id].ladders.get(unit_id)
            if ladder is not None and ladder.end is None and state in ANSWERS:
                ladder.end = LadderEnd.ANSWERED
        case _:
            pass
