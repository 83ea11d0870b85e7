"""入格事项清单 at the desk: find an item, read it and its past, apply, break down, approve, put in force, retire."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QDate, QModelIndex
from PySide6.QtWidgets import QVBoxLayout, QWidget

from comms.domain.ids import ItemId, JurisdictionId
from comms.domain.item import Item, ItemClass, ItemKind, ItemState, ItemTerms, ItemVersion
from comms.domain.item_list import STEPS, WAITING, ItemStep
from comms.domain.item_sheet import DEFAULT_EVIDENCE
from comms.domain.jurisdiction import contains
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.dialogs.items_face import STEP_OF, ItemsFace
from ui.item.controls import ItemControls
from ui.item.words import item_facts, item_found, item_sheet_line, version_words
from ui.order.controls import Beginning
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.lines import LINE_ROLE, keep_shown
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.triggered import Triggered

_BLANK = Item(
    id=ItemId(""),
    jurisdiction_id=JurisdictionId(""),
    item_class=ItemClass(kind=ItemKind.EVENT, major="", minor=""),
    terms=ItemTerms(evidence=DEFAULT_EVIDENCE),
)
"""What a new application begins with."""


class ItemsSheet(Sheet):
    """The list at the left stands still while one reads; the form at the right is there only while one writes."""

    def __init__(self, host: QWidget, *, store: Store, controls: ItemControls, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._store = store
        self._controls = controls
        self._look = look
        self._text = text
        self._chosen: ItemId | None = None
        self._editing = ""
        """`apply`, `change` or `break_down` while the form is there."""
        self._parts: list[ItemTerms] = []
        self._versions: tuple[ItemVersion, ...] = ()
        self.face = ItemsFace(look, text, self)
        self.form = self.face.form
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.face)
        self._connect()
        self._read()

    def _connect(self) -> None:
        face, controls = self.face, self._controls
        presses: dict[str, Callable[[], None]] = {
            "apply": partial(self._edit, "apply"),
            "change": partial(self._edit, "change"),
            "break_down": partial(self._edit, "break_down"),
            "approve": partial(self._do, controls.approve),
            "reject": partial(self._do, controls.reject),
            "put_in_force": partial(self._do_from, controls.put_in_force),
            "retire": partial(self._do_from, controls.retire),
            "part": self._next_part,
            "send": self.confirm,
            "back": self._stop_editing,
            "close": self.dismiss,
        }
        for name, press in presses.items():
            face.buttons[name].clicked.connect(Triggered(press))
        face.search_field.textChanged.connect(self._list)
        face.shows.changed.connect(self._list)
        face.view.selectionModel().currentChanged.connect(self._pick)
        controls.refused.connect(face.fault.setText)
        controls.done.connect(self._stop_editing)
        self._text.changed.connect(self._read)
        follow(self, self._store, self._notice)

    def wanted_width(self) -> int:
        return self._look.px(1000)

    def wanted_height(self) -> int:
        return self._look.px(620)

    # --- opening ------------------------------------------------------------------------------------------

    def open(self) -> None:
        self.face.date.setDate(QDate.currentDate())
        self._list()
        self._show()
        self.appear()
        self.face.search_field.setFocus()
        self.face.search_field.selectAll()

    def apply_for(self, beginning: Beginning) -> None:
        """An application with what an order said that was refused."""
        self.open()
        self._edit("apply")
        self.form.minor.setText(beginning.title[:60])
        self.form.opens.setPlainText(beginning.text)
        self.form.reason.setText(self._text("item.from_order", title=beginning.title))
        self.form.major.setFocus()

    # --- showing ------------------------------------------------------------------------------------------

    @property
    def state(self) -> ItemState | None:
        return self._controls.state(self._chosen)

    def _notice(self, notice: Notice) -> None:
        if self.isVisible() and (isinstance(notice, Reset) or (isinstance(notice, Changed) and notice.noun == "item")):
            self._list()
            if not self._editing:
                self._show()

    def _is_shown(self, state: ItemState, now: float) -> bool:
        match self.face.shows.chosen:
            case "in_force":
                return state.version_at(now) is not None
            case "waiting":
                return state.stage in WAITING
            case _:
                return True

    def _list(self, _: object = None) -> None:
        now, text = self._store.server_now(), self._text
        words = self.face.search_field.text().casefold().split()
        states = [state for state in self._store.picture.items.states.values() if self._is_shown(state, now)]
        lines = tuple(item_sheet_line(state, now, text) for state in states if item_found(state.item, words))
        keep_shown(self.face.view, self.face.model, lines)
        self.face.count.setText(text("item.count", shown=len(lines), count=len(states)))

    def _pick(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if line is not None and not self._editing:
            self._chosen = line.key
            self._show_past(line.key, ())
            self._show()
            self._controls.read_versions(line.key, partial(self._show_past, line.key))

    def _show_past(self, item_id: ItemId, versions: tuple[ItemVersion, ...]) -> None:
        if item_id == self._chosen:
            self._versions = versions
            self.face.past.setText(version_words(versions, self._text))

    def _show(self) -> None:
        state, is_editing = self.state, bool(self._editing)
        self.face.name.setText(self._head(state))
        self.face.facts.setText(item_facts(state, self._store, self._text) if state is not None else "")
        can_part = self._editing == "break_down" and state is not None and not state.version_count
        self.face.show_form(is_editing, can_part=can_part)
        steps = STEP_OF.items() if state is not None and not is_editing else ()
        self.face.show_steps(frozenset(name for name, step in steps if state is not None and self._may(state, step)))

    def _head(self, state: ItemState | None) -> str:
        if self._editing:
            return self._text(f"item.head.{self._editing}", count=len(self._parts) + 1)
        return state.item.name if state is not None else self._text("item.none_picked")

    def _may(self, state: ItemState, step: ItemStep) -> bool:
        is_own = contains(self._controls.own, state.item.jurisdiction_id)
        return step in STEPS[state.stage] and (is_own or step is ItemStep.APPLY)

    # --- writing ------------------------------------------------------------------------------------------

    def _edit(self, what: str) -> None:
        state = None if what == "apply" else self.state
        self._editing, self._parts = what, []
        self.face.fault.clear()
        self.form.fill(_BLANK if state is None else state.item)
        self.form.ask_reason(what != "break_down")
        self._show()
        (self.form.major if state is None else self.form.opens).setFocus()

    def _stop_editing(self) -> None:
        self._editing = ""
        self.face.fault.clear()
        self._list()
        self._show()

    def _next_part(self) -> None:
        self._parts.append(self.form.terms)
        self.form.next_part()
        self._show()

    def confirm(self) -> None:
        item_class, state = self.form.item_class, self.state
        if not self._editing:
            return
        if item_class is None:
            self.face.fault.setText(self._text("item.fault.no_class"))
            return
        if self._editing == "break_down" and state is not None:
            self._controls.break_down(state.item.id, item_class, (*self._parts, self.form.terms))
            return
        changed = state.item if self._editing == "change" and state is not None else None
        self._controls.apply(item_class, self.form.terms, item=changed, reason=self.form.reason.text().strip())

    def _do(self, step: Callable[[ItemId], None]) -> None:
        if self._chosen is not None:
            step(self._chosen)

    def _do_from(self, step: Callable[[ItemId, float], None]) -> None:
        """From the date on the sheet, midnight local."""
        if self._chosen is not None:
            step(self._chosen, float(self.face.date.date().startOfDay().toSecsSinceEpoch()))

    def _read(self) -> None:
        self.face.retranslate()
        self.face.past.setText(version_words(self._versions, self._text))
        self._list()
        self._show()
