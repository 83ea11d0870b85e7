"""The incident picked in the hub: what, where, who said so, who is at it, who could be sent, and what can be done."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentOutcome, IncidentState
from comms.domain.order import OrderPriority
from console.store.notices import Changed, LinkChanged, Notice, Reset
from console.store.store import Store
from ui.controls import Controls
from ui.hub.incident_words import IncidentWords
from ui.map.incident_marks import draw_incident
from ui.plan.words import card_words
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import CommandButton
from ui.widgets.labels import ElidedLabel
from ui.widgets.triggered import Triggered

HEIGHT_PX = 198
_BUTTONS = ("hub_dispatch", "plan", "hub_near", "hub_around", "hub_close")
_TONES = {"hub_dispatch": "primary"}
_READ_MS = 200
_LINES = 6
_NOTED, _UNITS, _CAMERAS, _RELATED = 2, 3, 4, 5


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


class Pointing(ElidedLabel):
    """A line that leads somewhere when it is clicked."""

    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.text() and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class IncidentCard(QWidget):
    def __init__(
        self, *, store: Store, controls: Controls, look: Look, text: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._look = look
        self._text = text
        self._words = IncidentWords(store, controls.hub, text)
        self._nearest = ""
        """Of the incident picked, when it was picked."""
        self._mark = PriorityMark(look, self)
        self._name = ElidedLabel(tone="title", parent=self)
        self._aside = ElidedLabel(parent=self)
        self._aside.setAlignment(Qt.AlignmentFlag.AlignRight)
        hub = controls.hub
        leads: dict[int, Callable[[], None]] = {
            _NOTED: hub.acknowledge_picked,
            _UNITS: hub.next_unit, _CAMERAS: hub.next_camera, _RELATED: hub.go_to_duplicate,
        }  # fmt: skip
        self.lines = [self._line(line, leads.get(line)) for line in range(_LINES)]
        self._buttons = {
            name: CommandButton(name, controls, text, look, self, tone=_TONES.get(name, ""), shows_icon=False)
            for name in _BUTTONS
        }
        self._arrange()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_READ_MS)
        self._soon.timeout.connect(self._read)
        controls.selection.incidentsChanged.connect(self._begin)
        hub.closing.connect(self._offer_outcomes)
        hub.merging.choosing.connect(self._offer_merged)
        hub.sights.ready.connect(self._read)
        text.changed.connect(self._begin)
        look.changed.connect(self._read)
        follow(self, store, self._on_notice)
        self._begin()

    def _line(self, place: int, leads: Callable[[], None] | None) -> ElidedLabel:
        tone = "" if place == 0 else "dim"
        if leads is None:
            return ElidedLabel(tone=tone, parent=self)
        line = Pointing(tone=tone, parent=self)
        line.setCursor(Qt.CursorShape.PointingHandCursor)
        line.clicked.connect(leads)
        return line

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
            case Changed(noun="incident" | "case" | "order" | "plan"):  # another one may be what this one repeats
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
        self._nearest = self._words.nearest(state) if state is not None and state.stands else ""
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
        self._aside.setText(self._words.aside(state))
        self._say(self._facts(state))

    def _say(self, facts: tuple[str, ...]) -> None:
        for place, line in enumerate(self.lines):
            line.setText(facts[place] if place < len(facts) else "")

    def _facts(self, state: IncidentState) -> tuple[str, ...]:
        words, dot = self._words, self._text("hub.dot")
        last = self._nearest if state.is_open else words.closed(state)
        return (
            words.what(state),
            words.where(state),
            dot.join(filter(None, (words.noted(state), words.reported(state)))),
            dot.join(filter(None, (words.units(state), last))),
            words.cameras(state),
            card_words(state.incident.id, self._controls.store, self._text) or words.related(state),
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

    # --- merged ones ----------------------------------------------------------------------------------

    def _offer_merged(self, incident_ids: tuple[IncidentId, ...]) -> None:
        """Which of them is to be taken out."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSection(self._text("merge.choose"))
        for incident_id, words in self._words.each(incident_ids):
            action = QAction(words.replace("&", "&&"), menu)
            action.triggered.connect(Triggered(partial(self._controls.hub.merging.ask_why, incident_id)))
            menu.addAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.theme.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(self._look.theme.line))
