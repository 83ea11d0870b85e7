"""How long one unit took over each step of its orders, as it was recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from comms.domain.events import OrderAdvanced, OrderIssued, Recorded
from comms.domain.ids import OrderId, UnitId
from comms.domain.order import AssignmentState

_S = AssignmentState
_TIMES = {
    "read_s": (_S.DELIVERED, _S.READ),
    "decide_s": (_S.READ, _S.ACCEPTED),
    "set_out_s": (_S.ACCEPTED, _S.EN_ROUTE),
    "work_s": (_S.ON_SCENE, _S.COMPLETED),
}
LONGEST_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Steps:
    """`took` are seconds by the words of a behaviour, the middle of several."""

    took: tuple[tuple[str, float], ...] = ()
    accepted: int = 0
    refused: int = 0

    @property
    def is_any(self) -> bool:
        return bool(self.took) or self.refused > 0


def steps_of(events: Iterable[Recorded], unit_id: UnitId) -> Steps:
    reached: dict[OrderId, dict[AssignmentState, float]] = {}
    for recorded in events:
        match recorded.event:
            case OrderIssued(order=order):
                reached[order.id] = {_S.DELIVERED: recorded.at}
            case OrderAdvanced(order_id=order_id, unit_id=owner, state=state) if owner == unit_id:
                reached.setdefault(order_id, {})[state] = recorded.event.occurred_at or recorded.at
            case _:
                pass
    found: list[tuple[str, float]] = []
    for name, (first, then) in _TIMES.items():
        took = [times[then] - times[first] for times in reached.values() if first in times and then in times]
        sound = [seconds for seconds in took if 0 <= seconds <= LONGEST_S]
        if sound:
            found.append((name, median(sound)))
    accepted = sum(_S.ACCEPTED in times for times in reached.values())
    refused = sum(_S.REFUSED in times for times in reached.values())
    return Steps(tuple(found), accepted, refused)
