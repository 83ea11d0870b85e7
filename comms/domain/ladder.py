"""The no-answer ladder: an order that a unit does not answer climbs by itself, from a text over a point call to the
unit's deputy and the head of its grid. Pure: a state and a time in, the rung that is due out.

The first rung is the order's own push. Any answer of the unit ends its ladder, and an officer may stop it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from comms.domain.ids import OrderId, UnitId
from comms.domain.order import AssignmentState, Order, OrderPriority


class LadderRung(StrEnum):
    TEXT = "text"
    """A reminder on the terminal, as a short message is."""
    CALL = "call"
    """A point call from the officer who gave the order."""
    DEPUTY = "deputy"
    """Somebody of the same ground is given the order, too."""
    HEAD = "head"
    """So is the head of the grid."""


class LadderEnd(StrEnum):
    ANSWERED = "answered"
    STOPPED = "stopped"
    OVER = "over"
    """Nobody answered, and there is no rung left."""


class Rung(NamedTuple):
    rung: LadderRung
    after_s: float
    """Since the order was issued."""


Ladders = Mapping[OrderPriority, tuple[Rung, ...]]
_R = LadderRung
LADDERS: Ladders = {
    OrderPriority.NORMAL: (Rung(_R.TEXT, 90), Rung(_R.CALL, 180), Rung(_R.DEPUTY, 360), Rung(_R.HEAD, 600)),
    OrderPriority.URGENT: (Rung(_R.TEXT, 45), Rung(_R.CALL, 90), Rung(_R.DEPUTY, 180), Rung(_R.HEAD, 300)),
    OrderPriority.CRITICAL: (Rung(_R.TEXT, 20), Rung(_R.CALL, 40), Rung(_R.DEPUTY, 80), Rung(_R.HEAD, 140)),
}
"""What follows when, by how urgent the order is."""
OVER_AFTER_S = 120.0
"""After the last rung."""
STALE_S = 1800.0
"""A ladder that should have climbed so long ago is left alone: the gateway was down, or the order is of older days."""
MOST_UNITS = 5
"""An order to more units is for whoever is there; nobody of them is called after."""
ANSWERS = frozenset(AssignmentState) - {AssignmentState.ISSUED, AssignmentState.DELIVERED, AssignmentState.READ}
"""Having read an order is no answer."""


class LadderState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Of one unit in one order. No rung yet: the order was pushed, and that is all."""

    rung: LadderRung | None = None
    end: LadderEnd | None = None


class LadderClimbed(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="ladder.climbed"
):
    """The next rung for a unit. `to` is who was given the order besides; `is_reached` is False where nobody was there
    for it: no terminal online, no officer free to call, no deputy, no head."""

    order_id: OrderId
    unit_id: UnitId
    rung: LadderRung
    to: UnitId | None = None
    is_reached: bool = True


class LadderEnded(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="ladder.ended"):
    """Stopped by an officer, answered by a call, or at its end. A step of the unit's own ends it without this."""

    order_id: OrderId
    unit_id: UnitId
    end: LadderEnd


LadderEvent = LadderClimbed | LadderEnded


def ladders_of(order: Order) -> dict[UnitId, LadderState]:
    """One for each unit the order names, unless it names many."""
    return {unit_id: LadderState() for unit_id in order.unit_ids} if len(order.unit_ids) <= MOST_UNITS else {}


def due(state: LadderState, order: Order, *, now: float, ladders: Ladders = LADDERS) -> LadderRung | LadderEnd | None:
    """The rung to climb now, or the end, or None while there is time. One at a time: what fell due together is
    climbed in order."""
    if state.end is not None:
        return None
    rungs, since_s = ladders[order.priority], now - order.issued_at
    at = 0 if state.rung is None else [rung.rung for rung in rungs].index(state.rung) + 1
    after_s = rungs[at].after_s if at < len(rungs) else rungs[-1].after_s + OVER_AFTER_S
    if not after_s <= since_s < after_s + STALE_S:
        return None
    return rungs[at].rung if at < len(rungs) else LadderEnd.OVER
