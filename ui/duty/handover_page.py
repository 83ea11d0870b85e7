"""The handover in three steps: made, signed by who goes, read and signed by who comes."""

from functools import partial

from PySide6.QtWidgets import QWidget

from comms.domain.duty import DutyPost, ShiftState
from comms.domain.handover import Difference, HandoverSheet, HandoverState, differences
from comms.domain.handover_sheet import notes_of, sheet_of
from ui.duty.controls import DutyControls
from ui.duty.export import SUFFIXES, DutyExport
from ui.duty.handover_face import HandoverFace
from ui.duty.papers import handover_paper
from ui.duty.words import difference_line, handover_line, officers, span
from ui.widgets.lines import Line, keep_shown
from ui.widgets.triggered import Triggered
from ui.words import day, moment
from ui.workplace import Workplace


class HandoverPage(HandoverFace):
    """The sheet as it would be made now, or as it was made."""

    def __init__(self, place: Workplace, controls: DutyControls, export: DutyExport, parent: QWidget) -> None:
        super().__init__(place, parent)
        self._store, self._controls, self._export = place.store, controls, export
        self._post: DutyPost | None = None
        self._connect()

    def _connect(self) -> None:
        presses = {"make": self.make, "sign": self.sign, "accept": self.accept}
        for name, press in presses.items():
            self.buttons[name].clicked.connect(Triggered(press))
        for suffix in SUFFIXES:
            self.buttons[suffix].clicked.connect(Triggered(partial(self._ask_export, suffix)))
        for tick in self.ticks.values():
            tick.toggled.connect(self.offer)
        self._controls.done.connect(self.password.clear)
        self._controls.refused.connect(self.password.clear)

    # --- what it is about -----------------------------------------------------------------------------------

    @property
    def shift(self) -> ShiftState | None:
        return self._controls.shift_of(self._post.id if self._post is not None else None)

    @property
    def handover(self) -> HandoverState | None:
        """The sheet of this shift that is not signed by both, else the last of the post."""
        shift = self.shift
        book = self._store.picture.duty
        held = book.open_handover(shift.shift.id) if shift is not None else None
        if held is not None or self._post is None:
            return held
        of_post = [one for one in book.handovers.values() if one.post_id == self._post.id and one.accepted is not None]
        is_free = shift is None or self._controls.me not in shift.on_duty
        return of_post[-1] if of_post and is_free else None

    def take_post(self, post: DutyPost | None) -> None:
        if post != self._post:
            for tick in self.ticks.values():
                tick.setChecked(False)
        self._post = post
        self.show_post()

    def _now(self, notes: tuple[str, ...]) -> HandoverSheet | None:
        shift = self.shift
        if self._post is None or shift is None:
            return None
        return sheet_of(self._store.picture, self._post, shift, now=self._store.server_now(), notes=notes)

    def changes(self) -> tuple[Difference, ...]:
        """Since it was made, until now or until it was taken over."""
        held = self.handover
        if held is None or held.sheet is None:
            return ()
        if held.accepted is not None:
            return held.changes
        later = self._now(notes_of(held.sheet))
        return differences(held.sheet, later) if later is not None else ()

    # --- showing --------------------------------------------------------------------------------------------

    def show_post(self) -> None:
        held, text, now = self.handover, self._text, self._store.server_now()
        sheet = held.sheet if held is not None else self._now(())
        changes = self.changes()
        lines = [difference_line(one, now, text) for one in changes]
        if lines:
            lines.insert(0, _head("changes", text("handover.changes", count=len(lines))))
        for section in sheet.sections if sheet is not None else ():
            title = text(f"handover.section.{section.kind.value}")
            lines.append(_head(section.kind, title, str(section.total)))
            lines += [handover_line(section.kind, line, now, text) for line in section.lines]
        keep_shown(self.view, self.model, tuple(lines))
        for kind, tick in self.ticks.items():
            total = next((one.total for one in sheet.sections if one.kind is kind), 0) if sheet is not None else 0
            tick.setText(f"{text(f'handover.section.{kind.value}')} {total}")
        self.state_words.setText(self._state_words(held))
        self.signatures.setText(self._signature_words(held))
        self.offer()

    def _state_words(self, held: HandoverState | None) -> str:
        text, shift = self._text, self.shift
        if held is not None:
            return text(
                "handover.made_at", time=moment(held.made_at, self._store.server_now()), digest=held.digest[:12]
            )
        if shift is None:
            return text("handover.no_shift")
        names = officers(shift.on_duty, self._store, text) or text("duty.nobody")
        return text("handover.preview", shift=f"{span(shift.shift)} {shift.shift.name}", names=names)

    def _signature_words(self, held: HandoverState | None) -> str:
        if held is None:
            return ""
        now = self._store.server_now()
        told = []
        for key, signature in (("outgoing", held.signed), ("incoming", held.accepted)):
            if signature is not None:
                words = {"name": signature.name, "time": moment(signature.at, now), "words": signature.words}
                told.append(self._text(f"handover.signed.{key}", **words))
        return "\n".join(told)

    def offer(self, *_: object) -> None:
        held, shift, me = self.handover, self.shift, self._controls.me
        is_there = shift is not None and me in shift.on_duty and shift.handed_over_at is None
        is_open = held is not None and held.is_open
        comes = is_open and held is not None and held.signed is not None and held.signed.officer_id != me
        self.buttons["make"].setEnabled(is_there)
        self.buttons["sign"].setEnabled(is_open and is_there and held is not None and held.signed is None)
        all_read = all(tick.isChecked() for tick in self.ticks.values())
        self.buttons["accept"].setEnabled(comes and not is_there and all_read)
        for tick in (*self.ticks.values(), self.keeps):
            tick.setEnabled(comes and not is_there)
        for suffix in SUFFIXES:
            self.buttons[suffix].setEnabled(held is not None and held.sheet is not None and self._export.errand is None)

    # --- doing ----------------------------------------------------------------------------------------------

    def make(self) -> None:
        shift = self.shift
        if shift is not None:
            lines = tuple(words.strip() for words in self.notes.toPlainText().splitlines() if words.strip())
            self._controls.make(shift, lines[:20])

    def sign(self) -> None:
        held = self.handover
        if held is not None:
            self._controls.sign(held, self.password.text(), self.words.text().strip())

    def accept(self) -> None:
        held = self.handover
        if held is not None:
            read = tuple(kind for kind, tick in self.ticks.items() if tick.isChecked())
            words = self.words.text().strip()
            self._controls.accept(held, self.password.text(), words, read, keeps_shelved=self.keeps.isChecked())

    def _ask_export(self, suffix: str) -> None:
        held = self.handover
        if held is not None and held.sheet is not None:
            name = f"{self._text('handover.paper')} {day(held.made_at)}"
            self._export.ask(name, suffix, lambda: handover_paper(held, self._store, self._text))

    def retranslate(self) -> None:
        super().retranslate()
        self.show_post()


def _head(key: object, title: str, figure: str = "") -> Line:
    return Line(key=("head", key), title=title, figure=figure, is_head=True)
