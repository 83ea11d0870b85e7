"""Quarantine at the desk: what could not be taken and why; corrected and released, or discarded with a reason."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout

from comms.domain.ids import IncidentId
from comms.domain.order import Place
from comms.protocol.errors import RefusalCode
from console.store.notices import Changed, Notice, Reset
from ui.quarantine.controls import Batch
from ui.quarantine.correcting import Correcting
from ui.quarantine.face import QuarantineFace
from ui.quarantine.words import number_words
from ui.watch import follow
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace

_COUNT_MS = 200
_SHORTCUTS = {
    "Alt+V": "pick",
    "Alt+T": "together",
    "Alt+X": "discard",
    "Alt+Down": "down",
    "Alt+Up": "up",
    "Ctrl+Return": "release",
    "Ctrl+Enter": "release",
}
"""Ctrl+Return, too: where Return presses buttons it would never reach the sheet from one."""
_GONE = frozenset({RefusalCode.NOT_FOUND, RefusalCode.ALREADY_DONE})
"""Refusals that mean another has dealt with it."""


class QuarantineSheet(Sheet):
    """The list stands still under the hand; what is in hand is `correcting`'s."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._store, self._text, self._look = place.store, place.text, place.look
        self._controls = place.controls.hub.quarantine
        self.face = QuarantineFace(place.store, place.look, place.text, self)
        self.form = self.face.form
        self.correcting = Correcting(place, self.face, self)
        self._is_in_form = False
        """The keyboard was in the fields when the last one was sent."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.face)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_COUNT_MS)
        self._soon.timeout.connect(self._count)
        self._connect()
        self._read()

    def _connect(self) -> None:
        face = self.face
        presses: dict[str, Callable[[], None]] = {
            "clear": self._begin,
            "discard": self._ask_discard,
            "release": self.confirm,
            "close": self.dismiss,
        }
        for name, press in presses.items():
            face.buttons[name].clicked.connect(Triggered(press))
        ways: dict[str, Callable[[], None]] = presses | {
            "pick": self._pick_place,
            "together": face.together.click,
            "down": partial(self._step, 1),
            "up": partial(self._step, -1),
        }
        for key, name in _SHORTCUTS.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(Triggered(ways[name]))
        face.search_field.textChanged.connect(Triggered(self._begin))
        face.view.selectionModel().currentChanged.connect(self._pick)
        face.view.activated.connect(Triggered(self.correcting.enter))
        self.form.placeWanted.connect(self._pick_place)
        self._controls.placed.connect(self._take_place)
        self._text.changed.connect(self._read)
        follow(self, self._store, self._notice)

    def wanted_width(self) -> int:
        return self._look.px(1180)

    def wanted_height(self) -> int:
        return self._look.px(650)

    def open(self) -> None:
        self._begin()
        self.appear()
        self.face.view.setFocus()

    # --- the list -------------------------------------------------------------------------------------

    def _notice(self, notice: Notice) -> None:
        if not self.isVisible():
            return
        if isinstance(notice, Reset):
            self._begin()
        elif isinstance(notice, Changed) and notice.noun == "work_order":
            self.face.model.follow(IncidentId(notice.id))
            if not self._soon.isActive():
                self._soon.start()
            if notice.id == self.correcting.chosen:
                self.correcting.changed()

    def _begin(self) -> None:
        """The list anew: without what was dealt with, narrowed to what is looked for."""
        self.correcting.keep_draft()
        chosen = self.correcting.chosen
        self.face.model.begin(tuple(self.face.search_field.text().casefold().split()))
        row = self.face.model.row_of(chosen) if chosen is not None else None
        self._go_to(row if row is not None else 0)
        self._count()

    def _go_to(self, row: int) -> None:
        index = self.face.model.index(row)
        if index.isValid():
            self.face.view.setCurrentIndex(index)
            self.face.view.scrollTo(index)
        else:
            self.correcting.show(None)

    def _step(self, places: int) -> None:
        last = self.face.model.rowCount() - 1
        self._go_to(max(0, min(last, self.face.view.currentIndex().row() + places)))

    def _count(self) -> None:
        text, model = self._text, self.face.model
        words = text("quarantine.count", count=len(self._store.picture.work_orders.quarantine))
        self.face.count.setText(words + text("quarantine.came", count=model.came) if model.came else words)
        self.correcting.find_alike()

    def _pick(self, index: QModelIndex) -> None:
        self.correcting.show(self.face.model.id_at(index.row()))

    # --- a place on the map ---------------------------------------------------------------------------

    def _pick_place(self) -> None:
        if self.correcting.is_waiting and self.form.pick_button.isEnabled():
            self.hide()
            self._controls.pick_place()

    def _take_place(self, place: object) -> None:
        if isinstance(place, Place):
            self.form.take_place(place)
        self.appear()
        self.form.pick_button.setFocus()

    # --- release and discard --------------------------------------------------------------------------

    def confirm(self) -> None:
        correction = self.correcting.correction()
        if correction is not None:
            self._is_in_form = self.form.isAncestorOf(QApplication.focusWidget() or self)
            meant = self.correcting.meant
            self._begin_sending(len(meant))
            self._controls.release(meant, correction, partial(self._answered, "released"))

    def _ask_discard(self) -> None:
        meant, held = self.correcting.meant, self.correcting.shown
        if meant and held is not None and not self.correcting.is_sending:
            self._is_in_form = self.form.isAncestorOf(QApplication.focusWidget() or self)
            key = "quarantine.ask_discard_many" if len(meant) > 1 else "quarantine.ask_discard"
            sentence = self._text(key, number=number_words(held.order.origin, self._text), count=len(meant))
            self._controls.ask_discard(sentence, partial(self._discard, meant))

    def _discard(self, meant: tuple[IncidentId, ...], reason: str) -> None:
        self._begin_sending(len(meant))
        self._controls.discard(meant, reason, partial(self._answered, "discarded"))

    def _begin_sending(self, count: int) -> None:
        self.correcting.is_sending = True
        self.correcting.say(self._text("quarantine.sending", count=count))
        self.correcting.enable()

    def _answered(self, what: str, batch: Batch) -> None:
        chosen, correcting = self.correcting.chosen, self.correcting
        correcting.is_sending = False
        correcting.forget(batch.done)
        refused = batch.refused.get(chosen) if chosen is not None else None
        if refused is not None:
            correcting.take_refusal(refused, is_gone=refused.code in _GONE)
        elif chosen in batch.done:
            self._go_on()
        if refused is None or batch.done:
            correcting.say(self._outcome(what, batch), "warn" if batch.refused or batch.kept else "ok")
        correcting.enable()

    def _outcome(self, what: str, batch: Batch) -> str:
        text, words = self._text, [self._text(f"quarantine.{what}", count=len(batch.done))] if batch.done else []
        if batch.refused:
            first = next(iter(batch.refused.values()))
            words.append(text("quarantine.some_refused", count=len(batch.refused), reason=first.text))
        if batch.kept:
            words.append(text("quarantine.kept", count=len(batch.kept)))
        return text("quarantine.reason_break").join(words)

    def _go_on(self) -> None:
        """The next that waits; who was in the fields stays in the fields."""
        row = self.face.model.next_waiting(self.face.view.currentIndex().row())
        if row is not None:
            self._go_to(row)
            if self._is_in_form:
                self.correcting.enter()

    def _read(self) -> None:
        self.face.retranslate()
        self._count()
        self.correcting.retell()
