"""The work order in hand: its fields, what is wrong with them, its draft, and those alike with it."""

from PySide6.QtCore import QObject

from comms.domain.ids import IncidentId
from comms.domain.quarantine import Correction, alike, can_heal_together, part_of
from comms.domain.work_order import Fault, FaultCode
from comms.domain.work_order_book import Quarantined
from comms.protocol.pushes import Refused
from ui.quarantine.face import QuarantineFace
from ui.quarantine.form import Said, correction_of, said_by
from ui.quarantine.reading import RecordReader
from ui.quarantine.words import marks, number_words, reasons, settled_words, source_name
from ui.widgets.labels import set_tone
from ui.words import moment
from ui.workplace import Workplace


class Correcting(QObject):
    """Drafts stay with their work orders until these are dealt with, whatever is picked or refused meanwhile."""

    def __init__(self, place: Workplace, face: QuarantineFace, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._text = place.store, place.text
        self._face, self._form = face, face.form
        self._reader = RecordReader(place, face.record, self)
        self._drafts: dict[IncidentId, Said] = {}
        self._alike: tuple[IncidentId, ...] = ()
        self.chosen: IncidentId | None = None
        self.shown: Quarantined | None = None
        """As it was when its fields were filled."""
        self.is_sending = False
        face.together.toggled.connect(self._show_together)

    @property
    def is_waiting(self) -> bool:
        return self.chosen is not None and self._face.model.is_waiting(self.chosen)

    @property
    def meant(self) -> tuple[IncidentId, ...]:
        """The one in hand, or all that are alike."""
        if self.chosen is None or not self.is_waiting:
            return ()
        return self._alike if self._face.together.isChecked() else (self.chosen,)

    # --- showing --------------------------------------------------------------------------------------

    def show(self, incident_id: IncidentId | None) -> None:
        self.keep_draft()
        self.chosen = incident_id
        self.shown = held = self._face.model.held(incident_id) if incident_id is not None else None
        self.say("")
        self._face.together.setChecked(False)
        if held is None or incident_id is None:
            self._form.show_said(Said(), ())
        else:
            self._form.show_said(self._drafts.get(incident_id, said_by(held)), self._kinds(held))
        self._reader.show(held)
        self.tell()

    def _kinds(self, held: Quarantined) -> tuple[str, ...]:
        """What the source's codes stand for, else the kinds there are."""
        source = self._store.picture.work_orders.sources.get(held.order.origin.source)
        known = set(source.kinds.values()) if source is not None else set()
        states = self._store.picture.incidents.states
        return tuple(sorted(known or {state.incident.kind for state in states.values()}))

    def changed(self) -> None:
        """Its source sent it again, or somebody dealt with it; what the officer typed stays."""
        held = self._face.model.held(self.chosen) if self.chosen is not None else None
        if held is not None and self.is_waiting and self.shown is not None and held.digest != self.shown.digest:
            is_untouched = self._form.said == said_by(self.shown)
            self.shown = held
            if is_untouched:
                self._form.show_said(said_by(held), self._kinds(held))
            self._reader.show(held)
            self.say(self._text("quarantine.sent_again"), "warn")
        self.tell()

    def tell(self) -> None:
        """Head, reasons, marks and what can be done now."""
        face, text, held = self._face, self._text, self.shown
        if held is None:
            face.name.setText(text("quarantine.none"))
            face.why.setText("")
        else:
            origin, when = held.order.origin, moment(held.at, self._store.server_now())
            source, number = source_name(origin, self._store), number_words(origin, text)
            face.name.setText(text("quarantine.head", source=source, number=number, when=when))
            set_tone(face.why, "danger" if self.is_waiting else "ok")
            settled = "" if self.is_waiting else settled_words(origin, self._store, text)
            face.why.setText(settled or self._why(held))
        self._form.mark(marks(held.faults, text) if held is not None and self.is_waiting else {})
        self.find_alike()

    def _why(self, held: Quarantined) -> str:
        there = self._store.picture.work_orders.closed_there.get(held.order.origin.incident_id)
        why = reasons(held.faults, self._text)
        return why if there is None else self._text("quarantine.closed_there", why=why, note=there.note)

    def retell(self) -> None:
        """In another language, too."""
        self._reader.show(self.shown)
        self.tell()

    def say(self, words: str, tone: str = "dim") -> None:
        set_tone(self._face.note, tone)
        self._face.note.setText(words or " ")  # its line stays, so that the buttons do

    def enable(self) -> None:
        face, is_for_many = self._face, self._face.together.isChecked()
        is_on = self.is_waiting and not self.is_sending
        cannot = is_for_many and self.shown is not None and not can_heal_together(self.shown.faults)
        self._form.setEnabled(self.is_waiting)
        self._form.narrow(is_for_many)
        face.buttons["release"].setEnabled(is_on and not cannot)
        face.buttons["discard"].setEnabled(is_on)
        face.together.setEnabled(is_on and len(self._alike) > 1)

    # --- drafts and those alike -----------------------------------------------------------------------

    def keep_draft(self) -> None:
        if self.shown is not None and self.chosen is not None:
            said = self._form.said
            if said != said_by(self.shown) and self.is_waiting:
                self._drafts[self.chosen] = said
            else:
                self._drafts.pop(self.chosen, None)

    def find_alike(self) -> None:
        held, waiting = self.shown, self._store.picture.work_orders.quarantine
        self._alike = ()
        if held is not None and self.is_waiting:
            key = alike(held.order.origin.source, held.faults)
            self._alike = tuple(
                one for one, other in waiting.items() if alike(other.order.origin.source, other.faults) == key
            )
        others = len(self._alike) - 1
        words = self._text("quarantine.together", count=others) if others > 0 else self._text("quarantine.alone")
        self._face.together.setText(words)
        self.enable()

    def _show_together(self, is_on: bool) -> None:
        if not is_on or self.shown is None:
            self.say("")
        elif can_heal_together(self.shown.faults):
            self.say(self._text("quarantine.for_all", count=len(self._alike)), "warn")
        else:
            self.say(self._text("quarantine.each_its_own"), "warn")
        self.enable()

    # --- what is to be sent ---------------------------------------------------------------------------

    def correction(self) -> Correction | None:
        """None when something typed makes no sense; it is said at its field."""
        if self.shown is None or not self._face.buttons["release"].isEnabled():
            return None
        said = self._form.said
        if not said.kind:
            self._refuse((Fault(FaultCode.NO_KIND),))
            return None
        try:
            found = correction_of(said, said_by(self.shown), self.shown)
        except ValueError:
            self._refuse((Fault(FaultCode.BAD_TIME, said.time),))
            return None
        return Correction(kind=found.kind, priority=found.priority) if len(self.meant) > 1 else found

    def _refuse(self, faults: tuple[Fault, ...]) -> None:
        self.mark(faults)
        self.say(reasons(faults, self._text), "danger")

    def mark(self, faults: tuple[Fault, ...]) -> None:
        self._form.mark(marks(faults, self._text))
        self._form.focus_on(frozenset(map(part_of, faults)))

    def take_refusal(self, refused: Refused, *, is_gone: bool) -> None:
        if refused.faults:
            self.mark(refused.faults)
        said = refused.text or self._text.refusal(refused.code)
        self.say(self._text("quarantine.dealt_with") if is_gone else said, "danger")

    def enter(self) -> None:
        """The keyboard goes to the first field that is wrong."""
        self._form.focus_on(frozenset(map(part_of, self.shown.faults)) if self.shown is not None else frozenset())

    def forget(self, incident_ids: list[IncidentId]) -> None:
        for incident_id in incident_ids:
            self._drafts.pop(incident_id, None)
