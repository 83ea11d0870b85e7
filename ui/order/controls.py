"""What keys, buttons and menus set off about orders."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import IncidentId, OrderId, UnitId
from comms.domain.order import AssignmentState, CircleTarget, OrderPriority, OrderTarget, Place, UnitsTarget
from comms.protocol.pushes import Done
from console.actions.dispatch import Dispatch
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.selection import Selection
from ui.text import Texts

NEAREST_COUNT = 3


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new order starts with; None leaves the draft's own."""

    target: OrderTarget | None = None
    place: Place | None = None
    title: str = ""
    text: str = ""
    priority: OrderPriority | None = None
    incident_id: IncidentId | None = None
    """What the order is given for."""
    also_ids: tuple[IncidentId, ...] = ()
    """Other incidents it is given for as well."""


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence the officer has to give a reason for; `answer` gets the reason."""

    sentence: str
    answer: Callable[[str], None]
    hint: str = ""
    """What the empty field says; a reason is asked for without it."""
    most: int = 1000
    """Characters."""


class OrderControls(QObject):
    """About the order picked, unless told otherwise."""

    composing = Signal(object)
    """Open the order sheet with a Beginning."""
    asking = Signal(object)
    """Ask for a reason: a Question."""

    def __init__(
        self,
        *,
        store: Store,
        dispatch: Dispatch,
        selection: Selection,
        acting: Acting,
        text: Texts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._dispatch = dispatch
        self._selection = selection
        self._acting = acting
        self._text = text

    def compose(self, beginning: Beginning | None = None) -> None:
        self.composing.emit(beginning or Beginning())

    def compose_for_selection(self) -> None:
        """An order for the units picked, or an empty one. A place is only ever taken by hand: the last may be old."""
        unit_ids = self._selection.unit_ids
        self.compose(Beginning(target=UnitsTarget(unit_ids) if unit_ids else None))

    def compose_for_nearest(self, place: Place) -> None:
        """An order at a place for the nearest units that are free."""
        nearest = self._dispatch.nearest(lat=place.lat, lon=place.lon, count=NEAREST_COUNT)
        if not nearest:
            self._acting.tell("warn", self._text("toast.nobody_near"))
        self.compose(Beginning(target=UnitsTarget(nearest) if nearest else None, place=place))

    def compose_for_circle(self, circle: CircleTarget) -> None:
        self.compose(Beginning(target=circle, place=Place(lat=circle.lat, lon=circle.lon)))

    def remind(self) -> None:
        order_id = self._selection.order_id
        if order_id is not None:
            self._acting.start(self._dispatch.remind(order_id), self._tell_done("toast.reminded"))

    def stop_ladder(self) -> None:
        order_id = self._selection.order_id
        if order_id is not None:
            self._acting.start(self._dispatch.stop_ladder(order_id), self._tell_done("toast.ladder_stopped"))

    def cancel_order(self) -> None:
        order_id = self._selection.order_id
        if order_id is not None:
            title = self._store.picture.orders[order_id].order.title
            self.asking.emit(Question(self._text("ask.cancel_order", title=title), self._cancelling(order_id, None)))

    def cancel_unit(self, order_id: OrderId, unit_id: UnitId) -> None:
        name = self._unit_name(unit_id)
        self.asking.emit(Question(self._text("ask.cancel_unit", name=name), self._cancelling(order_id, unit_id)))

    def verify(self) -> None:
        """Every completed part of the order is found good."""
        order_id = self._selection.order_id
        for unit_id in self._completed(order_id):
            self.verify_unit(order_id, unit_id)

    def verify_unit(self, order_id: OrderId | None, unit_id: UnitId) -> None:
        if order_id is not None:
            self._acting.start(self._dispatch.verify(order_id, unit_id))

    def send_back(self) -> None:
        """Every completed part of the order has to be done again."""
        order_id = self._selection.order_id
        unit_ids = self._completed(order_id)
        if order_id is not None and unit_ids:
            names = self._text("list.separator").join(self._unit_name(unit_id) for unit_id in unit_ids[:3])
            sentence = self._text("ask.send_back", name=names, count=len(unit_ids))
            self.asking.emit(Question(sentence, self._sending_back(order_id, unit_ids)))

    def send_back_unit(self, order_id: OrderId, unit_id: UnitId) -> None:
        sentence = self._text("ask.send_back", name=self._unit_name(unit_id), count=1)
        self.asking.emit(Question(sentence, self._sending_back(order_id, (unit_id,))))

    # --- inside ---------------------------------------------------------------------------------------

    def _completed(self, order_id: OrderId | None) -> tuple[UnitId, ...]:
        state = self._store.picture.orders.get(order_id) if order_id is not None else None
        if state is None:
            return ()
        return tuple(unit for unit, step in state.assignments.items() if step is AssignmentState.COMPLETED)

    def _cancelling(self, order_id: OrderId, unit_id: UnitId | None) -> Callable[[str], None]:
        def cancel(reason: str) -> None:
            self._acting.start(self._dispatch.cancel(order_id, reason=reason, unit_id=unit_id))

        return cancel

    def _sending_back(self, order_id: OrderId, unit_ids: tuple[UnitId, ...]) -> Callable[[str], None]:
        def send_back(reason: str) -> None:
            for unit_id in unit_ids:
                self._acting.start(self._dispatch.send_back(order_id, unit_id, reason=reason))

        return send_back

    def _tell_done(self, key: str) -> Callable[[Outcome], None]:
        def tell(answer: Outcome) -> None:
            if isinstance(answer, Done):
                self._acting.tell("ok", self._text(key))

        return tell

    def _unit_name(self, unit_id: UnitId) -> str:
        state = self._store.picture.units.get(unit_id)
        return state.unit.name if state is not None else unit_id
