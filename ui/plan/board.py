"""The board of a running plan: every step with how it stands, times counting down, and keys to settle them.

Steps keep their places for as long as the plan runs: nothing about to be pressed moves."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import PlanRunId
from comms.domain.plan import DESK_STEPS, PlanLevel, PlanStep
from comms.domain.plan_book import PlanRun, StepState, due_at
from comms.domain.plan_events import StepOutcome
from console.store.store import Store
from ui.plan.words import ICONS, kind_of, outcome_words, run_incident, step_title, whose_words
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.lines import LINE_ROLE, Line, LinesModel, dressed, keep_shown
from ui.widgets.row import row_of
from ui.widgets.triggered import Triggered
from ui.words import clock_minute, duration

SOON_S = 60.0
"""Due within so long is a warning."""
BUTTONS = ("tick", "words", "skip", "raise", "end", "plans")
_TONES = {"tick": "primary", "end": "danger", "plans": "flat"}


class StepsView(QListView):
    """Keys of a list of steps: Enter ticks, Delete skips. Space talks, here as everywhere."""

    ticked = Signal()
    skipped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.ticked.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.skipped.emit()
        else:
            super().keyPressEvent(event)


class BoardPage(QWidget):
    pressed = Signal(str)
    """One of BUTTONS."""

    def __init__(self, *, store: Store, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._text = text
        self.run_id: PlanRunId | None = None
        self.model = LinesModel(self)
        self.view = dressed(StepsView(self), self.model, look)
        self.progress = label(tone="head", parent=self)
        self.fault = label(tone="danger", wraps=True, parent=self)
        self._hint = label(tone="dim", wraps=True, parent=self)
        self.buttons = {name: self._button(name) for name in BUTTONS}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.progress)
        column.addWidget(self.view, 1)
        column.addWidget(self.fault)
        column.addWidget(self._hint)
        column.addLayout(row_of(*(self.buttons[name] for name in ("tick", "words", "skip"))))
        column.addLayout(row_of(*(self.buttons[name] for name in ("plans", "raise", "end"))))
        self.view.selectionModel().currentChanged.connect(self._refresh)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"plan_{name}")
        button.setProperty("tone", _TONES.get(name, ""))
        button.clicked.connect(Triggered(partial(self.pressed.emit, name)))
        return button

    @property
    def run(self) -> PlanRun | None:
        return self._store.picture.plans.runs.get(self.run_id) if self.run_id is not None else None

    @property
    def step(self) -> PlanStep | None:
        line = self.view.currentIndex().data(LINE_ROLE)
        run = self.run
        return run.plan.step(line.key) if run is not None and line is not None else None

    def show_run(self, run_id: PlanRunId) -> None:
        """The first step that somebody has to see to is picked."""
        self.run_id = run_id
        self.fault.clear()
        self.tell()
        run = self.run
        states = [state for _, state in run.parts()] if run is not None else []
        row = next((row for row, state in enumerate(states) if not state.is_settled), 0)
        self.view.setCurrentIndex(self.model.index(row))

    def tell(self) -> None:
        """Read again: each second, and whenever the plan has moved."""
        run = self.run
        if run is None:
            return
        keep_shown(self.view, self.model, tuple(self._line(run, step, state) for step, state in run.parts()))
        self.progress.setText(self._progress(run))
        self._refresh()

    def _line(self, run: PlanRun, step: PlanStep, state: StepState) -> Line:
        text, now = self._text, self._store.server_now()
        title = step_title(step, run_incident(run, self._store), run.level.value, text)
        whose = whose_words(step, text)
        detail = text("hub.dot").join(filter(None, (outcome_words(run, step, self._store, text), whose)))
        figure, tone = self._figure(step, state, now)
        icon = {StepOutcome.DONE: "check", StepOutcome.SKIPPED: "close", StepOutcome.REFUSED: "warning"}.get(
            state.outcome, ICONS[kind_of(step)]
        )
        return Line(step.id, title, detail, figure, icon=icon, tone=tone)

    def _figure(self, step: PlanStep, state: StepState, now: float) -> tuple[str, str]:
        """When it was settled, or how long there is yet."""
        if state.is_settled:
            return clock_minute(state.at) if state.at is not None else "", ""
        at = due_at(step, state)
        tone = "danger" if state.outcome is StepOutcome.REFUSED else ""
        if at is None:
            return "", tone
        if at <= now:
            return self._text("plan.over", time=duration(now - at)), "danger"
        return self._text("plan.left", time=duration(at - now)), tone or ("warn" if at - now <= SOON_S else "")

    def _progress(self, run: PlanRun) -> str:
        text = self._text
        since = duration((run.ended_at or self._store.server_now()) - run.started_at)
        settled = text("plan.progress", done=len(run.steps) - run.unsettled, count=len(run.steps))
        parts = [text("plan.since", time=since), settled]
        if not run.is_running:
            parts.append(text("plan.is_over"))
        return text("hub.dot").join(parts)

    def next_level(self) -> PlanLevel | None:
        """The next that adds anything."""
        run = self.run
        levels = run.plan.levels if run is not None else ()
        return next((level for level in levels if run is not None and level.rank > run.level.rank), None)

    def _refresh(self, _: object = None) -> None:
        run, step, level = self.run, self.step, self.next_level()
        is_running = run is not None and run.is_running
        state = run.steps.get(step.id) if run is not None and step is not None else None
        is_open = is_running and state is not None and not state.is_settled
        can_go = state is not None and (state.order_id or state.talkgroup_id or isinstance(step, DESK_STEPS))
        self.buttons["tick"].setEnabled(bool(is_open or can_go))
        self.buttons["tick"].setText(self._text("plan.button.go" if can_go else "plan.button.tick"))
        for name in ("words", "skip"):
            self.buttons[name].setEnabled(bool(is_open))
        self.buttons["raise"].setEnabled(is_running and level is not None)
        words = self._text("plan.button.raise_to", level=level.value) if level else self._text("plan.button.raise")
        self.buttons["raise"].setText(words)
        self.buttons["end"].setEnabled(is_running)

    def retranslate(self) -> None:
        text = self._text
        for name in ("words", "skip", "end", "plans"):
            self.buttons[name].setText(text(f"plan.button.{name}"))
        self.view.setAccessibleName(text("plan.steps"))
        self._hint.setText(text("plan.board_hint"))
        self.tell()
        self._refresh()
