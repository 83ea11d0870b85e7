"""The case of an incident at the desk: where it stands, its clocks, what this officer may do, its record, its
evidence."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout

from comms.domain.case import REQUESTS, CaseState, CaseStep
from comms.domain.case_evidence import evidence_of
from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentState
from comms.protocol.pushes import Done, Refused
from console.actions.requester import Outcome
from console.store.notices import Changed, Notice, Reset
from ui.case.drafts import Draft, Drafts
from ui.case.evidence import open_evidence, show_photos
from ui.case.face import CaseFace
from ui.case.needs import fields_of
from ui.case.now import CaseNow
from ui.case.strip import parts_of
from ui.case.taking import DeskClock, Taken, filled, take
from ui.case.words import do_name, natural_clock, paused, working_clock
from ui.item.choice import ItemChoice
from ui.item.words import evidence_words
from ui.panels.photo_tray import PhotoTray
from ui.watch import follow
from ui.widgets.overlay import Corner, Sheet

if TYPE_CHECKING:
    from ui.workplace import Workplace

_DAY_S = 86_400.0
_NOUNS = frozenset({"case", "incident", "order", "item", "officer", "department", "video"})


class CaseSheet(Sheet):
    """Of the incident picked in the hub. What is typed is kept until its step is taken, whatever else happens."""

    def __init__(self, place: "Workplace") -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._desk = place
        self._store, self._look, self._text = place.store, place.look, place.text
        self.now = CaseNow(place.store, place.text)
        self._choice, self._drafts = ItemChoice(place.store), Drafts()
        self._is_sending = False
        self._clock = DeskClock(place.actions.cases, place.acting, self.tick)
        self.face = CaseFace(
            store=place.store,
            choice=self._choice,
            duty=place.actions.duty,
            acting=place.acting,
            look=place.look,
            text=place.text,
            parent=self,
        )
        self.tray = PhotoTray(place.acting, place.text, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.face)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.tick)
        self._connect()
        self._retranslate()

    def _connect(self) -> None:
        face, form = self.face, self.face.form
        self._desk.controls.hub.steppingCase.connect(self._choose_next)
        face.close_button.clicked.connect(self.dismiss)
        face.steps.chosen.connect(self._begin_step)
        face.steps.said.connect(face.why.setText)
        form.conditionsWanted.connect(self._show_asked)
        form.item.sendWanted.connect(self.confirm)
        form.buttons["send"].clicked.connect(self.confirm)
        form.buttons["add_photo"].clicked.connect(self.tray.choose)
        form.buttons["no_photos"].clicked.connect(self.tray.empty)
        self.tray.changed.connect(self._show_asked)
        face.records.opened.connect(partial(open_evidence, self._desk))
        face.records.pair.opened.connect(partial(show_photos, self._desk))
        self._text.changed.connect(self._retranslate)
        self._look.changed.connect(self.place)
        follow(self, self._store, self._notice)

    def wanted_width(self) -> int:
        return self._look.px(1240)

    def wanted_height(self) -> int:
        return self._look.px(690)

    # --- opening ------------------------------------------------------------------------------------------

    def open(self) -> None:
        state = self._desk.controls.hub.state
        if state is None:
            self._desk.acting.tell("warn", self._text("case.none_picked"))
            return
        self._show_incident(state.incident.id)
        self.appear()
        self._second.start()
        self._clock.ask()
        step = self.face.steps.step or self.face.steps.first_allowed() or CaseStep.REGISTER
        self.face.steps.buttons[step].setFocus()

    def _choose_next(self) -> None:
        """The first step this officer may take, ready to be written."""
        step = self.face.steps.first_allowed()
        if self.isVisible() and step is not None:
            self.face.steps.choose(step)
            self._begin_step(step)

    def dismiss(self) -> None:
        self._second.stop()
        self._keep_draft()
        super().dismiss()

    def _show_incident(self, incident_id: IncidentId) -> None:
        if incident_id != self.now.incident_id:
            self._keep_draft()
            self.now.incident_id = incident_id
            self._restore_draft()
        self._read()

    def _keep_draft(self) -> None:
        if self.now.incident_id is not None:
            draft = Draft(self.face.steps.step, self.face.form.opinion.toPlainText())
            self._drafts.keep(self.now.incident_id, draft)

    def _restore_draft(self) -> None:
        draft, form = self._drafts.of(self.now.incident_id), self.face.form
        self._choice.forget()
        self.face.steps.choose(draft.step)
        self.tray.empty()
        form.empty()
        form.opinion.setPlainText(draft.opinion)
        form.propose_until(self._store.server_now() + _DAY_S)
        form.open_for(draft.step)

    # --- showing ------------------------------------------------------------------------------------------

    def _notice(self, notice: Notice) -> None:
        match notice:
            case Reset():
                self._clock.forget()
            case Changed(noun="case" | "incident", id=key) if key != self.now.incident_id:
                return
            case Changed(noun=noun) if noun not in _NOUNS:
                return
            case Changed(noun="item"):
                self._choice.forget()
            case _:
                pass
        if self.isVisible():
            self._clock.ask()
            self._read()

    def _read(self) -> None:
        incident, case = self.now.incident, self.now.case
        if incident is not None and case is not None:
            self._show(incident, case)

    def _show(self, incident: IncidentState, case: CaseState) -> None:
        face, store = self.face, self._store
        name, where = self.now.names()
        face.name.setText(name)
        face.where.setText(where)
        face.strip.show_parts(parts_of(case, incident.reported_at, store.server_now(), self._text))
        face.records.show_case(case, evidence_of(store.picture, case.incident_id))
        reasons = self.now.reasons(face.steps.buttons)
        face.steps.show_reasons(reasons)
        is_open = face.steps.step is not None and not reasons[face.steps.step]
        face.form.buttons["send"].setEnabled(is_open and not self._is_sending)
        face.form.list_departments(*self.now.departments())
        self._show_asked()
        self.tick()

    def _show_asked(self) -> None:
        """What the item asks of the step that is chosen: its conditions, and evidence that is missing."""
        step, form, photos = self.face.steps.step, self.face.form, len(self.tray.photos)
        form.photos.setText(self._text("case.form.photo_count", count=photos))
        form.buttons["no_photos"].setEnabled(bool(photos))
        item = form.item.item if "item" in fields_of(step) else None
        wanted, missing = self.now.asked(step, item.id if item is not None else None, photos=photos)
        words = evidence_words(missing, self._text)
        form.conditions.show_conditions(wanted.conditions)
        form.evidence.setText(self._text("case.form.missing", words=words) if words else "")

    def tick(self) -> None:
        case, at, text = self.now.case, self._store.server_now(), self._text
        if case is not None:
            working, natural = working_clock(case, self._clock.work, at, text), natural_clock(case, at, text)
            self.face.say_clocks(working, natural, paused(case, self._store, text))

    # --- taking a step ------------------------------------------------------------------------------------

    def _begin_step(self, step: CaseStep) -> None:
        incident, case, form = self.now.incident, self.now.case, self.face.form
        form.open_for(step)
        form.fault.clear()
        if case is not None and step in REQUESTS:
            at = self._store.server_now()
            form.propose_until(max(at, case.clock.due_at if case.clock is not None else at) + _DAY_S)
        if incident is not None and "item" in fields_of(step):
            self._choice.forget()
            form.item.suggest(f"{incident.incident.kind} {incident.incident.text}")
        self._read()
        form.first_field().setFocus()

    def confirm(self) -> None:
        step, form = self.face.steps.step, self.face.form
        if self.now.incident_id is None or step is None or not form.buttons["send"].isEnabled():
            return
        taken = filled(form, self.now.incident_id, step, self.tray.photos)
        self._is_sending = True
        form.buttons["send"].setEnabled(False)
        work = take(self._desk.actions.cases, self._desk.actions.dispatch, taken)
        self._desk.acting.start(work, partial(self._answered, taken), failed=self._stop_sending)

    def _answered(self, taken: Taken, answer: Outcome) -> None:
        is_here = taken.incident_id == self.now.incident_id
        if isinstance(answer, Done):
            self._desk.acting.tell("ok", self._text("case.told", step=do_name(taken.step, self._text)))
            self._drafts.drop(taken.incident_id)
            if is_here:
                self._restore_draft()
                self.face.steps.buttons[taken.step].setFocus()
        elif isinstance(answer, Refused) and is_here:
            self.face.form.fault.setText(answer.text or self._text.refusal(answer.code))
        self._stop_sending()

    def _stop_sending(self) -> None:
        self._is_sending = False
        self._read()

    def _retranslate(self) -> None:
        self.face.retranslate()
        self._read()
