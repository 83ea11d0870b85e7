"""The order picked: what was asked, how far each unit is, what happened, and what the officer can do next."""

from functools import partial

from PySide6.QtCore import QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QMenu,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from comms.domain.ids import OrderId, UnitId
from comms.domain.order import OPEN_STATES, AssignmentState
from comms.domain.picture import OrderState, Step
from console.store.notices import Changed, LinkChanged, Notice, Reset
from console.store.store import Store
from ui.controls import Controls
from ui.models.entries import THING_ROLE
from ui.models.orders import STATE_ROLE, UNIT_ROLE, AssignmentsModel, StepsModel
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import CommandButton
from ui.widgets.entry_delegate import EntryDelegate
from ui.widgets.labels import ElidedLabel
from ui.widgets.order_delegates import AssignmentDelegate
from ui.widgets.triggered import Triggered
from ui.words import clock_minute, deadline, party_name

_BUTTONS = ("order_remind", "order_verify", "order_send_back", "order_cancel")


class OrderDetail(QWidget):
    """`photosWanted` carries the blob ids of a step."""

    photosWanted = Signal(object)

    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        selection: Selection,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._controls = controls
        self._selection = selection
        self._look = look
        self._text = text
        self._title = ElidedLabel(tone="head", parent=self)
        self._lines = [ElidedLabel(tone="dim", parent=self) for _ in range(2)]
        self._assignments = AssignmentsModel(store, text, self)
        self._steps = StepsModel(store, text, self)
        self._tabs = QTabBar(self)
        self._tabs.setExpanding(True)
        self._tabs.setDrawBase(False)
        self._pages = QStackedWidget(self)
        self._units_view = self._list(self._assignments)
        self._steps_view = self._list(self._steps)
        self._steps_view.setResizeMode(QListView.ResizeMode.Adjust)
        self._tabs.addTab("")
        self._tabs.addTab("")
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self._buttons = [CommandButton(name, controls, text, look, self) for name in _BUTTONS]
        self._wire()
        self._arrange()
        text.changed.connect(self._read)
        look.changed.connect(self._restyle)
        selection.orderChanged.connect(self._change_order)
        follow(self, store, self._on_notice)
        self._change_order()

    @property
    def units_view(self) -> QListView:
        return self._units_view

    @property
    def steps_view(self) -> QListView:
        return self._steps_view

    def _list(self, model: AssignmentsModel | StepsModel) -> QListView:
        view = QListView(self)
        view.setModel(model)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages.addWidget(view)
        return view

    def _wire(self) -> None:
        rows = AssignmentDelegate(self._look, self._text, self._units_view)
        rows.verified.connect(self._verify_unit)
        rows.sentBack.connect(self._send_back_unit)
        self._units_view.setItemDelegate(rows)
        self._units_view.clicked.connect(self._pick_unit)
        self._units_view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._units_view.customContextMenuRequested.connect(self._open_menu)
        steps = EntryDelegate(self._look, self._steps_view, wraps=True)
        steps.acted.connect(self._show_photos)
        self._steps_view.setItemDelegate(steps)
        self._steps.rowsInserted.connect(self._steps_view.scrollToBottom)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 8)
        column.setSpacing(3)
        column.addWidget(self._title)
        for line in self._lines:
            column.addWidget(line)
        column.addWidget(self._tabs)
        column.addWidget(self._pages, 1)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self._buttons:
            row.addWidget(button)
        column.addLayout(row)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="order", id=changed):
                if changed == self._selection.order_id:
                    self._read()
            case Reset() | LinkChanged():
                self._read()
            case _:
                pass

    def _change_order(self) -> None:
        order_id = self._selection.order_id
        self._assignments.set_order(order_id)
        self._steps.set_order(order_id)
        self._read()
        self._steps_view.scrollToBottom()

    def _restyle(self) -> None:
        self._units_view.doItemsLayout()
        self._steps_view.doItemsLayout()
        self.update()

    def _read(self) -> None:
        text = self._text
        order_id = self._selection.order_id
        state = self._store.picture.orders.get(order_id) if order_id is not None else None
        self._tabs.setTabText(0, text("order.tab.units"))
        self._tabs.setTabText(1, text("order.tab.steps"))
        for button in self._buttons:
            button.refresh()
        if state is None:
            self._title.setText(text("order.none"))
            self._lines[0].setText(text("order.none_hint"))
            self._lines[1].setText("")
            return
        self._title.setText(state.order.title)
        self._lines[0].setText(self._issue_words(state))
        self._lines[1].setText(state.order.text or text("order.no_text"))

    def _issue_words(self, state: OrderState) -> str:
        text, order = self._text, state.order
        words = text(
            "order.issued_by", name=party_name(self._store, state.issued_by, text), time=clock_minute(order.issued_at)
        )
        if order.deadline_at is not None:
            words += text("order.until", time=clock_minute(order.deadline_at))
            words += f" ({deadline(state, self._store.server_now(), text)})"
        if order.place is not None and order.place.text:
            words += text("order.at_place", place=order.place.text)
        return words

    # --- doing ----------------------------------------------------------------------------------------

    def _unit_of(self, index: QPersistentModelIndex) -> tuple[OrderId, UnitId] | None:
        order_id = self._selection.order_id
        unit_id = index.data(UNIT_ROLE)
        return (order_id, unit_id) if order_id is not None and unit_id is not None else None

    def _verify_unit(self, index: QPersistentModelIndex) -> None:
        pair = self._unit_of(index)
        if pair is not None:
            self._controls.orders.verify_unit(*pair)

    def _send_back_unit(self, index: QPersistentModelIndex) -> None:
        pair = self._unit_of(index)
        if pair is not None:
            self._controls.orders.send_back_unit(*pair)

    def _open_menu(self, where: QPoint) -> None:
        """What can be done about one unit's part; by keyboard, too."""
        index = self._units_view.indexAt(where)
        pair = self._unit_of(QPersistentModelIndex(index)) if index.isValid() else None
        if pair is None:
            return
        state = index.data(STATE_ROLE)
        orders, is_completed = self._controls.orders, state == AssignmentState.COMPLETED
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, act, is_possible in (
            ("order.menu.verify", orders.verify_unit, is_completed),
            ("order.menu.send_back", orders.send_back_unit, is_completed),
            ("order.menu.cancel", orders.cancel_unit, state in OPEN_STATES),
        ):
            action = QAction(self._text(key), menu)
            action.setEnabled(is_possible)
            action.triggered.connect(Triggered(partial(act, *pair)))
            menu.addAction(action)
        menu.popup(self._units_view.viewport().mapToGlobal(where))

    def _pick_unit(self, index: QPersistentModelIndex) -> None:
        pair = self._unit_of(index)
        if pair is not None:
            self._selection.set_units((pair[1],))

    def _show_photos(self, index: QPersistentModelIndex) -> None:
        step = index.data(THING_ROLE)
        if isinstance(step, Step):
            self.photosWanted.emit(step.attachments)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.theme.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(self._look.theme.line))
