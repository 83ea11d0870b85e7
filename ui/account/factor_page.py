"""The second factor: scan, show a first code, keep the recovery codes; set up again for a new phone, or turn it off."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from comms.protocol.account_pushes import AccountState, RecoveryCodes, SecondFactorOffer
from comms.protocol.pushes import Done, Refused
from console.actions.requester import Unsent
from ui.account.page import Page, secret_field
from ui.widgets.labels import label
from ui.widgets.qr import QrLabel
from ui.widgets.row import row_of
from ui.workplace import Workplace

QR_PX = 196


class FactorPage(Page):
    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(place, parent)
        self._state = label(wraps=True, parent=self)
        self.qr = QrLabel(place.look.px(QR_PX), self)
        self._about = label(tone="dim", wraps=True, parent=self)
        self.secret = label(parent=self)
        self.secret.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.password, self.code = secret_field(self), QLineEdit(self)
        self._captions = [label(tone="dim", parent=self) for _ in range(2)]
        self.begin_button, self.confirm_button, self.end_button = (QPushButton(self) for _ in range(3))
        for button, name in ((self.begin_button, "begin"), (self.confirm_button, "confirm"), (self.end_button, "end")):
            button.setObjectName(f"factor_{name}")
        self._is_on = self._is_asked_for = self._is_offered = False
        self._left = 0
        self._arrange()
        self.begin_button.clicked.connect(self._begin_anew)
        self.confirm_button.clicked.connect(self._show_first)
        self.end_button.clicked.connect(self._end)
        for field in (self.password, self.code):
            field.textChanged.connect(self._read_buttons)
        place.text.changed.connect(self.retranslate)
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._state)
        beside = QVBoxLayout()
        beside.addWidget(self._about)
        beside.addWidget(self.secret)
        beside.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignTop)
        middle.addLayout(beside, 1)
        column.addLayout(middle)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for row, (caption, field) in enumerate(zip(self._captions, (self.password, self.code), strict=True)):
            grid.addWidget(caption, row, 0)
            grid.addWidget(field, row, 1)
        column.addLayout(grid)
        column.addWidget(self.told)
        column.addStretch(1)
        column.addLayout(row_of(self.end_button, None, self.begin_button, self.confirm_button))

    # --- living -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self._place.acting.start(self._accounts.read(), self._take)
        self.password.setFocus()

    def leave(self) -> None:
        """A secret or recovery codes that are on the screen go, too."""
        self.password.clear()
        self.code.clear()
        self.secret.clear()
        self.qr.show_code("")
        self._is_offered = False
        self.told.clear()
        self.retranslate()

    def _take(self, answer: AccountState | Refused | Unsent) -> None:
        if isinstance(answer, AccountState):
            self._is_on, self._is_asked_for = answer.has_second_factor, answer.must_have_second_factor
            self._left = answer.recovery_left
            self.retranslate()

    def _begin_anew(self) -> None:
        work = self._accounts.begin_factor(self.password.text(), self.code.text().strip())
        self._place.acting.start(work, self._offered)

    def _offered(self, answer: SecondFactorOffer | Refused | Unsent) -> None:
        if isinstance(answer, SecondFactorOffer):
            self._is_offered = True
            self.password.clear()
            self.code.clear()
            self.told.clear()
            self.qr.show_code(answer.uri)
            self.secret.setText(grouped(answer.secret))
            self.retranslate()
            self.code.setFocus()
        elif isinstance(answer, Refused):
            self.say_refusal(answer)

    def _show_first(self) -> None:
        self._place.acting.start(self._accounts.confirm_factor(self.code.text().strip()), self._confirmed)

    def _confirmed(self, answer: RecoveryCodes | Refused | Unsent) -> None:
        if isinstance(answer, RecoveryCodes):
            self.code.clear()
            self.qr.show_code("")
            self._is_offered, self._is_on, self._left = False, True, len(answer.codes)
            self.retranslate()
            self.secret.setText("\n".join(answer.codes))
            self._about.setText(self._text("factor.keep_codes"))
            self.say("ok", self._text("factor.is_on"))
        elif isinstance(answer, Refused):
            self.say_refusal(answer)
            self.code.selectAll()
            self.code.setFocus()

    def _end(self) -> None:
        self._place.acting.start(self._accounts.end_factor(self.password.text(), self.code.text().strip()), self._ended)

    def _ended(self, answer: Done | Refused | Unsent) -> None:
        if isinstance(answer, Done):
            self.leave()
            self._is_on = False
            self.retranslate()
            self.say("ok", self._text("factor.is_off"))
        elif isinstance(answer, Refused):
            self.say_refusal(answer)

    # --- showing ------------------------------------------------------------------------------------------

    def _read_buttons(self) -> None:
        has_password, has_code = bool(self.password.text()), bool(self.code.text().strip())
        self.begin_button.setEnabled(has_password and (has_code or not self._is_on or self._is_offered))
        self.confirm_button.setEnabled(self._is_offered and has_code)
        self.end_button.setEnabled(self._is_on and not self._is_asked_for and has_password and has_code)

    def retranslate(self) -> None:
        text = self._text
        if self._is_on:
            self._state.setText(text("factor.state_on", count=self._left))
        else:
            self._state.setText(text("factor.state_asked" if self._is_asked_for else "factor.state_off"))
        self._about.setText(text("factor.scan" if self._is_offered else "factor.about"))
        for caption, field, key in zip(
            self._captions, (self.password, self.code), ("account.password", "factor.code"), strict=True
        ):
            caption.setText(text(key))
            field.setAccessibleName(text(key))
        self.begin_button.setText(text("factor.begin_again" if self._is_on else "factor.begin"))
        self.confirm_button.setText(text("factor.confirm"))
        self.end_button.setText(text("factor.end"))
        for button, is_next in ((self.begin_button, not self._is_offered), (self.confirm_button, self._is_offered)):
            button.setProperty("tone", "primary" if is_next else "flat")
            button.style().unpolish(button)
            button.style().polish(button)
        self._read_buttons()


def grouped(secret: str) -> str:
    """By fours, as one reads it out."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
