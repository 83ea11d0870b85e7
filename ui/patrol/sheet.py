"""巡查 at the desk: plans, what is due where, what each department knows of a place, and the codes for the doors."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QVBoxLayout

from comms.domain.ids import JurisdictionId, PatrolPlanId
from comms.protocol.patrol_commands import DueShown
from comms.protocol.patrol_pushes import DueRow, PatrolDuePage, PatrolPlacePage
from comms.protocol.pushes import Refused
from console.actions.requester import Unsent
from console.store.notices import Changed, Notice, Reset
from ui.patrol.controls import PatrolControls
from ui.patrol.face import OF_PLACE, OF_PLAN, PatrolFace
from ui.patrol.overlay import PatrolOverlay
from ui.patrol.words import due_line, own_node, place_words, plan_facts, plan_line, tally_words
from ui.watch import follow
from ui.widgets.lines import LINE_ROLE, keep_shown
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace

_NOUNS = frozenset({"patrol_plan", "patrol_question", "visit"})


class PatrolSheet(Sheet):
    """The list at the left stands still while one reads; what the gateway counts is asked for when the sheet opens,
    when another list is chosen, and after what was done here."""

    spotsChanged = Signal()

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._store, self._text, self._look = place.store, place.text, place.look
        self._patrols, self._acting, self._controls = place.actions.patrols, place.acting, place.controls
        self.steps = PatrolControls(place, self)
        self._rows: dict[object, DueRow] = {}
        self._next: int | None = None
        self._chosen: object = None
        self._is_editing = False
        self.overlay = PatrolOverlay()
        self.face = PatrolFace(self._look, self._text, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.face)
        self._connect()
        self._read()

    def _connect(self) -> None:
        presses: dict[str, Callable[[], None]] = {
            "new": partial(self._edit, None),
            "more": lambda: self._ask_due(self._next or 0),
            "change": lambda: self._edit(self._plan_id()),
            "end": self._end,
            "print": lambda: self.steps.print_codes(self.own),
            "excuse": partial(self._with_row, self.steps.excuse),
            "renew": partial(self._with_row, self.steps.renew),
            "print_one": partial(self._with_row, lambda row: self.steps.print_codes(self.own, (row.place.id,))),
            "map": partial(self._with_row, self._show_on_map),
            "send": self.confirm,
            "back": self._stop_editing,
            "close": self.dismiss,
        }
        for name, press in presses.items():
            self.face.buttons[name].clicked.connect(Triggered(press))
        self.face.shows.changed.connect(self._turn)
        self.face.view.selectionModel().currentChanged.connect(self._pick)
        self.steps.refused.connect(self.face.fault.setText)
        self.steps.done.connect(self._done)
        self._text.changed.connect(self._read)
        follow(self, self._store, self._notice)

    def wanted_width(self) -> int:
        return self._look.px(1080)

    def wanted_height(self) -> int:
        return self._look.px(650)

    @property
    def own(self) -> JurisdictionId:
        return own_node(self._store)

    @property
    def _shown(self) -> DueShown | None:
        """None while the plans are shown."""
        chosen = self.face.shows.chosen
        return DueShown(chosen) if chosen != "plans" else None

    def open(self) -> None:
        self._turn()
        self.appear()
        self.face.shows.first.setFocus()

    def dismiss(self) -> None:
        self._stop_editing()
        super().dismiss()

    def _turn(self, _: object = None) -> None:
        self._rows, self._next, self._chosen = {}, None, None
        self.face.fault.clear()
        if self._shown is None:
            self._list_plans()
        else:
            self.face.model.show_lines(())
            self.face.count.setText(self._text("patrol.asking"))
            self._ask_due(0)
        self._show()
        self._acting.start(self._patrols.tallies(self.own), self._take_tallies)

    def _list_plans(self) -> None:
        plans = self._store.picture.patrols.plans.values()
        keep_shown(self.face.view, self.face.model, tuple(plan_line(state, self._text) for state in plans))
        self.face.count.setText(self._text("patrol.plans", count=len(plans)))

    def _ask_due(self, first: int) -> None:
        shown = self._shown
        if shown is not None:
            self._acting.start(self._patrols.due(self.own, shown, first=first), partial(self._take_due, shown))

    def _take_due(self, shown: DueShown, answer: PatrolDuePage | Refused | Unsent) -> None:
        if not isinstance(answer, PatrolDuePage) or shown is not self._shown:
            return
        self._rows |= {(row.plan_id, row.place.id): row for row in answer.rows}
        self._next = answer.next
        lines = tuple(due_line(row, self._store, self._text) for row in self._rows.values())
        keep_shown(self.face.view, self.face.model, lines)
        self.face.count.setText(self._text("patrol.listed", shown=len(self._rows), count=answer.total))
        self.overlay.show(tuple(self._rows.values()))
        self.spotsChanged.emit()
        self._show()

    def _take_tallies(self, answer: Any) -> None:
        if isinstance(answer, tuple) and self._chosen is None and not self._is_editing:
            self.face.name.setText(self._text("patrol.standing"))
            self.face.words.setPlainText(tally_words(answer, self._store, self._text))

    def _notice(self, notice: Notice) -> None:
        is_ours = isinstance(notice, Reset) or (isinstance(notice, Changed) and notice.noun in _NOUNS)
        if is_ours and self.isVisible() and self._shown is None and not self._is_editing:
            self._list_plans()

    def _pick(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if line is None or self._is_editing:
            return
        self._chosen = line.key
        self._show()
        row = self._rows.get(line.key)
        if row is not None:
            self.face.words.setPlainText(self._text("patrol.asking"))
            self._acting.start(self._patrols.place(row.place.id), partial(self._take_place, line.key))

    def _take_place(self, key: object, answer: PatrolPlacePage | Refused | Unsent) -> None:
        if key == self._chosen and isinstance(answer, PatrolPlacePage):
            self.face.words.setPlainText(place_words(answer, self._store, self._text))

    def _plan_id(self) -> PatrolPlanId | None:
        is_plan = self._shown is None and self._chosen in self._store.picture.patrols.plans
        return PatrolPlanId(str(self._chosen)) if is_plan else None

    def _show(self) -> None:
        """The right side and the buttons, as what is picked asks."""
        row, plan_id = self._rows.get(self._chosen), self._plan_id()
        names: set[str] = {"new", "print"} if self._shown is None else set()
        if self._next is not None:
            names.add("more")
        if plan_id is not None:
            names |= set(OF_PLAN)
            plan = self._store.picture.patrols.plans[plan_id].plan
            self.face.name.setText(plan.name)
            self.face.words.setPlainText(plan_facts(plan, self._store, self._text))
        elif row is not None:
            names |= set(OF_PLACE) - (set() if row.state in (DueShown.DUE, DueShown.OVERDUE) else {"excuse"})
            self.face.name.setText(row.place.name)
        self.face.show_buttons(frozenset() if self._is_editing else frozenset(names))
        self.face.show_form(self._is_editing)

    def _edit(self, plan_id: PatrolPlanId | None) -> None:
        book = self._store.picture.patrols
        self._is_editing = True
        self.face.fault.clear()
        self.face.form.fill(book.plans[plan_id].plan if plan_id is not None else None, book.questions.values())
        self._show()
        self.face.name.setText(self._text("patrol.new_plan" if plan_id is None else "patrol.change_plan"))
        self.face.form.name.setFocus()

    def _stop_editing(self) -> None:
        self._is_editing = False
        self.face.fault.clear()
        self._show()

    def confirm(self) -> None:
        if not self._is_editing:
            return
        plan = self.face.form.plan(self.own)
        if plan is None:
            self.face.fault.setText(self._text("patrol.fault.incomplete"))
            return
        self.steps.save(plan)

    def _end(self) -> None:
        plan_id = self._plan_id()
        if plan_id is not None:
            self.steps.end(plan_id, self._store.picture.patrols.plans[plan_id].plan.name)

    def _with_row(self, step: Callable[[DueRow], None]) -> None:
        row = self._rows.get(self._chosen)
        if row is not None:
            step(row)

    def _show_on_map(self, row: DueRow) -> None:
        self.dismiss()
        self._controls.centring.emit(row.place.lat, row.place.lon)

    def _done(self) -> None:
        self._is_editing = False
        self._turn()

    def _read(self) -> None:
        self.face.retranslate()
        if self._shown is None:
            self._list_plans()
        self._show()
