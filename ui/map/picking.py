"""What a click or the pointer means: which unit, order, bubble or grid is there."""

from dataclasses import dataclass
from math import hypot

from comms.domain.ids import JurisdictionId, OrderId, UnitId
from ui.map.order_layer import OrderMark
from ui.map.screen import MapScreen
from ui.map.unit_layer import Detail
from ui.map.view import View

HIT_REACH_PX = 12.0
BUBBLE_REACH_PX = 26.0


@dataclass(frozen=True, slots=True)
class PickedUnit:
    unit_id: UnitId


@dataclass(frozen=True, slots=True)
class PickedOrder:
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class PickedBubble:
    """Its middle on the screen."""

    px: float
    py: float


@dataclass(frozen=True, slots=True)
class PickedGround:
    """`grid_row` is None outside all grids."""

    grid_row: int | None


Picked = PickedUnit | PickedOrder | PickedBubble | PickedGround


class Picker:
    """Looks things up on the screen as it was painted last."""

    def __init__(self, screen: MapScreen) -> None:
        self._screen = screen

    def pick(self, view: View, px: float, py: float, *, after: UnitId | None) -> Picked:
        """`after` is the unit picked last: the next one of a heap under the same pixel follows it."""
        order = self.order_at(view, px, py)
        if order is not None:
            return PickedOrder(order.order_id)
        heap = self.units_at(view, px, py)
        if heap:
            return PickedUnit(heap[(heap.index(after) + 1) % len(heap)] if after in heap else heap[0])
        frame = self._screen.frame
        for bubble in frame.bubbles if frame is not None else ():
            if hypot(bubble.x - px, bubble.y - py) <= BUBBLE_REACH_PX * self._screen.scale:
                return PickedBubble(bubble.x, bubble.y)
        return PickedGround(self.grid_row_at(view, px, py))

    def units_at(self, view: View, px: float, py: float) -> list[UnitId]:
        """The unit whose label is there, then those whose symbols are near, nearest first."""
        screen, frame = self._screen, self._screen.frame
        if frame is not None and frame.detail is Detail.BUBBLES:
            return []
        columns = screen.live.columns
        labelled = [
            columns.positions.unit_at(label.row)
            for label in screen.labels.labels
            if label.rect[0] <= px <= label.rect[0] + label.rect[2]
            and label.rect[1] <= py <= label.rect[1] + label.rect[3]
        ]
        near = columns.unit_ids(columns.near(view, px, py, HIT_REACH_PX * screen.scale))
        return list(dict.fromkeys(near + labelled))

    def order_at(self, view: View, px: float, py: float) -> OrderMark | None:
        screen = self._screen
        if not screen.layers.orders:
            return None
        return screen.live.orders.at(view, px, py, scale=screen.scale, now=screen.live.now)

    def grid_row_at(self, view: View, px: float, py: float) -> int | None:
        return self._screen.ground.grid_at(*view.world_at(px, py))

    def grid_id(self, grid_row: int) -> JurisdictionId:
        return self._screen.ground.grids.ids[grid_row]

    def grid_name(self, grid_row: int) -> str:
        return self._screen.ground.grids.names[grid_row]
