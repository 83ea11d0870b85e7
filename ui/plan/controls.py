"""What the plan sheet sets off. Each method is one step; the board changes when the gateway has said so."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import IncidentId, PlanRunId
from comms.domain.incident import Incident
from comms.domain.plan import DESK_STEPS, CamerasStep, LayersStep, PlanLevel, PlanStep
from comms.domain.plan_book import PlanRun, due_at
from comms.protocol.pushes import Done, Refused
from console.actions.plans import PlanActions
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.order.controls import Question
from ui.plan.desk_steps import DeskSteps
from ui.plan.preview import Preview
from ui.plan.words import plan_name, run_incident, step_title
from ui.text import Texts


class PlanControls(QObject):
    asking = Signal(object)
    """Ask for words: a Question."""
    started = Signal(str)
    """A run this desk has begun or raised: its id."""
    refused = Signal(str)
    """The sentence of a refusal, for the sheet."""

    def __init__(
        self,
        *,
        store: Store,
        actions: PlanActions,
        desk_steps: DeskSteps,
        acting: Acting,
        text: Texts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._actions = actions
        self._desk_steps = desk_steps
        self._acting = acting
        self._text = text

    def run(self, run_id: PlanRunId | None) -> PlanRun | None:
        return self._store.picture.plans.runs.get(run_id) if run_id is not None else None

    # --- starting and raising -----------------------------------------------------------------------------

    def start(self, incident: Incident, preview: Preview) -> None:
        work = self._actions.start(incident.id, preview.plan.id, preview.level, choices=preview.choices)
        self._acting.start(work, self._begun, failed=partial(self.refused.emit, ""))

    def raise_level(self, run_id: PlanRunId, level: PlanLevel, preview: Preview) -> None:
        work = self._actions.raise_level(run_id, level, choices=preview.choices)
        self._acting.start(work, self._begun, failed=partial(self.refused.emit, ""))

    def _begun(self, answer: Outcome) -> None:
        if isinstance(answer, Refused):
            self.refused.emit(answer.text or self._text.refusal(answer.code))
            return
        if not isinstance(answer, Done):
            self.refused.emit("")
            return
        run_id = PlanRunId(answer.subject or "")
        self.started.emit(run_id)
        self.do_here(run_id)

    def do_here(self, run_id: PlanRunId) -> None:
        """Every step that is a desk's and that nobody has done yet."""
        run = self.run(run_id)
        for step, state in run.parts() if run is not None else ():
            if isinstance(step, DESK_STEPS) and not state.is_settled:
                self.do_step(run_id, step)

    def do_step(self, run_id: PlanRunId, step: PlanStep) -> None:
        """At this desk, and told to all; one that is settled is only shown here again."""
        run = self.run(run_id)
        incident = run_incident(run, self._store) if run is not None else None
        if run is None or incident is None or not isinstance(step, CamerasStep | LayersStep):
            return
        words = self._desk_steps.carry_out(step, incident.place)
        if run.is_running and not run.steps[step.id].is_settled:
            self._settle(self._actions.tick(run_id, step.id, words=words))

    # --- settling -----------------------------------------------------------------------------------------

    def tick(self, run_id: PlanRunId, step: PlanStep) -> None:
        self._settle(self._actions.tick(run_id, step.id))

    def tick_with_words(self, run_id: PlanRunId, step: PlanStep) -> None:
        def run(words: str) -> None:
            self._settle(self._actions.tick(run_id, step.id, words=words))

        self._ask("plan.ask_words", run_id, step, run, hint=self._text("plan.words_hint"))

    def skip(self, run_id: PlanRunId, step: PlanStep) -> None:
        def run(reason: str) -> None:
            self._settle(self._actions.skip(run_id, step.id, reason=reason))

        self._ask("plan.ask_skip", run_id, step, run)

    def end(self, run_id: PlanRunId) -> None:
        """With steps nobody settled, a reason is asked for."""
        run = self.run(run_id)
        if run is None:
            return

        def finish(note: str) -> None:
            self._acting.start(self._actions.end(run_id, note=note), self._ended)

        if not run.unsettled:
            finish("")
            return
        name = plan_name(run.plan.name, self._text)
        self.asking.emit(Question(self._text("plan.ask_end", plan=name, count=run.unsettled), finish))

    def _ended(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._desk_steps.clear()
            self._acting.tell("ok", self._text("plan.told_ended"))

    def _ask(
        self, key: str, run_id: PlanRunId, step: PlanStep, answer: Callable[[str], None], *, hint: str = ""
    ) -> None:
        run = self.run(run_id)
        if run is not None:
            title = step_title(step, run_incident(run, self._store), run.level.value, self._text)
            self.asking.emit(Question(self._text(key, step=title), answer, hint))

    def _settle(self, work: Coroutine[Any, Any, Outcome]) -> None:
        self._acting.start(work)


def most_urgent(store: Store, incident_id: IncidentId | None = None) -> PlanRun | None:
    """The running plan whose next step is due first; of those without, the newest."""
    running = store.picture.plans.running(incident_id)
    return min(reversed(running), key=next_due_at, default=None)


def next_due_at(run: PlanRun) -> float:
    """Infinite where nothing has a time."""
    times = (due_at(step, state) for step, state in run.parts())
    return min((at for at in times if at is not None), default=float("inf"))
