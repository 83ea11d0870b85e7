"""Signing in: which gateway, who, and in which language. Shows a plain sentence when it does not work."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from comms.protocol.errors import Locale
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label


@dataclass(frozen=True, slots=True)
class SignInForm:
    url: str
    name: str
    password: str


class SignInDialog(QDialog):
    """`submitted` carries a SignInForm; whoever signs in answers with `show_error`, or closes the dialog."""

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
        self.url_field = QLineEdit(url, self)
        self.name_field = QLineEdit(name, self)
        self.password_field = QLineEdit(self)
        self.password_field.setEchoMode(QLineEdit.EchoMode.Password)
        self._captions = [label(tone="dim", parent=self) for _ in range(4)]
        self._language = Choices(tuple(one.value for one in Locale), "language", text, self)
        self._language.choose(text.locale.value)
        self._language.changed.connect(self._switch)
        self._error = label(wraps=True, parent=self)
        self._error.setObjectName("refusal")
        self._error.hide()
        self._go = QPushButton(self)
        self._go.setProperty("tone", "primary")
        self._go.setDefault(True)
        self._go.clicked.connect(self._submit)
        self._drills = QPushButton(self)
        self._drills.setObjectName("sign_in_drills")
        self._drills.setProperty("tone", "flat")
        self._drills.setAutoDefault(False)
        self._drills.clicked.connect(self._want_drills)
        self._arrange()
        for field in (self.url_field, self.name_field, self.password_field):
            field.textChanged.connect(self._read_button)
        text.changed.connect(self._read)
        look.changed.connect(self._dress)
        self._dress()
        self._read()
        (self.password_field if name else self.name_field).setFocus()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(12)
        column.addWidget(self._product)
        column.addWidget(self._about)
        form = QFormLayout()
        form.setSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        fields = (self.url_field, self.name_field, self.password_field, self._language)
        for caption, field in zip(self._captions, fields, strict=True):
            form.addRow(caption, field)
        column.addLayout(form)
        column.addWidget(self._error)
        row = QHBoxLayout()
        row.addWidget(self._drills)
        row.addStretch(1)
        row.addWidget(self._go)
        column.addLayout(row)

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
        self.password_field.selectAll()
        self.password_field.setFocus()

    def _set_busy(self, is_busy: bool) -> None:
        for field in (self.url_field, self.name_field, self.password_field):
            field.setReadOnly(is_busy)
        self._go.setText(self._text("sign_in.busy" if is_busy else "sign_in.go"))
        self._go.setEnabled(not is_busy)

    def _submit(self) -> None:
        form = SignInForm(self.url_field.text().strip(), self.name_field.text().strip(), self.password_field.text())
        if form.url and form.name and form.password:
            self.show_busy()
            self.submitted.emit(form)

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
        for caption, key in zip(self._captions, ("url", "name", "password", "language"), strict=True):
            caption.setText(text(f"sign_in.{key}"))
        self._go.setText(text("sign_in.go"))
        self._drills.setText(text("command.drills"))
        self._language.retranslate()
        self._read_button()

    def _read_button(self) -> None:
        is_filled = all(field.text().strip() for field in (self.url_field, self.name_field, self.password_field))
        self._go.setEnabled(is_filled and not self.url_field.isReadOnly())
