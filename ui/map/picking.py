"""What a click or the pointer means: which unit, order, bubble or grid is there."""

from dataclasses import dataclass
from math import hypot

from comms.domain.ids import JurisdictionId, OrderId, UnitId
from ui.map.detail import Detail
from ui.map.drawing import Drawing
from ui.map.order_layer import OrderMark
from ui.map.overlay import Hit
from ui.map.projection import place_of
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit or none, and a place in degrees."""

    unit_id: UnitId | None
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class PickedOverlay:
    hit: Hit


Picked = PickedUnit | PickedOrder | PickedBubble | PickedOverlay | PickedGround


class Picker:
    """Looks things up on the screen as it was painted last."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing

    def pick(self, view: View, px: float, py: float, *, after: UnitId | None) -> Picked:
        """`after` is the unit picked last: the next one of a heap under the same pixel follows it."""
        order = self.order_at(view, px, py)
        if order is not None:
            return PickedOrder(order.order_id)
        heap = self.units_at(view, px, py)
        if heap:
            return PickedUnit(heap[(heap.index(after) + 1) % len(heap)] if after in heap else heap[0])
        for bubble in self._drawing.units.bubbles:
            if hypot(bubble.x - px, bubble.y - py) <= BUBBLE_REACH_PX * self._drawing.scale:
                return PickedBubble(bubble.x, bubble.y)
        hit = self._drawing.overlays.at(view, px, py, self._drawing.scale)
        if hit is not None:
            return PickedOverlay(hit)
        return PickedGround(self.grid_row_at(view, px, py))

    def units_at(self, view: View, px: float, py: float) -> list[UnitId]:
        """The unit whose label is there, then those whose symbols are near, nearest first."""
        drawing, frame = self._drawing, self._drawing.units.frame
        if not drawing.layers.units or (frame is not None and frame.detail is Detail.BUBBLES):
            return []
        columns = drawing.live.columns
        labelled = [
            columns.positions.unit_at(label.row)
            for label in drawing.units.labels
            if label.rect[0] <= px <= label.rect[0] + label.rect[2]
            and label.rect[1] <= py <= label.rect[1] + label.rect[3]
        ]
        near = columns.unit_ids(columns.near(view, px, py, HIT_REACH_PX * drawing.scale))
        return list(dict.fromkeys(near + labelled))

    def asked_about(self, view: View, px: float, py: float, chosen: UnitId | None, *, by_key: bool) -> Asked:
        """What a context menu is about. `chosen` is the unit a key press means, wherever the pointer is."""
        if not by_key:
            return Asked(next(iter(self.units_at(view, px, py)), None), *view.place_at(px, py))
        columns = self._drawing.live.columns
        row = columns.row_of(chosen) if chosen is not None else None
        if row is None:
            return Asked(chosen, *view.place_at(view.width / 2, view.height / 2))
        return Asked(chosen, *place_of(float(columns.x[row]), float(columns.y[row])))

    def order_at(self, view: View, px: float, py: float) -> OrderMark | None:
        drawing = self._drawing
        if not drawing.layers.orders:
            return None
        return drawing.live.orders.at(view, px, py, scale=drawing.scale, now=drawing.live.now)

    def grid_row_at(self, view: View, px: float, py: float) -> int | None:
        return self._drawing.ground.grid_at(*view.world_at(px, py))

    def grid_id(self, grid_row: int) -> JurisdictionId:
        return self._drawing.ground.grids.ids[grid_row]

    def grid_name_at(self, view: View, px: float, py: float) -> str:
        """Empty outside all grids."""
        row = self.grid_row_at(view, px, py)
        return "" if row is None else self._drawing.ground.grids.names[row]
