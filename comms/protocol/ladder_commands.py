"""Commands about the no-answer ladder (desks)."""

from comms.domain.ids import OrderId, UnitId
from comms.protocol.command_shape import AnyCommand


class LadderStop(AnyCommand, frozen=True, kw_only=True, tag="ladder.stop"):
    """An order's ladders climb no further: that of one unit, or all that still would. Durable."""

    order_id: OrderId
    unit_id: UnitId | None = None
