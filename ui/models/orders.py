"""Orders as rows, newest first; one order's assignments; one order's timeline."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from comms.domain.ids import OrderId, UnitId
from comms.domain.order import OPEN_STATES, AssignmentState
from comms.domain.picture import OrderState, Step
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.models.entries import ACTION_ROLE, ICON_ROLE, THING_ROLE, TIME_ROLE, TONE_ROLE, WORDS_ROLE
from ui.text import Texts
from ui.watch import follow
from ui.words import clock_time, party_name

_AnyIndex = QModelIndex | QPersistentModelIndex
ORDER_ROLE = int(Qt.ItemDataRole.UserRole) + 20
"""The OrderState behind a row."""
UNIT_ROLE = ORDER_ROLE + 1
STATE_ROLE = ORDER_ROLE + 2


def is_open(state: OrderState) -> bool:
    """Somebody still has to do something: a unit its part, or the officer the verifying."""
    return any(step in OPEN_STATES or step is AssignmentState.COMPLETED for step in state.assignments.values())


class OrdersModel(QAbstractListModel):
    """All orders of the picture."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._order_ids: list[OrderId] = list(store.picture.orders)  # oldest first; rows count from the other end
        self._places = {order_id: place for place, order_id in enumerate(self._order_ids)}
        follow(self, store, self._on_notice)

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._order_ids)

    def row_of(self, order_id: OrderId) -> int | None:
        place = self._places.get(order_id)
        return None if place is None else len(self._order_ids) - 1 - place

    def order_at(self, row: int) -> OrderId:
        return self._order_ids[len(self._order_ids) - 1 - row]

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        state = self._store.picture.orders[self.order_at(index.row())]
        if role == ORDER_ROLE:
            return state
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return state.order.title
        return None

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="order", id=changed):
                self._follow_order(OrderId(changed))
            case Reset():
                self.beginResetModel()
                self._order_ids = list(self._store.picture.orders)
                self._places = {order_id: place for place, order_id in enumerate(self._order_ids)}
                self.endResetModel()
            case _:
                pass

    def _follow_order(self, order_id: OrderId) -> None:
        row = self.row_of(order_id)
        if row is None:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self._places[order_id] = len(self._order_ids)
            self._order_ids.append(order_id)
            self.endInsertRows()
        else:
            index = self.index(row)
            self.dataChanged.emit(index, index)


class OrderFilter(QSortFilterProxyModel):
    """`open`, `overdue` or `all`. Which rows are shown follows the news; their order never changes."""

    def __init__(self, orders: OrdersModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind = "open"
        self.setSourceModel(orders)

    def set_kind(self, kind: str) -> None:
        self._kind = kind
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: _AnyIndex) -> bool:
        state: OrderState = self.sourceModel().index(row, 0, parent).data(ORDER_ROLE)
        match self._kind:
            case "open":
                return is_open(state)
            case "overdue":
                return state.is_overdue and is_open(state)
            case _:
                return True


class _OneOrderModel(QAbstractListModel):
    """Rows about one order, chosen with `set_order`."""

    def __init__(self, store: Store, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._text = text
        self._order_id: OrderId | None = None
        text.changed.connect(self._read_again)
        follow(self, store, self._on_notice)

    def set_order(self, order_id: OrderId | None) -> None:
        self.beginResetModel()
        self._order_id = order_id
        self._fill(self._state())
        self.endResetModel()

    def _state(self) -> OrderState | None:
        return self._store.picture.orders.get(self._order_id) if self._order_id is not None else None

    def _fill(self, state: OrderState | None) -> None:
        raise NotImplementedError

    def _follow(self, state: OrderState) -> None:
        raise NotImplementedError

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="order", id=changed):
                state = self._state()
                if changed == self._order_id and state is not None:
                    self._follow(state)
            case Reset():
                self.set_order(self._order_id)
            case _:
                pass

    def _read_again(self) -> None:
        rows = self.rowCount()
        if rows:
            self.dataChanged.emit(self.index(0), self.index(rows - 1))


class AssignmentsModel(_OneOrderModel):
    """The units of an order, in the order's own sequence, and how far each is."""

    _rows: tuple[tuple[UnitId, AssignmentState], ...] = ()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        unit_id, state = self._rows[index.row()]
        match role:
            case _ if role == UNIT_ROLE:
                return unit_id
            case _ if role == STATE_ROLE:
                return state
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                unit = self._store.picture.units.get(unit_id)
                return unit.unit.name if unit is not None else unit_id
            case Qt.ItemDataRole.ToolTipRole:
                return self._text("order.assignment_tip", state=self._text(f"step.{state.value}"))
            case _:
                return None

    def _fill(self, state: OrderState | None) -> None:
        self._rows = tuple(state.assignments.items()) if state is not None else ()

    def _follow(self, state: OrderState) -> None:
        rows = tuple(state.assignments.items())
        if len(rows) != len(self._rows):
            self.set_order(self._order_id)
            return
        before, self._rows = self._rows, rows
        for row, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(row), self.index(row))


class StepsModel(_OneOrderModel):
    """The timeline, oldest first: it only ever grows."""

    _steps: tuple[Step, ...] = ()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._steps)

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        step = self._steps[index.row()]
        match role:
            case _ if role == WORDS_ROLE:
                return self._words(step)
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{clock_time(step.at)} {self._words(step)}"
            case _ if role == TIME_ROLE:
                return clock_time(step.at)
            case _ if role == ICON_ROLE:
                return STEP_ICONS.get(step.what, "order")
            case _ if role == TONE_ROLE:
                return STEP_TONES.get(step.what, "")
            case _ if role == ACTION_ROLE:
                return "photo" if step.attachments else ""
            case _ if role == THING_ROLE:
                return step
            case _:
                return None

    def _words(self, step: Step) -> str:
        text = self._text
        actor = party_name(self._store, step.actor, text)
        what = text(f"step.{step.what}")
        unit = self._store.picture.units.get(step.unit_id) if step.unit_id is not None else None
        is_other = unit is not None and not step.actor.endswith(f":{step.unit_id}")
        if unit is not None and is_other:
            words = text("steps.about_unit", actor=actor, what=what, unit=unit.unit.name)
        else:
            words = text("steps.line", actor=actor, what=what)
        if step.reason:
            words = text("steps.reason", words=words, reason=step.reason)
        if step.attachments:
            words = text("steps.photos", words=words, count=len(step.attachments))
        return words

    def _fill(self, state: OrderState | None) -> None:
        self._steps = tuple(state.timeline) if state is not None else ()

    def _follow(self, state: OrderState) -> None:
        known = len(self._steps)
        if len(state.timeline) > known:
            self.beginInsertRows(QModelIndex(), known, len(state.timeline) - 1)
            self._fill(state)
            self.endInsertRows()


STEP_ICONS = {
    "issued": "order",
    "delivered": "check",
    "read": "check",
    "accepted": "check",
    "refused": "cancel",
    "en_route": "nearest",
    "on_scene": "pin",
    "completed": "check",
    "verified": "check",
    "cancelled": "cancel",
    "reminded": "bell",
    "overdue": "clock",
}
STEP_TONES = {"refused": "danger", "cancelled": "warn", "overdue": "danger", "completed": "ok", "verified": "ok"}
