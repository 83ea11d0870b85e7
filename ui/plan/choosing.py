"""Choosing a plan: those that fit first and why, what the one picked would do now, and the key that starts it."""

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QListView, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import PlanRunId
from comms.domain.incident import Incident
from comms.domain.plan import USUAL_LEVEL, Plan, PlanLevel
from comms.domain.plan_fit import Fit, fits
from console.store.store import Store
from ui.plan.foreseen_words import foreseen_words
from ui.plan.preview import Foreseen, Preview, Previewer
from ui.plan.words import ICONS, kind_of, plan_name, run_words, step_title
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.lines import LINE_ROLE, Line, LinesModel, keep_shown, lines_view
from ui.widgets.row import row_of

LEVELS = {level.value.lower(): level for level in PlanLevel}
"""By the keys of their buttons."""
PlanKey = tuple[str, str]
"""`plan` or `run`, and its id."""


class ChoosePage(QWidget):
    starting = Signal()
    opening = Signal(str)
    """The board of a run: its id."""

    def __init__(self, *, store: Store, previewer: Previewer, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._previewer = previewer
        self._look = look
        self._text = text
        self._incident: Incident | None = None
        self._is_busy = False
        """A start is on its way."""
        self.preview: Preview | None = None
        self.model, self.foreseen = LinesModel(self), LinesModel(self)
        self.view = lines_view(self.model, look, self)
        self.foreseen_view: QListView = lines_view(self.foreseen, look, self)
        self.levels = Choices(tuple(LEVELS), "plan_level", text, self)
        self._level_caption = label(tone="dim", parent=self)
        self._foreseen_caption = label(tone="head", parent=self)
        self.fault = label(tone="danger", wraps=True, parent=self)
        self.start_button = QPushButton(self)
        self.start_button.setObjectName("plan_start")
        self.start_button.setProperty("tone", "primary")
        self._arrange()
        self.view.selectionModel().currentChanged.connect(self._pick)
        self.view.activated.connect(self._go)
        self.levels.changed.connect(self._foresee)
        self.start_button.clicked.connect(self.starting)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.view, 4)
        column.addLayout(row_of(self._level_caption, None, self.levels))
        column.addWidget(self._foreseen_caption)
        column.addWidget(self.foreseen_view, 6)
        column.addWidget(self.fault)
        column.addWidget(self.start_button)

    # --- showing ------------------------------------------------------------------------------------------

    def show_for(self, incident: Incident | None) -> None:
        """The best one picked, at the level that is usual for the priority."""
        self._incident = incident
        self.fault.clear()
        if incident is not None:
            self.levels.choose(USUAL_LEVEL[incident.priority].value.lower())
        self.list_plans()
        first = next((row for row, line in enumerate(self.model.lines) if not line.is_head), None)
        if first is not None:
            self.view.setCurrentIndex(self.model.index(first))
        self._foresee()

    def list_plans(self) -> None:
        keep_shown(self.view, self.model, tuple(self._lines()))

    def _lines(self) -> Iterator[Line]:
        """Runs of the incident, or of all when none is picked; then the plans, those that fit first."""
        text, incident = self._text, self._incident
        running = self._store.picture.plans.running(incident.id if incident is not None else None)
        if running:
            yield Line("running", text("plan.head.running"), figure=str(len(running)), is_head=True)
        for run in running:
            title, detail, figure = run_words(run, self._store, text)
            yield Line(("run", run.id), title, detail, figure, icon="play")
        if incident is None:
            return
        plans = [known.plan for known in self._store.picture.plans.plans.values()]
        found = fits(plans, incident)
        fitting = [one for one in found if one.is_fitting]
        yield Line("fitting", text("plan.head.fitting"), figure=str(len(fitting)), is_head=True)
        yield from (self._plan_line(one) for one in fitting)
        yield Line("others", text("plan.head.others"), figure=str(len(found) - len(fitting)), is_head=True)
        yield from (self._plan_line(one) for one in found[len(fitting) :])

    def _plan_line(self, found: Fit) -> Line:
        text, plan = self._text, found.plan
        if not found.word:
            why = text("plan.why.none")
        elif not found.is_priority:
            why = text("plan.why.priority", word=found.word)
        else:
            why = text("plan.why.text" if found.is_in_text else "plan.why.kind", word=found.word)
        figure = text("plan.version", version=self._store.picture.plans.plans[plan.id].version)
        icon = "check" if found.is_fitting else "note"
        return Line(("plan", plan.id), plan_name(plan.name, text), why, figure, icon=icon)

    @property
    def picked(self) -> PlanKey | None:
        line = self.view.currentIndex().data(LINE_ROLE)
        return line.key if line is not None and isinstance(line.key, tuple) else None

    @property
    def plan(self) -> Plan | None:
        key = self.picked
        known = self._store.picture.plans.plans
        return next((one.plan for one in known.values() if key == ("plan", one.plan.id)), None)

    @property
    def level(self) -> PlanLevel:
        return LEVELS[self.levels.chosen]

    def _pick(self, _index: object) -> None:
        self.fault.clear()
        self._foresee()

    def _go(self, _index: object) -> None:
        """Enter opens what runs; a plan is started by the button and its own key, never by a slip of Enter."""
        key = self.picked
        if key is not None and key[0] == "run":
            self.opening.emit(PlanRunId(key[1]))

    # --- what it would do ---------------------------------------------------------------------------------

    def _foresee(self, _: object = None) -> None:
        plan, incident = self.plan, self._incident
        for level in PlanLevel:
            is_there = plan is not None and (level in plan.levels or level is self.level)
            self.levels.enable(level.value.lower(), is_there)
        self.preview = None
        if plan is not None and incident is not None:
            self.preview = self._previewer.preview(plan, self.level, incident)
        steps = self.preview.steps if self.preview is not None else ()
        self.foreseen.show_lines(tuple(self._step_line(one) for one in steps))
        self._say()

    def _step_line(self, one: Foreseen) -> Line:
        step, text = one.step, self._text
        title = step_title(step, self._incident, self.level.value, text)
        due = text("plan.due_after", minutes=f"{step.due_min:g}") if step.due_min is not None else ""
        detail, tone = foreseen_words(one, self._store, text)
        return Line(step.id, title, detail, due, icon=ICONS[kind_of(step)], tone=tone)

    # --- words --------------------------------------------------------------------------------------------

    def set_busy(self, is_busy: bool) -> None:
        """Shown at once, before the gateway has answered."""
        self._is_busy = is_busy
        self._say()

    def retranslate(self) -> None:
        text = self._text
        self.view.setAccessibleName(text("plan.title"))
        self.foreseen_view.setAccessibleName(text("plan.would_do"))
        self._level_caption.setText(text("plan.level"))
        self.levels.retranslate()
        self.set_busy(False)
        self.list_plans()
        self._foresee()

    def _say(self) -> None:
        self.start_button.setEnabled(not self._is_busy and self.preview is not None)
        self.start_button.setText(self._text("plan.starting" if self._is_busy else "plan.start"))
        key = "plan.would_do" if self.preview is not None else "plan.pick_one"
        self._foreseen_caption.setText(self._text(key))
