"""What the pages of the account's sheet have in common."""

from PySide6.QtWidgets import QLineEdit, QWidget

from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Refused
from ui.text import Texts
from ui.widgets.labels import label, set_tone
from ui.workplace import Workplace


def secret_field(parent: QWidget) -> QLineEdit:
    field = QLineEdit(parent)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


class Page(QWidget):
    """`told` is the line in which it says how it went."""

    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self._text: Texts = place.text
        self._accounts = place.actions.accounts
        self.told = label(wraps=True, parent=self)

    def say(self, tone: str, words: str) -> None:
        set_tone(self.told, tone)
        self.told.setText(words)

    def say_refusal(self, answer: Refused) -> None:
        """The gateway's sentence; about the password in our own, since no account was typed here."""
        is_own = answer.code is RefusalCode.WRONG_CREDENTIALS
        self.say("danger", self._text("account.password_wrong") if is_own else answer.text)

    def begin(self) -> None:
        """It comes to be seen."""

    def leave(self) -> None:
        """Nothing that was typed stays."""
