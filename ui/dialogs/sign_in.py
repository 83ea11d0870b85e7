"""Signing in: which gateway, who, and in which language; then what the gateway asks for besides, one step at a time.

Shows a plain sentence when it does not work."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from comms.protocol.errors import Locale, RefusalCode
from ui.account.new_password import NewPassword
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label

_WHO, _CODE, _NEW = range(3)
_STEPS = {
    RefusalCode.SECOND_FACTOR_NEEDED: _CODE,
    RefusalCode.SECOND_FACTOR_WRONG: _CODE,
    RefusalCode.PASSWORD_EXPIRED: _NEW,
    RefusalCode.PASSWORD_RULES: _NEW,
}
"""Where one goes to after which refusal; after any other to the beginning."""


@dataclass(frozen=True, slots=True)
class SignInForm:
    url: str
    name: str
    password: str
    code: str = ""
    new_password: str = ""

    @property
    def typed(self) -> tuple[str, str, str, str]:
        """As `Credentials.offer` takes it."""
        return self.name, self.password, self.code, self.new_password


class SignInDialog(QDialog):
    """`submitted` carries a SignInForm; whoever signs in answers with `show_error` and `ask_for`, or closes it."""

    submitted = Signal(object)
    languageChosen = Signal(object)
    """A Locale: applied here already."""
    drillsWanted = Signal()
    """Not to sign in here, but to host a drill."""

    def __init__(
        self, *, look: Look, text: Texts, url: str = "", name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self.setObjectName("signIn")
        self._product = label(tone="title", parent=self)
        self._about = label(tone="dim", wraps=True, parent=self)
        self.url_field, self.name_field = QLineEdit(url, self), QLineEdit(name, self)
        self.password_field, self.code_field = QLineEdit(self), QLineEdit(self)
        self.password_field.setEchoMode(QLineEdit.EchoMode.Password)
        self.new_password = NewPassword(text, self)
        self._captions = [label(tone="dim", parent=self) for _ in range(5)]
        self._language = Choices(tuple(one.value for one in Locale), "language", text, self)
        self._language.choose(text.locale.value)
        self._error = label(wraps=True, parent=self)
        self._error.setObjectName("refusal")
        self._error.hide()
        self._go, self._drills, self._back = QPushButton(self), QPushButton(self), QPushButton(self)
        self._steps = QStackedWidget(self)
        self._is_busy = False
        self._arrange()
        self._connect()
        self._dress()
        self._read()
        (self.password_field if name else self.name_field).setFocus()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(12)
        column.addWidget(self._product)
        column.addWidget(self._about)
        who = (self.url_field, self.name_field, self.password_field, self._language)
        self._steps.addWidget(self._form(self._captions[:4], who))
        self._steps.addWidget(self._form(self._captions[4:], (self.code_field,)))
        self._steps.addWidget(self.new_password)
        column.addWidget(self._steps)
        column.addWidget(self._error)
        row = QHBoxLayout()
        for button in (self._drills, self._back):
            button.setProperty("tone", "flat")
            button.setAutoDefault(False)
            row.addWidget(button)
        self._drills.setObjectName("sign_in_drills")
        self._back.setObjectName("sign_in_back")
        self._back.hide()
        self._go.setProperty("tone", "primary")
        self._go.setDefault(True)
        row.addStretch(1)
        row.addWidget(self._go)
        column.addLayout(row)

    def _form(self, captions: Sequence[QWidget], fields: tuple[QWidget, ...]) -> QWidget:
        page = QWidget(self._steps)
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for caption, field in zip(captions, fields, strict=True):
            form.addRow(caption, field)
        return page

    def _connect(self) -> None:
        self._language.changed.connect(self._switch)
        self._go.clicked.connect(self._submit)
        self._drills.clicked.connect(self._want_drills)
        self._back.clicked.connect(self._begin_again)
        for field in (self.url_field, self.name_field, self.password_field, self.code_field):
            field.textChanged.connect(self._read_button)
        self.new_password.changed.connect(self._read_button)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._dress)

    def _want_drills(self) -> None:
        self.drillsWanted.emit()

    @property
    def error(self) -> str:
        return self._error.text() if not self._error.isHidden() else ""

    def show_busy(self) -> None:
        self._error.hide()
        self._set_busy(True)

    def show_error(self, sentence: str) -> None:
        """What went wrong and what to do; what was typed stays."""
        self._set_busy(False)
        self._error.setText(sentence)
        self._error.show()
        self._aim()

    def ask_for(self, code: RefusalCode) -> None:
        """The step at which what this refusal asks for is typed."""
        step = _STEPS.get(code, _WHO)
        if step == _NEW:
            self.new_password.names = (self.name_field.text().strip(),)
        if step != _CODE:
            self.code_field.clear()
        if step == _WHO:
            self.new_password.clear()
        self._steps.setCurrentIndex(step)
        self._drills.setVisible(step == _WHO)
        self._back.setVisible(step != _WHO)
        self._read_button()
        self._aim()

    def _aim(self) -> None:
        """To where one types next, with what stands there selected."""
        fields = {_WHO: self.password_field, _CODE: self.code_field, _NEW: self.new_password.field}
        field = fields[self._steps.currentIndex()]
        field.selectAll()
        field.setFocus()

    def _begin_again(self) -> None:
        self._error.hide()
        self.ask_for(RefusalCode.WRONG_CREDENTIALS)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        for field in (self.url_field, self.name_field, self.password_field, self.code_field):
            field.setReadOnly(is_busy)
        self.new_password.setDisabled(is_busy)
        self._go.setText(self._text("sign_in.busy" if is_busy else "sign_in.go"))
        self._read_button()

    def _submit(self) -> None:
        if self._is_filled and not self._is_busy:
            form = SignInForm(
                self.url_field.text().strip(),
                self.name_field.text().strip(),
                self.password_field.text(),
                self.code_field.text().strip(),
                self.new_password.field.text(),
            )
            self.show_busy()
            self.submitted.emit(form)

    @property
    def _is_filled(self) -> bool:
        who = (self.url_field, self.name_field, self.password_field)
        if not all(field.text().strip() for field in who):
            return False
        match self._steps.currentIndex():
            case 1:
                return bool(self.code_field.text().strip())
            case 2:
                return self.new_password.is_good
            case _:
                return True

    def _switch(self, value: str) -> None:
        self._text.switch(Locale(value))
        self.languageChosen.emit(Locale(value))

    def _dress(self) -> None:
        self._look.dress(self)
        self.setFixedWidth(self._look.px(440))

    def _read(self) -> None:
        text = self._text
        self.setWindowTitle(text("sign_in.title"))
        self._product.setText(text("product.name"))
        self._about.setText(text("sign_in.about"))
        for caption, key in zip(self._captions, ("url", "name", "password", "language", "code"), strict=True):
            caption.setText(text(f"sign_in.{key}"))
        self._go.setText(text("sign_in.go"))
        self._back.setText(text("sign_in.back"))
        self._drills.setText(text("command.drills"))
        self._language.retranslate()
        self._read_button()

    def _read_button(self) -> None:
        self._go.setEnabled(self._is_filled and not self._is_busy)
