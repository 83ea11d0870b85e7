"""The plan sheet over the map's right edge: choose and start a plan for the incident picked, then its board."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from comms.domain.ids import IncidentId, PlanRunId
from comms.domain.incident import Incident
from comms.domain.plan import DESK_STEPS
from console.store.notices import Changed, Notice, Reset
from ui.plan.board import BoardPage
from ui.plan.choosing import ChoosePage
from ui.plan.controls import PlanControls, most_urgent
from ui.plan.desk_steps import DeskSteps
from ui.plan.preview import Previewer
from ui.plan.words import run_words
from ui.watch import follow
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.sheet_head import SheetHead

if TYPE_CHECKING:
    from ui.workplace import Workplace

TICK_MS = 1_000


class PlanSheet(Sheet):
    def __init__(self, place: "Workplace") -> None:
        layers = place.layers()
        super().__init__(layers.map, Corner.RIGHT)
        self._store, self._desk, self._look, self._text = place.store, place.controls, place.look, place.text
        self._incident_id: IncidentId | None = None
        self.controls = PlanControls(
            store=place.store,
            actions=place.actions.plans,
            desk_steps=DeskSteps(layers, place.store, place.text, self.width, self),
            acting=place.acting,
            text=place.text,
            parent=self,
        )
        self._previewer = Previewer(place.store, place.actions.dispatch.nearby)
        self.head = SheetHead("plan", place.look, place.text, self, title="plan.title", close="plan.close")
        self.choosing = ChoosePage(
            store=place.store, previewer=self._previewer, look=place.look, text=place.text, parent=self
        )
        self.board = BoardPage(store=place.store, look=place.look, text=place.text, parent=self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.choosing)
        self.pages.addWidget(self.board)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.addWidget(self.head)
        column.addWidget(self.pages, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tell)
        self._connect()
        self._read()

    def _connect(self) -> None:
        controls, board, choosing = self.controls, self.board, self.choosing
        self.head.close_button.clicked.connect(self.dismiss)
        choosing.starting.connect(self.confirm)
        choosing.opening.connect(self._turn_to)
        board.pressed.connect(self._press)
        board.view.ticked.connect(self._tick)
        board.view.skipped.connect(self._skip)
        controls.asking.connect(self._desk.orders.asking)
        controls.started.connect(self._turn_to)
        controls.refused.connect(self._refuse)
        self._desk.selection.incidentsChanged.connect(self._follow_selection)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self.place)
        follow(self, self._store, self._notice)

    def wanted_width(self) -> int:
        return self._look.px(420)

    # --- opening ------------------------------------------------------------------------------------------

    def open(self) -> None:
        """For the incident picked: the board of what runs, else the plans that fit."""
        self._show_picked()
        self.appear()
        self._timer.start()
        self._take_keyboard()

    def _show_picked(self) -> None:
        state = self._desk.hub.state
        self._incident_id = state.incident.id if state is not None else None
        run = most_urgent(self._store, self._incident_id)
        if run is not None and self._incident_id is not None:
            self._show_board(run.id)
        else:
            self._show_choice()

    def dismiss(self) -> None:
        self._timer.stop()
        super().dismiss()

    @property
    def _incident(self) -> Incident | None:
        state = self._store.picture.incidents.states.get(self._incident_id) if self._incident_id is not None else None
        return state.incident if state is not None else None

    def _show_choice(self) -> None:
        self.pages.setCurrentWidget(self.choosing)
        self.choosing.set_busy(False)
        self.choosing.show_for(self._incident)
        self._say_where()

    def _show_board(self, run_id: str) -> None:
        run = self.controls.run(PlanRunId(run_id))
        if run is None:
            return
        self._incident_id = run.incident_id
        self.pages.setCurrentWidget(self.board)
        self.board.show_run(run.id)
        self._say_where()

    def _turn_to(self, run_id: str) -> None:
        self._show_board(run_id)
        self._take_keyboard()

    def _take_keyboard(self) -> None:
        if self.isVisible():
            (self.board if self._is_board else self.choosing).view.setFocus()

    @property
    def _is_board(self) -> bool:
        return self.pages.currentWidget() is self.board

    # --- doing --------------------------------------------------------------------------------------------

    def confirm(self) -> None:
        """Start the plan that is picked."""
        incident, preview = self._incident, self.choosing.preview
        if self._is_board or incident is None or preview is None or not self.choosing.start_button.isEnabled():
            return
        self.choosing.set_busy(True)
        self.controls.start(incident, preview)

    def _press(self, name: str) -> None:
        run, step = self.board.run, self.board.step
        match name:
            case "plans":
                self._show_choice()
                self._take_keyboard()
            case "end" if run is not None:
                self.controls.end(run.id)
            case "words" if run is not None and step is not None:
                self.controls.tick_with_words(run.id, step)
            case "raise":
                self._raise()
            case "tick":
                self._tick()
            case "skip":
                self._skip()

    def _tick(self) -> None:
        """What is open is done; what led somewhere is gone to."""
        run, step = self.board.run, self.board.step
        if run is None or step is None:
            return
        state = run.steps[step.id]
        self.board.fault.clear()
        if isinstance(step, DESK_STEPS):
            self.controls.do_step(run.id, step)
        elif state.order_id is not None:
            self._desk.selection.set_order(state.order_id)
            self._desk.showing.emit("orders")
        elif state.talkgroup_id is not None:
            self._desk.select_talkgroup(state.talkgroup_id)
        elif run.is_running and not state.is_settled:
            self.controls.tick(run.id, step)

    def _skip(self) -> None:
        run, step = self.board.run, self.board.step
        if run is not None and step is not None and run.is_running and not run.steps[step.id].is_settled:
            self.controls.skip(run.id, step)

    def _raise(self) -> None:
        run, level, incident = self.board.run, self.board.next_level(), self._incident
        if run is None or level is None or incident is None:
            return
        added = [step for step in run.plan.steps_at(level) if step.id not in run.steps]
        preview = self._previewer.preview(run.plan, level, incident, besides=run.ordered_ids, only=added)
        self.controls.raise_level(run.id, level, preview)

    def _refuse(self, sentence: str) -> None:
        page = self.board if self._is_board else self.choosing
        page.fault.setText(sentence)
        self.choosing.set_busy(False)

    # --- following ----------------------------------------------------------------------------------------

    def _notice(self, notice: Notice) -> None:
        is_ours = isinstance(notice, Changed) and notice.noun in ("plan", "plan_version")
        if self.isVisible() and (is_ours or isinstance(notice, Reset)):
            self._tell()

    def _tell(self) -> None:
        if self._is_board:
            self.board.tell()
        else:
            self.choosing.list_plans()
        self._say_where()

    def _follow_selection(self) -> None:
        """Another incident picked while the sheet is there: it is about that one. The keyboard stays where it is."""
        state = self._desk.hub.state
        if self.isVisible() and state is not None and state.incident.id != self._incident_id:
            self._show_picked()

    def _say_where(self) -> None:
        run = self.board.run if self._is_board else None
        incident = self._incident
        named = run_words(run, self._store, self._text)[0] if run is not None else ""
        words = f"{incident.kind} {incident.place.text}".strip() if incident is not None else ""
        said = self._text("hub.dot").join(filter(None, (named, words)))
        self.head.where.setText(said or self._text("plan.no_incident"))

    def _read(self) -> None:
        self.choosing.retranslate()
        self.board.retranslate()
        self._say_where()
