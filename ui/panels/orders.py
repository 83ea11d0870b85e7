"""The orders' board: what was asked of whom and how far it is, newest first."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.controls import Controls
from ui.models.orders import ORDER_ROLE, OrderFilter, OrdersModel
from ui.panels.order_detail import OrderDetail
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import CommandButton
from ui.widgets.labels import label
from ui.widgets.order_delegates import OrderDelegate

KINDS = ("open", "overdue", "all")


class OrdersPanel(QWidget):
    """A new order comes in at the top without moving the rows in sight while the hand is on the list."""

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
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store = store
        self._selection = selection
        self._look = look
        self._text = text
        self._model = OrdersModel(store, self)
        self._filter = OrderFilter(self._model, self)
        self._kinds = self._kind_buttons()
        self._new = CommandButton("order_new", controls, text, look, self, tone="primary")
        self._new.setMaximumWidth(look.px(110))
        self._empty = label(tone="dim", wraps=True, parent=self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._view = self._list()
        self.detail = OrderDetail(
            store=store, controls=controls, selection=selection, look=look, text=text, parent=self
        )
        self._arrange()
        self._connect()
        self._read()

    def _connect(self) -> None:
        self._kinds.buttonClicked.connect(self._narrow)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._view.viewport().update)
        self._second.start()
        self._selection.orderChanged.connect(self._show_selection)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._restyle)
        follow(self, self._store, self._on_notice)

    def _kind_buttons(self) -> QButtonGroup:
        group = QButtonGroup(self)
        for kind in KINDS:
            button = QPushButton(self)
            button.setObjectName(f"orders_{kind}")
            button.setProperty("tone", "flat")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(button)
        group.buttons()[0].setChecked(True)
        return group

    @property
    def view(self) -> QListView:
        return self._view

    def _list(self) -> QListView:
        view = QListView(self)
        view.setObjectName("orders")
        view.setModel(self._filter)
        view.setItemDelegate(OrderDelegate(self._store, self._look, self._text, view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.selectionModel().currentChanged.connect(self._pick)
        self._filter.rowsInserted.connect(self._hold_still)
        return view

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 8, 0)
        row.setSpacing(2)
        for button in self._kinds.buttons():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._new)
        column.addLayout(row)
        column.addWidget(self._empty)
        column.addWidget(self._view, 4)
        column.addWidget(self.detail, 6)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="order") | Reset():
                self._count()
            case _:
                pass

    def _read(self) -> None:
        for kind, button in zip(KINDS, self._kinds.buttons(), strict=True):
            button.setText(self._text(f"orders.kind.{kind}"))
        self._count()
        self._restyle()

    def _restyle(self) -> None:
        self._new.setMaximumWidth(self._look.px(110))
        self._view.doItemsLayout()

    def _count(self) -> None:
        is_empty = self._filter.rowCount() == 0
        self._empty.setVisible(is_empty)
        self._empty.setText(self._text("orders.empty"))

    def _narrow(self, button: QPushButton) -> None:
        self._filter.set_kind(button.objectName().removeprefix("orders_"))
        self._count()
        self._show_selection()

    def _hold_still(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Rows in sight stay where they are; at the very top, only when nobody points at the list."""
        bar = self._view.verticalScrollBar()
        if first == 0 and (bar.value() > 0 or self._view.underMouse()):
            self._view.doItemsLayout()
            bar.setValue(bar.value() + (last - first + 1) * self._view.sizeHintForRow(0))

    def _pick(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            state = current.data(ORDER_ROLE)
            self._selection.set_order(state.order.id)

    def _show_selection(self) -> None:
        order_id = self._selection.order_id
        row = self._model.row_of(order_id) if order_id is not None else None
        if row is None:
            return
        index = self._filter.mapFromSource(self._model.index(row))
        if index.isValid() and index != self._view.currentIndex():
            self._view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
