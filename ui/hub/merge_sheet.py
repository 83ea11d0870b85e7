"""Two incidents side by side, what speaks for their being one, and one key that merges them."""

from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from comms.domain.incident import IncidentState
from console.store.store import Store
from ui.controls import Controls
from ui.hub.duplicate_watch import reasons_in_words
from ui.hub.incident_words import IncidentWords
from ui.hub.merge_controls import Proposal
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of

_LISTED = 5
"""Of several to be merged, so many are named."""


class Side(QFrame):
    """One incident in lines, or several in a line each."""

    def __init__(self, words: IncidentWords, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self.role = label(tone="dim", parent=self)
        self.name = label(tone="title", wraps=True, parent=self)
        self.what = label(wraps=True, parent=self)
        self.lines = [ElidedLabel(tone="dim", parent=self) for _ in range(_LISTED)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for part in (self.role, self.name, self.what, *self.lines):
            column.addWidget(part)
        column.addStretch(1)

    def show_one(self, role: str, state: IncidentState) -> None:
        words = self._words
        self._show(role, words.named(state), words.what(state))
        self._list([words.aside(state), words.where(state), words.reported(state), words.units(state)])

    def show_several(self, role: str, name: str, states: tuple[IncidentState, ...], rest: str) -> None:
        self._show(role, name, "")
        named = [f"{self._words.named(state)} {self._words.where(state)}" for state in states]
        self._list(named if len(named) <= _LISTED else [*named[: _LISTED - 1], rest])

    def _show(self, role: str, name: str, what: str) -> None:
        self.role.setText(role)
        self.name.setText(name)
        self.what.setText(what)
        self.what.setVisible(bool(what))

    def _list(self, lines: list[str]) -> None:
        for place, line in enumerate(self.lines):
            line.setText(lines[place] if place < len(lines) else "")


class MergeSheet(Sheet):
    """Enter merges, Esc leaves everything as it is. What is on the left stays, what is on the right goes into it."""

    def __init__(self, host: QWidget, *, store: Store, controls: Controls, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._hub = controls.hub
        self._look = look
        self._text = text
        self.proposal: Proposal | None = None
        words = IncidentWords(store, controls.hub, text)
        self._title = label(tone="title", parent=self)
        self.main, self.other = Side(words, self), Side(words, self)
        self._why = label(wraps=True, parent=self)
        self._fault = label(wraps=True, tone="danger", parent=self)
        self.field = QLineEdit(self)
        self.field.setObjectName("merge_words")
        self.field.setMaxLength(1000)
        self.field.returnPressed.connect(self.confirm)
        self._swap, self._back, self._confirm = (QPushButton(self) for _ in range(3))
        self._swap.setObjectName("merge_swap")
        self._confirm.setObjectName("merge_confirm")
        for button in (self._swap, self._back):
            button.setProperty("tone", "flat")
        for button in (self._swap, self._back, self._confirm):
            button.setAutoDefault(True)
        self._confirm.setProperty("tone", "primary")
        self._swap.clicked.connect(self.swap)
        self._back.clicked.connect(self.dismiss)
        self._confirm.clicked.connect(self.confirm)
        self._arrange()
        text.changed.connect(self._read)

    def _arrange(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(self._title)
        sides = QGridLayout()
        sides.setHorizontalSpacing(24)
        for place, part in enumerate((self.main, self.other)):
            sides.addWidget(part, 0, place)
            sides.setColumnStretch(place, 1)
        column.addLayout(sides)
        column.addWidget(self._why)
        column.addWidget(self._fault)
        column.addWidget(self.field)
        column.addLayout(row_of(self._swap, None, self._back, self._confirm))

    def wanted_width(self) -> int:
        return self._look.px(720)

    def wanted_height(self) -> int:
        return max(self.sizeHint().height(), self._column.totalHeightForWidth(self.wanted_width()))

    # --- asking ---------------------------------------------------------------------------------------

    def open(self) -> None:
        """About what is picked in the hub."""
        proposal = self._hub.merging.propose(self._hub.to_merge)
        if proposal is None:
            self._hub.bulk.is_within_limit(len(self._hub.to_merge))
            return
        self.field.clear()
        self._take(proposal)
        self.appear()
        self.field.setFocus()

    def swap(self) -> None:
        """The next one is the main one."""
        if self.proposal is not None:
            states = [*self.proposal.others, self.proposal.main]
            turned = self._hub.merging.propose(states, states[0].incident.id)
            if turned is not None:
                self._take(turned)

    def _take(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self._read()
        self.place()

    def _read(self) -> None:
        text, proposal = self._text, self.proposal
        self._title.setText(text("merge.title"))
        self.field.setPlaceholderText(text("merge.words"))
        self.field.setAccessibleName(text("merge.words"))
        self._swap.setText(text("merge.swap"))
        self._back.setText(text("reason.back"))
        self._confirm.setText(text("merge.confirm"))
        if proposal is None:
            return
        self.main.show_one(text("merge.main"), proposal.main)
        others = proposal.others
        if len(others) == 1:
            self.other.show_one(text("merge.other"), others[0])
        else:
            rest = text("merge.rest", count=len(others) - _LISTED + 1)
            self.other.show_several(text("merge.other"), text("merge.several", count=len(others)), others, rest)
        self._why.setText(self._reasons(proposal))
        self._confirm.setEnabled(proposal.code is None)
        self._fault.setText(text.refusal(proposal.code) if proposal.code is not None else "")
        self._fault.setVisible(proposal.code is not None)

    def _reasons(self, proposal: Proposal) -> str:
        text = self._text
        if len(proposal.others) > 1:
            found = sum(bool(reasons) for reasons in proposal.reasons.values())
            return text("merge.alike", count=found, total=len(proposal.others))
        reasons = proposal.reasons[proposal.others[0].incident.id]
        return text("merge.reasons", reasons=reasons_in_words(reasons, text)) if reasons else text("merge.no_reasons")

    def confirm(self) -> None:
        proposal = self.proposal
        if proposal is not None and proposal.code is None:
            self.proposal = None
            self.dismiss()
            self._hub.merging.merge(proposal, self.field.text().strip())
