"""Where one is signed in, or who is: looked at, and ended from here."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import officer_party
from comms.protocol.account_pushes import SignInLine, SignInPage
from comms.protocol.pushes import Done, Refused
from console.actions.requester import Unsent
from ui.account.page import Page
from ui.account.table import Table
from ui.widgets.labels import label
from ui.widgets.row import row_of
from ui.words import moment, party_name
from ui.workplace import Workplace

_COLUMNS = ("who", "since", "address", "program", "state")


class SignInsPage(Page):
    """One's own, or everybody's."""

    def __init__(self, place: Workplace, parent: QWidget, *, is_everybodys: bool) -> None:
        super().__init__(place, parent)
        self._is_everybodys = is_everybodys
        self._lines: dict[str, SignInLine] = {}
        self._about = label(tone="dim", wraps=True, parent=self)
        self.table = Table(len(_COLUMNS), self, is_single=False)
        self.read_button, self.others_button, self.end_button = (QPushButton(self) for _ in range(3))
        for button, name in ((self.read_button, "read"), (self.others_button, "others"), (self.end_button, "end")):
            button.setObjectName(f"sign_ins_{name}")
        self.read_button.setProperty("tone", "flat")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._about)
        column.addWidget(self.table, 1)
        column.addWidget(self.told)
        column.addLayout(row_of(self.read_button, None, self.others_button, self.end_button))
        self.read_button.clicked.connect(self.read)
        self.others_button.clicked.connect(self._end_others)
        self.end_button.clicked.connect(self._end_chosen)
        self.table.chosen.connect(self._read_buttons)
        place.text.changed.connect(self.retranslate)
        self.retranslate()

    def begin(self) -> None:
        self.told.clear()
        self.read()
        self.table.setFocus()

    def read(self) -> None:
        self._place.acting.start(self._accounts.sign_ins(is_everybodys=self._is_everybodys), self._show)

    def _show(self, answer: SignInPage | Refused | Unsent) -> None:
        if isinstance(answer, SignInPage):
            newest_first = sorted(answer.sign_ins, key=lambda line: (not line.is_open, -line.since))
            self._lines = {line.id: line for line in newest_first}
            self.table.fill([(line.id, self._cells(line)) for line in newest_first])
        elif isinstance(answer, Refused):
            self.say_refusal(answer)

    def _cells(self, line: SignInLine) -> tuple[str, ...]:
        store, text = self._place.store, self._text
        state = "this" if line.is_this else "open" if line.is_open else "away"
        return (
            party_name(store, officer_party(line.officer_id), text),
            moment(line.since, store.server_now()),
            line.address,
            line.program,
            text(f"sign_ins.state_{state}"),
        )

    def _end_chosen(self) -> None:
        self._end(tuple(key for key in self.table.keys if not self._lines[key].is_this))

    def _end_others(self) -> None:
        """Of oneself: all but this one. Of everybody: all of those whose sign-ins are chosen."""
        chosen = {self._lines[key].officer_id for key in self.table.keys}
        self._end(
            tuple(
                line.id
                for line in self._lines.values()
                if not line.is_this and (not self._is_everybodys or line.officer_id in chosen)
            )
        )

    def _end(self, keys: tuple[str, ...]) -> None:
        if keys:
            self._place.acting.start(self._accounts.end_sign_ins(keys), self._ended)

    def _ended(self, answer: Done | Refused | Unsent) -> None:
        if isinstance(answer, Done):
            self.say("ok", self._text("sign_ins.ended"))
        elif isinstance(answer, Refused):
            self.say_refusal(answer)
        self.read()

    def _read_buttons(self) -> None:
        chosen = [self._lines[key] for key in self.table.keys]
        self.end_button.setEnabled(any(not line.is_this for line in chosen))
        others = chosen if self._is_everybodys else list(self._lines.values())
        self.others_button.setEnabled(any(not line.is_this for line in others))

    def retranslate(self) -> None:
        text = self._text
        self._about.setText(text("sign_ins.about_all" if self._is_everybodys else "sign_ins.about_own"))
        self.table.setHorizontalHeaderLabels([text(f"sign_ins.column_{name}") for name in _COLUMNS])
        self.table.setAccessibleName(text("sign_ins.name"))
        self.read_button.setText(text("sign_ins.read"))
        self.others_button.setText(text("sign_ins.end_person" if self._is_everybodys else "sign_ins.end_others"))
        self.end_button.setText(text("sign_ins.end"))
        self._read_buttons()
