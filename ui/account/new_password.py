"""Choosing a password: typed twice, with the rules beside it as they come to be fulfilled."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from comms.domain.password import RULES, PasswordFault, faults_of
from comms.protocol.account_words import fault_words
from ui.text import Texts
from ui.widgets.labels import label, set_tone

_SEEN_HERE = tuple(fault for fault in PasswordFault if fault is not PasswordFault.USED_BEFORE)
"""Which of the last ones were the same only the gateway knows."""


class NewPassword(QWidget):
    """`names` is what the officer is called, which no password may contain."""

    changed = Signal()

    def __init__(self, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.names: tuple[str, ...] = ()
        self.field, self.again = QLineEdit(self), QLineEdit(self)
        self._captions = [label(tone="dim", parent=self) for _ in range(2)]
        self._rules = {fault: label(tone="dim", wraps=True, parent=self) for fault in PasswordFault}
        self._same = label(tone="dim", parent=self)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for row, (caption, field) in enumerate(zip(self._captions, (self.field, self.again), strict=True)):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textChanged.connect(self._weigh)
            grid.addWidget(caption, row, 0)
            grid.addWidget(field, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        for line in (*self._rules.values(), self._same):
            column.addWidget(line)
        text.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def is_good(self) -> bool:
        """As far as can be seen here."""
        return bool(self.field.text()) and not self._faults() and self.field.text() == self.again.text()

    def clear(self) -> None:
        self.field.clear()
        self.again.clear()

    def _faults(self) -> tuple[PasswordFault, ...]:
        return faults_of(self.field.text(), self.names, RULES)

    def retranslate(self) -> None:
        for caption, key in zip(self._captions, ("account.new_password", "account.again"), strict=True):
            caption.setText(self._text(key))
        for field, key in ((self.field, "account.new_password"), (self.again, "account.again")):
            field.setAccessibleName(self._text(key))
        self._weigh()

    def _weigh(self) -> None:
        """A mark before each rule: nothing moves while one types."""
        faults, is_begun = self._faults(), bool(self.field.text())
        for fault, line in self._rules.items():
            is_open = not is_begun or fault not in _SEEN_HERE
            self._mark(line, fault_words(fault, self._text.locale), None if is_open else fault not in faults)
        is_same = self.field.text() == self.again.text() if self.again.text() else None
        self._mark(self._same, self._text("account.same_twice"), is_same)
        self.changed.emit()

    def _mark(self, line: QWidget, words: str, is_met: bool | None) -> None:
        sign = {None: "·", True: "✓", False: "✗"}[is_met]
        line.setText(f"{sign} {words}")  # type: ignore[attr-defined]  # always one of our labels
        set_tone(line, {None: "dim", True: "ok", False: "warn"}[is_met])
