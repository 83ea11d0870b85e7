"""The incident picked in the hub: what, where, who said so, who is at it, who could be sent, and what can be done."""

from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentOutcome, IncidentState
from comms.domain.order import OPEN_STATES, OrderPriority
from console.store.notices import Changed, LinkChanged, Notice, Reset
from console.store.store import Store
from ui.controls import Controls
from ui.duplicate_watch import reasons_in_words
from ui.happening_names import number_of
from ui.map.incident_marks import draw_incident
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import CommandButton
from ui.widgets.labels import ElidedLabel
from ui.widgets.triggered import Triggered
from ui.words import age, distance, jurisdiction_path, moment, party_name

HEIGHT_PX = 178
_BUTTONS = ("hub_dispatch", "hub_near", "hub_around", "hub_close")
_READ_MS = 200
_LINES = 5


class PriorityMark(QWidget):
    """The map's own symbol."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._priority: OrderPriority | None = None

    def show_priority(self, priority: OrderPriority | None) -> None:
        self._priority = priority
        self.setFixedSize(self._look.px(18), self._look.px(18))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._priority is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = QPointF(self.width() / 2, self.height() / 2)
            draw_incident(painter, middle, self._priority, self._look.theme.map, self.width() / 2.5)


class IncidentCard(QWidget):
    def __init__(
        self, *, store: Store, controls: Controls, look: Look, text: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._controls = controls
        self._look = look
        self._text = text
        self._nearest = ""
        """Of the incident picked, when it was picked."""
        self._mark = PriorityMark(look, self)
        self._name = ElidedLabel(tone="title", parent=self)
        self._aside = ElidedLabel(parent=self)
        self._aside.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.lines = [ElidedLabel(tone="" if line == 0 else "dim", parent=self) for line in range(_LINES)]
        self._buttons = {
            name: CommandButton(name, controls, text, look, self, tone="primary" if name == "hub_dispatch" else "")
            for name in _BUTTONS
        }
        self._arrange()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_READ_MS)
        self._soon.timeout.connect(self._read)
        controls.selection.incidentsChanged.connect(self._begin)
        controls.hub.closing.connect(self._offer_outcomes)
        text.changed.connect(self._begin)
        look.changed.connect(self._read)
        follow(self, store, self._on_notice)
        self._begin()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(3)
        head = QGridLayout()
        head.setHorizontalSpacing(6)
        head.addWidget(self._mark, 0, 0)
        head.addWidget(self._name, 0, 1)
        head.addWidget(self._aside, 0, 2)
        head.setColumnStretch(1, 3)
        head.setColumnStretch(2, 2)
        column.addLayout(head)
        for line in self.lines:
            column.addWidget(line)
        column.addStretch(1)
        grid = QGridLayout()
        grid.setSpacing(4)
        for index, button in enumerate(self._buttons.values()):
            grid.addWidget(button, 0, index)
        column.addLayout(grid)
        case_button = CommandButton("case", self._controls, self._text, self._look, self, tone="flat")
        case_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        head.addWidget(case_button, 0, 3)
        self._buttons["case"] = case_button

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="incident" | "case" | "order"):  # another one may be what this one repeats
                self._read_soon()
            case Reset() | LinkChanged():
                self._read()
            case _:
                pass

    def _read_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _begin(self) -> None:
        state = self._controls.hub.state
        self._nearest = self._nearest_words(state) if state is not None and state.is_open else ""
        self._read()

    def _read(self) -> None:
        self.setFixedHeight(self._look.px(HEIGHT_PX))
        for button in self._buttons.values():
            button.refresh()
        states = self._controls.hub.states
        if not states:
            self._mark.show_priority(None)
            self._name.setText(self._text("hub.none"))
            self._aside.setText("")
            self._say((self._text("hub.none_hint"),))
            return
        state, others = states[0], len(states) - 1
        kind = state.incident.kind
        self._mark.show_priority(state.incident.priority)
        self._name.setText(self._text("hub.and_others", kind=kind, count=others) if others else kind)
        priority = self._text(f"priority.{state.incident.priority.value}")
        self._aside.setText(self._text("hub.dot").join((priority, number_of(state.incident.id))))
        self._say(self._facts(state))

    def _say(self, facts: tuple[str, ...]) -> None:
        for place, line in enumerate(self.lines):
            line.setText(facts[place] if place < len(facts) else "")

    def _facts(self, state: IncidentState) -> tuple[str, ...]:
        incident, text, store = state.incident, self._text, self._store
        grid = jurisdiction_path(store.picture, incident.jurisdiction_id)
        source = incident.source or party_name(store, state.reported_by, text)
        origin = incident.origin
        if origin is not None:
            name = incident.source or origin.source
            source = text("hub.source_number", source=name, number=origin.source_id)
        when = moment(state.reported_at, store.server_now())
        last = self._nearest if state.is_open else self._closed_words(state)
        return (
            incident.text or text("hub.no_text"),
            text("hub.dot").join(filter(None, (incident.place.text, grid))),
            self._reported_words(state, source=source, when=when),
            text("hub.dot").join(filter(None, (self._at_it(state), last))),
            self._duplicate_words(),
        )

    def _reported_words(self, state: IncidentState, *, source: str, when: str) -> str:
        """With what its source has done there since."""
        text, store = self._text, self._store
        said = text("hub.reported", source=source, when=when, age=age(store.server_now() - state.reported_at, text))
        there = store.picture.work_orders.closed_there.get(state.incident.id)
        return said if there is None else text("hub.dot").join((text("hub.closed_there", note=there.note), said))

    def _duplicate_words(self) -> str:
        found = self._controls.hub.likely_duplicate
        if found is None:
            return ""
        other = self._store.picture.incidents.states[found.incident_id].incident
        named = self._text("hub.duplicate.named", kind=other.kind, number=number_of(other.id))
        return self._text("hub.duplicate.likely", kept=named, reasons=reasons_in_words(found, self._text))

    def _at_it(self, state: IncidentState) -> str:
        text, picture = self._text, self._store.picture
        found = [picture.orders[order_id] for order_id in state.order_ids if order_id in picture.orders]
        busy = [
            text("hub.at_it_one", name=picture.units[unit_id].unit.name, state=text(f"step.{step.value}"))
            for order in found
            for unit_id, step in order.assignments.items()
            if unit_id in picture.units and step in OPEN_STATES
        ]
        if busy:
            return text("hub.at_it", units=text("list.separator").join(busy))
        return text("hub.orders_done", count=len(found)) if found else text("hub.nobody_at_it")

    def _nearest_words(self, state: IncidentState) -> str:
        target = self._controls.hub.nearest(state)
        if target is None:
            return self._text("hub.nobody_free")
        unit_id, place = target.unit_ids[0], state.incident.place
        row = self._store.positions.row_of(unit_id)
        metres = self._store.positions.distances_m(lat=place.lat, lon=place.lon)
        away = distance(float(metres[row]), self._text) if row is not None else ""
        name = self._store.picture.units[unit_id].unit.name
        return self._text("hub.nearest", name=name, away=away)

    def _closed_words(self, state: IncidentState) -> str:
        if state.closed_at is None or state.outcome is None or state.closed_by is None:
            return ""
        return self._text(
            "hub.closed",
            outcome=self._text(f"outcome.{state.outcome.value}"),
            name=party_name(self._store, state.closed_by, self._text),
            when=moment(state.closed_at, self._store.server_now()),
        )

    # --- closing --------------------------------------------------------------------------------------

    def _offer_outcomes(self, incident_ids: tuple[IncidentId, ...]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(incident_ids) > 1:
            menu.addSection(self._text("hub.close_many", count=len(incident_ids)))
        for outcome in IncidentOutcome:
            words = self._text("incident.close", outcome=self._text(f"outcome.{outcome.value}"))
            action = QAction(words, menu)
            action.triggered.connect(Triggered(partial(self._controls.hub.close, incident_ids, outcome)))
            menu.addAction(action)
        button = self._buttons["hub_close"]
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.theme.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(self._look.theme.line))
