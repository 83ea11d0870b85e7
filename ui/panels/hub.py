"""The hub: every incident in one list, wherever it came from; find, narrow down, group, open, dispatch."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import IncidentId
from console.store.store import Store
from ui.controls import Controls
from ui.models.hub import HubModel
from ui.models.hub_columns import UNSENT_UNTIL
from ui.panels.hub_menus import HubMenus
from ui.panels.hub_table import HubTable
from ui.panels.incident_card import IncidentCard
from ui.quarantine.foot import QuarantineFoot
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import ElidedLabel


class HubPanel(QWidget):
    """Nothing moves while the pointer or the keyboard is in the list; what is new is counted above it.

    `unsentChanged` carries how many open ones nobody was sent to."""

    unsentChanged = Signal(int)

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
        self._controls = controls
        self._selection = selection
        self._look = look
        self._text = text
        self.unsent = 0
        self.model = HubModel(store, text, self)
        self._menus = HubMenus(self.model, store, text, self)
        self.search_field = QLineEdit(self)
        self.search_field.setObjectName("find_incident")
        self.search_field.setClearButtonEnabled(True)
        self.filter_button = self._button("hub_filter")
        self.order_button = self._button("hub_order")
        self._found = ElidedLabel(tone="dim", parent=self)
        self.new_button = self._button("hub_new")
        self.view = HubTable(self.model, look, text, self)
        self.quarantine_foot = QuarantineFoot(store=store, controls=controls, look=look, text=text, parent=self)
        self.card = IncidentCard(store=store, controls=controls, look=look, text=text, parent=self)
        self._arrange()
        self._connect()
        self._read()

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        for parts in ((self.search_field, self.filter_button, self.order_button), (self._found, self.new_button)):
            row = QHBoxLayout()
            row.setContentsMargins(8, 0, 8, 0)
            row.setSpacing(4)
            for part in parts:
                row.addWidget(part, 1 if part in (self.search_field, self._found) else 0)
            column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.card)
        column.addWidget(self.quarantine_foot)

    def _connect(self) -> None:
        hub, model = self._controls.hub, self.model
        self.search_field.textChanged.connect(self._search)
        self.filter_button.clicked.connect(self._offer_filters)
        self.order_button.clicked.connect(self._offer_orders)
        self.new_button.clicked.connect(model.take_in)
        self._menus.sortingWanted.connect(self.view.sortByColumn)
        hub.takingIn.connect(model.take_in)
        self.view.opened.connect(hub.dispatch)
        self.view.cased.connect(partial(self._controls.showing.emit, "case"))
        self.view.went.connect(hub.go)
        self.view.chosen.connect(self._choose)
        model.waitingChanged.connect(self._count)
        model.arranged.connect(self._count)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._read)

    # --- showing --------------------------------------------------------------------------------------

    def _read(self) -> None:
        text = self._text
        self.search_field.setPlaceholderText(text("hub.find"))
        self.search_field.setAccessibleName(text("hub.find"))
        self.filter_button.setText(text("hub.filter"))
        self.order_button.setText(text("hub.order"))
        self.filter_button.setToolTip(text("hub.filter_tip"))
        self.order_button.setToolTip(text("hub.order_tip"))
        self.new_button.setToolTip(text("hub.new_tip"))
        widest = QFontMetrics(self.new_button.font()).horizontalAdvance(text("hub.new", count=99_999))
        self.new_button.setFixedWidth(widest + self._look.px(20))  # its text may change, its place may not
        self.view.fit_columns()
        self._count()

    def _count(self) -> None:
        text, model = self._text, self.model
        words = text("hub.found", count=model.arrangement.total, total=int(model.columns.is_there.sum()))
        self._found.setText(text("hub.dot").join(filter(None, (words, self._menus.narrowed()))))
        self.new_button.setText(text("hub.new", count=model.waiting))
        self.new_button.setEnabled(model.waiting > 0)
        unsent = int((model.columns.is_open & (model.columns.stage < UNSENT_UNTIL)).sum())
        if unsent != self.unsent:
            self.unsent = unsent
            self.unsentChanged.emit(unsent)

    # --- what the officer asks for --------------------------------------------------------------------

    def _search(self, words: str) -> None:
        self.model.want(words=tuple(words.casefold().split()))

    def _offer_filters(self) -> None:
        self._menus.offer_filters(self.filter_button.mapToGlobal(QPoint(0, self.filter_button.height())))

    def _offer_orders(self) -> None:
        self._menus.offer_orders(self.order_button.mapToGlobal(QPoint(0, self.order_button.height())))

    def come_forward(self) -> None:
        """All there is, and the keyboard in the list. Who has dealt with what is picked has the next picked for him."""
        self.model.take_in()
        self.view.setFocus()
        state = self._controls.hub.state
        if self.unsent and (state is None or not state.stands or state.order_ids):
            self._controls.hub.next()

    def _choose(self) -> None:
        self._selection.set_incidents(self.view.picked)

    def show_picked(self, incident_id: IncidentId) -> None:
        """Another part of the window picked one: it is listed, in sight and has the keyboard."""
        if self.model.place_of(incident_id) is None:
            self.model.take_in()
        if self.model.place_of(incident_id) is None:  # narrowed away
            self._menus.clear()
            self.search_field.clear()
            self.model.want(folded=frozenset(), state="all", words=())
        self.view.show_picked(incident_id)
