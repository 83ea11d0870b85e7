"""Signing in: which gateway, who, and in which language; then what the gateway asks for besides, one step at a time.

Shows a plain sentence when it does not work."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from comms.protocol.errors import Locale, RefusalCode
from ui.account.new_password import NewPassword
from ui.account.own_certificate import OwnCertificate
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.row import row_of

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
    is_by_issuer: bool = False
    """Who it is the identity service has said; here is the code that it did not ask for."""

    @property
    def typed(self) -> tuple[str, str, str, str]:
        """As `Credentials.offer` takes it."""
        return self.name, self.password, self.code, self.new_password


def _form(parent: QWidget, captions: Sequence[QWidget], fields: tuple[QWidget, ...]) -> QWidget:
    page = QWidget(parent)
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(10)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for caption, field in zip(captions, fields, strict=True):
        form.addRow(caption, field)
    return page


class _Steps(QStackedWidget):
    """As high as the highest step. A layout would give it less as soon as something is said below, and move the buttons
    between: for words that wrap it has another height than before."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def hasHeightForWidth(self) -> bool:
        return False


def _make_flat(**buttons: QPushButton) -> None:
    for name, button in buttons.items():
        button.setObjectName(f"sign_in_{name}")
        button.setProperty("tone", "flat")
        button.setAutoDefault(False)


def _make_room(dialog: QDialog) -> None:
    """For all that is said: Qt would take a part of it from the steps, and the buttons would move."""
    layout = dialog.layout()
    assert layout is not None
    layout.activate()
    dialog.resize(dialog.width(), max(dialog.height(), layout.totalHeightForWidth(dialog.width())))


class SignInDialog(QDialog):
    """`submitted` carries a SignInForm; whoever signs in answers with `show_error` and `ask_for`, or closes it."""

    submitted = Signal(object)
    languageChosen = Signal(object)
    """A Locale: applied here already."""
    issuerWanted = Signal(str)
    """To prove who one is at the identity service of the gateway at this address."""
    issuerGivenUp = Signal()
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
        self.new_password, self.own_certificate = NewPassword(text, self), OwnCertificate(text, self)
        self._captions = [label(tone="dim", parent=self) for _ in range(5)]
        self._language = Choices(tuple(one.value for one in Locale), "language", text, self)
        self._language.choose(text.locale.value)
        self._error = label(wraps=True, parent=self)
        self._error.setObjectName("refusal")
        self._error.hide()
        self.waiting = label(tone="dim", wraps=True, parent=self)
        self.waiting.hide()
        self._go, self._drills, self._back, self._issuer = (QPushButton(self) for _ in range(4))
        self._steps = _Steps(self)
        self._is_busy = self._is_by_issuer = False
        self._arrange()
        self._connect()
        self._dress()
        self._read()
        (self.password_field if name else self.name_field).setFocus()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # see `_make_room`
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(12)
        column.addWidget(self._product)
        column.addWidget(self._about)
        who = (self.url_field, self.name_field, self.password_field, self._language)
        self._steps.addWidget(_form(self._steps, self._captions[:4], who))
        self._steps.addWidget(_form(self._steps, self._captions[4:], (self.code_field,)))
        self._steps.addWidget(self.new_password)
        column.addWidget(self._steps)
        _make_flat(drills=self._drills, back=self._back, issuer=self._issuer)
        self._back.hide()
        self._go.setProperty("tone", "primary")
        self._go.setDefault(True)
        column.addLayout(row_of(self._drills, self._back, None, self._issuer, self._go))
        # What comes and goes stands below: no button may move while somebody aims at it.
        for part in (self.own_certificate, self._error, self.waiting):
            column.addWidget(part)
        column.addStretch(1)

    def _connect(self) -> None:
        self._language.changed.connect(self._switch)
        self._go.clicked.connect(self._submit)
        self._drills.clicked.connect(self.drillsWanted)
        self._back.clicked.connect(self._begin_again)
        self._issuer.clicked.connect(self._want_issuer)
        self.own_certificate.kept.connect(self._error.hide)
        self.own_certificate.said.connect(lambda: _make_room(self))
        for field in (self.url_field, self.name_field, self.password_field, self.code_field):
            field.textChanged.connect(self._read_button)
        self.new_password.changed.connect(self._read_button)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._dress)

    def _want_issuer(self) -> None:
        if not self._is_busy and self.url_field.text().strip():
            self.issuerWanted.emit(self.url_field.text().strip())

    @property
    def error(self) -> str:
        return self._error.text() if not self._error.isHidden() else ""

    def show_busy(self) -> None:
        self._error.hide()
        self._set_busy(True)

    def show_browser(self) -> None:
        """The browser is open; it may take minutes, and one may give up."""
        self.show_busy()
        self._is_by_issuer = True
        self.waiting.setText(self._text("sign_in.in_browser"))
        self.waiting.show()
        _make_room(self)
        self._drills.hide()
        self._back.show()

    def show_error(self, sentence: str) -> None:
        """What went wrong and what to do; what was typed stays."""
        self._set_busy(False)
        self._show_place(self._steps.currentIndex())
        self._error.setText(sentence)
        self._error.show()
        _make_room(self)
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
            self._is_by_issuer = False
        self._steps.setCurrentIndex(step)
        self._show_place(step)
        self._read_button()
        self._aim()

    def _show_place(self, step: int) -> None:
        """What one can go to from here."""
        self._drills.setVisible(step == _WHO)
        self._back.setVisible(step != _WHO)
        self._issuer.setVisible(step == _WHO)

    def _aim(self) -> None:
        """To where one types next, with what stands there selected."""
        field = (self.password_field, self.code_field, self.new_password.field)[self._steps.currentIndex()]
        field.selectAll()
        field.setFocus()

    def _begin_again(self) -> None:
        self._error.hide()
        if self._is_by_issuer:
            self.issuerGivenUp.emit()
        self._set_busy(False)
        self.ask_for(RefusalCode.WRONG_CREDENTIALS)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.waiting.hide()
        for field in (self.url_field, self.name_field, self.password_field, self.code_field):
            field.setReadOnly(is_busy)
        self.new_password.setDisabled(is_busy)
        self._go.setText(self._text("sign_in.busy" if is_busy else "sign_in.go"))
        self._read_button()

    def _submit(self) -> None:
        if self._is_filled and not self._is_busy:
            if self._steps.currentIndex() == _WHO:
                self._is_by_issuer = False
            form = SignInForm(
                self.url_field.text().strip(),
                self.name_field.text().strip(),
                self.password_field.text(),
                self.code_field.text().strip(),
                self.new_password.field.text(),
                self._is_by_issuer,
            )
            self.show_busy()
            self.submitted.emit(form)

    @property
    def _is_filled(self) -> bool:
        step, has_code = self._steps.currentIndex(), bool(self.code_field.text().strip())
        if self._is_by_issuer and step == _CODE:
            return has_code
        who = (self.url_field, self.name_field, self.password_field)
        has_all = {_CODE: has_code, _NEW: self.new_password.is_good}.get(step, True)
        return has_all and all(field.text().strip() for field in who)

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
        self._issuer.setText(text("sign_in.issuer"))
        self._drills.setText(text("command.drills"))
        self._language.retranslate()
        self._read_button()

    def _read_button(self) -> None:
        self._go.setEnabled(self._is_filled and not self._is_busy)
        self._issuer.setEnabled(bool(self.url_field.text().strip()) and not self._is_busy)
