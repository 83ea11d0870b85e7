"""The roster of a post by month: who is on, who comes next; signing on, swapping, planning by hand or from a sheet."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QLabel, QWidget

from comms.domain.duty import DutyPost, ShiftDraft, ShiftState, Swap
from comms.domain.ids import OfficerId, PostId, ShiftId
from ui.duty.controls import DutyControls
from ui.duty.roster_face import RosterFace
from ui.duty.roster_import import RosterImport
from ui.duty.words import officers, shift_line, span
from ui.widgets.lines import LINE_ROLE, keep_shown
from ui.widgets.triggered import Triggered
from ui.words import clock_minute
from ui.workplace import Workplace


class RosterPage(RosterFace):
    """What of a file cannot be is said by `say`."""

    def __init__(self, place: Workplace, controls: DutyControls, say: QLabel, parent: QWidget) -> None:
        super().__init__(place, parent)
        self._store, self._controls = place.store, controls
        self._post: DutyPost | None = None
        self.importing = RosterImport(place, controls, say, self)
        self._connect()

    def _connect(self) -> None:
        presses: dict[str, Callable[[], None]] = {
            "sign_on": self.sign_on,
            "sign_off": self.sign_off,
            "swap": self.ask_swap,
            "agree": partial(self.settle, True),
            "decline": partial(self.settle, False),
            "plan": self.plan,
            "remove": self.remove,
            "import": self.importing.ask,
            "new_post": self.define_post,
        }
        for name, press in presses.items():
            self.buttons[name].clicked.connect(Triggered(press))
        self.month.dateChanged.connect(self.show_post)
        self.view.selectionModel().currentChanged.connect(self._pick)
        self.to.currentIndexChanged.connect(self._list_others)

    def begin(self) -> None:
        """At first: this month, and a day's shift of today."""
        today = QDateTime.fromSecsSinceEpoch(int(self._store.server_now())).date()
        self.month.setDate(today)
        self.start.setDateTime(QDateTime(today, QTime(8, 0)))
        self.end.setDateTime(QDateTime(today, QTime(20, 0)))

    # --- showing --------------------------------------------------------------------------------------------

    def take_post(self, post: DutyPost | None) -> None:
        self._post = post
        known = [(officer.name, officer.id) for officer in self._controls.officers(post)] if post is not None else []
        for box, first in ((self.officer, ()), (self.deputy, ((self._text("duty.no_deputy"), None),)), (self.to, ())):
            kept = box.currentData()
            box.clear()
            for name, officer_id in (*first, *known):
                box.addItem(name, officer_id)
            box.setCurrentIndex(max(0, box.findData(kept)))
        self.show_post()

    def show_post(self, *_: object) -> None:
        text, book, now = self._text, self._store.picture.duty, self._store.server_now()
        post_id = self._post.id if self._post is not None else PostId("")
        there, after = book.on_duty(post_id), book.next_after(post_id, now)
        names = officers(there, self._store, text)
        self.on_duty.setText(text("duty.on", names=names) if names else text("duty.on_nobody"))
        coming = shift_line(after, self._store, text) if after is not None else None
        self.coming.setText(text("duty.next", shift=coming.title, name=coming.detail) if coming is not None else "")
        month = self.month.date()
        shown = [state for state in book.of_post(post_id) if _is_in(state, month)]
        keep_shown(self.view, self.model, tuple(shift_line(state, self._store, text) for state in shown))
        if not self.view.currentIndex().isValid():
            row = next((row for row, state in enumerate(shown) if state.shift.end_at > now), -1)
            self.view.setCurrentIndex(self.model.index(row))  # of now, not the first of the month
        self._list_others()
        self._offer()

    def _picked(self) -> ShiftState | None:
        line = self.view.currentIndex().data(LINE_ROLE)
        key = line.key if line is not None else None
        return self._store.picture.duty.shifts.get(ShiftId(key)) if isinstance(key, str) else None

    def _pick(self, *_: object) -> None:
        state = self._picked()
        if state is not None:
            shift = state.shift
            self.name.setText(shift.name)
            self.start.setDateTime(QDateTime.fromSecsSinceEpoch(int(shift.start_at)))
            self.end.setDateTime(QDateTime.fromSecsSinceEpoch(int(shift.end_at)))
            self.officer.setCurrentIndex(self.officer.findData(shift.officer_id))
            self.deputy.setCurrentIndex(max(0, self.deputy.findData(shift.deputy_id)))
        self._offer()

    def _list_others(self, *_: object) -> None:
        """Shifts to come of the colleague chosen; or none in return."""
        to, now, kept = self.to.currentData(), self._store.server_now(), self.other.currentData()
        self.other.clear()
        self.other.addItem(self._text("duty.nothing_back"), None)
        for state in self._store.picture.duty.shifts.values():
            if state.shift.officer_id == to and state.shift.start_at > now:
                self.other.addItem(f"{span(state.shift)} {state.shift.name}", state.shift.id)
        self.other.setCurrentIndex(max(0, self.other.findData(kept)))

    def _offer(self) -> None:
        """Greyed, never gone: what is about to be pressed does not move."""
        state, me, now = self._picked(), self._controls.me, self._store.server_now()
        swap = self.swap()
        is_open = state is not None and state.shift.end_at > now
        self.buttons["sign_on"].setEnabled(self._to_sign_on() is not None)
        self.buttons["sign_off"].setEnabled(state is not None and me in state.on_duty)
        mine = state is not None and me in state.shift.officers and state.shift.start_at > now
        self.buttons["swap"].setEnabled(mine)
        self.buttons["agree"].setEnabled(swap is not None and swap.to == me)
        self.buttons["decline"].setEnabled(swap is not None)
        self.buttons["plan"].setEnabled(self._post is not None)
        self.buttons["remove"].setEnabled(is_open and state is not None and state.shift.start_at > now)
        self.swap_words.setText(self._swap_words(swap))

    def swap(self) -> Swap | None:
        """The first that waits for this officer, or that he has asked for."""
        me = self._controls.me
        swaps = self._store.picture.duty.swaps.values()
        return next((swap for swap in swaps if swap.to == me), None) or next(
            (swap for swap in swaps if swap.asked_by == me), None
        )

    def _swap_words(self, swap: Swap | None) -> str:
        if swap is None:
            return self._text("duty.no_swap")
        shifts = self._store.picture.duty.shifts
        given = [shifts[one].shift for one in (swap.shift_id, swap.other_shift_id) if one is not None and one in shifts]
        words = self._text("list.separator").join(f"{span(shift)} {shift.name}" for shift in given)
        names = {
            "name": officers((swap.asked_by,), self._store, self._text),
            "to": officers((swap.to,), self._store, self._text),
        }
        return self._text("duty.swap_words", shifts=words, reason=swap.reason, **names)

    # --- doing ----------------------------------------------------------------------------------------------

    def _to_sign_on(self) -> ShiftState | None:
        """The one picked unless it is over, else the one of now."""
        picked = self._picked()
        if self._post is None or (picked is not None and picked.shift.end_at > self._store.server_now()):
            return picked
        return self._store.picture.duty.now(self._post.id, self._store.server_now())

    def sign_on(self) -> None:
        state = self._to_sign_on()
        if state is not None:
            self._controls.sign_on(state.shift.id, self.reason.text().strip())

    def sign_off(self) -> None:
        state = self._picked()
        if state is not None:
            self._controls.sign_off(state.shift.id)

    def ask_swap(self) -> None:
        state, to = self._picked(), self.to.currentData()
        if state is not None and to is not None:
            self._controls.ask_swap(state.shift.id, OfficerId(to), self.other.currentData(), self.reason.text().strip())

    def settle(self, is_agreed: bool) -> None:
        swap = self.swap()
        if swap is not None:
            self._controls.settle_swap(swap.id, is_agreed=is_agreed)

    def plan(self) -> None:
        """The same times for so many days one after the other."""
        officer_id = self.officer.currentData()
        if self._post is None or officer_id is None:
            return
        drafts = tuple(
            ShiftDraft(
                name=self.name.text().strip() or clock_minute(self.start.dateTime().toSecsSinceEpoch()),
                start_at=float(self.start.dateTime().addDays(day).toSecsSinceEpoch()),
                end_at=float(self.end.dateTime().addDays(day).toSecsSinceEpoch()),
                officer_id=officer_id,
                deputy_id=self.deputy.currentData(),
            )
            for day in range(self.days.value())
        )
        self._controls.add_shifts(self._post, drafts)

    def remove(self) -> None:
        state = self._picked()
        if state is not None:
            self._controls.remove(state.shift)

    def define_post(self) -> None:
        name = self.post_name.text().strip()
        if name:
            self.post_name.clear()
            self._controls.define_post(name)

    def retranslate(self) -> None:
        super().retranslate()
        self.take_post(self._post)


def _is_in(state: ShiftState, month: QDate) -> bool:
    date = QDateTime.fromSecsSinceEpoch(int(state.shift.start_at)).date()
    return (date.year(), date.month()) == (month.year(), month.month())
