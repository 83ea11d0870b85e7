"""The cases behind a figure: read page by page, gone to, and asked about (回访) once they are closed."""

from functools import partial

from PySide6.QtCore import QModelIndex, QObject, Signal

from comms.domain.assessment import Dimension
from comms.domain.case import CaseStep
from comms.domain.case_rules import steps_allowed
from comms.domain.ids import IncidentId, party_officer
from comms.protocol.pushes import Done
from console.actions.requester import Outcome
from ui.bulletin.face import BulletinFace
from ui.bulletin.reading import BulletinReading
from ui.bulletin.words import case_detail, case_title, figure_name, finding_sentences
from ui.widgets.lines import LINE_ROLE, Line, keep_shown
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace

RATINGS = {"satisfied": True, "dissatisfied": False}


class CaseList(QObject):
    leaving = Signal()
    """One is gone to: the sheet is to make way."""

    def __init__(self, place: Workplace, face: BulletinFace, reading: BulletinReading, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._face = face
        self._reading = reading
        self._text = place.text
        for name, is_satisfied in RATINGS.items():
            face.buttons[name].clicked.connect(Triggered(partial(self._rate, is_satisfied)))
        face.buttons["go"].clicked.connect(Triggered(self._go_to_picked))
        face.cases_view.activated.connect(self.go)
        face.cases_view.selectionModel().currentChanged.connect(self._offer)
        reading.casesChanged.connect(self.show)

    @property
    def picked(self) -> IncidentId | None:
        line = self._face.cases_view.currentIndex().data(LINE_ROLE)
        return IncidentId(str(line.key)) if line is not None and self._reading.opened is not None else None

    def show(self) -> None:
        reading, face, store = self._reading, self._face, self._place.store
        now, opened = store.server_now(), reading.opened
        lines = tuple(
            Line(case.id, case_title(store, case, self._text), case_detail(store, case, now, self._text))
            for case in reading.cases
        )
        if opened is None:
            lines = self._findings()
        keep_shown(face.cases_view, face.cases, lines)
        face.show_cases(opened is not None)
        face.buttons["more"].setVisible(opened is not None and reading.has_more)
        face.buttons["go"].setVisible(opened is not None and bool(lines))
        if opened is None:
            face.side_head.setText(self._text("bulletin.findings"))
        else:
            name = self._text("bulletin.whole") if opened.by is Dimension.WHOLE else reading.name_of(opened.key)
            figure = figure_name(opened.figure, self._text)
            face.side_head.setText(self._text("bulletin.cases_of", name=name, figure=figure, count=len(lines)))
        if opened is not None and lines and not face.cases_view.currentIndex().isValid():
            face.cases_view.setFocus()
            face.cases_view.setCurrentIndex(face.cases.index(0))
        self._offer()

    def _findings(self) -> tuple[Line, ...]:
        """Each in two lines: whose and what, and what it follows from."""
        told = finding_sentences(self._reading, self._text)
        parts = (sentence.partition(self._text("bulletin.colon")) for sentence in told)
        lines = tuple(Line(number, head, rest.strip()) for number, (head, _, rest) in enumerate(parts))
        return lines or (Line(0, self._text("bulletin.no_finding")),)

    def _offer(self, *_: object) -> None:
        """What whoever reported it says can be noted where this officer may."""
        may = self._may_rate()
        for name in RATINGS:
            self._face.buttons[name].setVisible(may)

    def _may_rate(self) -> bool:
        store, picked = self._place.store, self.picked
        incident = store.picture.incidents.states.get(picked) if picked is not None else None
        officer_id = party_officer(store.session.party) if store.session is not None else None
        officer = store.picture.officers.get(officer_id) if officer_id is not None else None
        if incident is None or officer is None or self._reading.opened is None:
            return False
        return CaseStep.RATE in steps_allowed(store.picture.cases.of(incident), officer, now=store.server_now())

    def _rate(self, is_satisfied: bool) -> None:
        if self.picked is not None:
            work = self._place.actions.cases.move(self.picked, CaseStep.RATE, is_satisfied=is_satisfied)
            self._place.acting.start(work, self._rated)

    def _rated(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._place.acting.tell("ok", self._text("bulletin.rated"))

    def _go_to_picked(self) -> None:
        self.go(self._face.cases_view.currentIndex())

    def go(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if line is None:
            return
        if self._reading.opened is None:
            self._open_finding(line.key)
        elif line.key in self._place.store.picture.incidents.states:
            self.leaving.emit()
            self._place.controls.hub.pick(line.key)
        else:
            self._place.acting.tell("warn", self._text("bulletin.only_in_journal"), str(line.key))

    def _open_finding(self, number: int) -> None:
        """The cases of the first it names."""
        if number < len(self._reading.findings):
            finding = self._reading.findings[number]
            self._reading.open_cases(self._reading.by, finding.keys[0], finding.figure)
