"""Another password for oneself."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from comms.protocol.account_pushes import AccountState
from comms.protocol.pushes import Refused, TokenGranted
from console.actions.requester import Unsent
from ui.account.new_password import NewPassword
from ui.account.page import Page, secret_field
from ui.widgets.labels import label
from ui.widgets.row import row_of
from ui.words import day
from ui.workplace import Workplace


class PasswordPage(Page):
    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(place, parent)
        self._state = label(tone="dim", wraps=True, parent=self)
        self._caption = label(tone="dim", parent=self)
        self.password = secret_field(self)
        self.new_password = NewPassword(place.text, self)
        self.change_button = QPushButton(self)
        self.change_button.setObjectName("account_change")
        self.change_button.setProperty("tone", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._state)
        column.addLayout(row_of(self._caption, self.password))
        column.addWidget(self.new_password)
        column.addWidget(self.told)
        column.addStretch(1)
        column.addLayout(row_of(None, self.change_button))
        self.change_button.clicked.connect(self.confirm)
        self.password.textChanged.connect(self._read_button)
        self.new_password.changed.connect(self._read_button)
        place.text.changed.connect(self.retranslate)
        self.retranslate()

    def begin(self) -> None:
        session = self._place.store.session
        if session is not None:
            self.new_password.names = (session.party.partition(":")[2], session.name)
        self._place.acting.start(self._accounts.read(), self._show)
        self.password.setFocus()

    def leave(self) -> None:
        self.password.clear()
        self.new_password.clear()

    def confirm(self) -> None:
        if self.change_button.isEnabled():
            self.change_button.setEnabled(False)
            work = self._accounts.change_password(self.password.text(), self.new_password.field.text())
            self._place.acting.start(work, self._changed)

    def _show(self, answer: AccountState | Refused | Unsent) -> None:
        if not isinstance(answer, AccountState):
            return
        if answer.password_expires_at is None:
            self._state.setText(self._text("account.password_lasts"))
        else:
            self._state.setText(self._text("account.password_until", day=day(answer.password_expires_at)))

    def _changed(self, answer: TokenGranted | Refused | Unsent) -> None:
        if isinstance(answer, TokenGranted):
            self.leave()
            self.say("ok", self._text("account.password_changed"))
            self._place.acting.start(self._accounts.read(), self._show)
        elif isinstance(answer, Refused):
            self.say_refusal(answer)
        self._read_button()

    def _read_button(self) -> None:
        self.change_button.setEnabled(bool(self.password.text()) and self.new_password.is_good)

    def retranslate(self) -> None:
        text = self._text
        self._caption.setText(text("account.password"))
        self.password.setAccessibleName(text("account.password"))
        self.change_button.setText(text("account.change"))
