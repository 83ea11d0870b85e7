"""Taking over this desk's certificate where one signs in: its file, and the file's password where it has one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from comms.link.cause import LinkCause
from comms.protocol.refusal_code import RefusalCode
from ui.account.page import secret_field
from ui.text import Texts
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.widgets.row import row_of

_ASKED_FOR = (
    RefusalCode.CERTIFICATE_MISSING,
    RefusalCode.CERTIFICATE_OVER,
    RefusalCode.CERTIFICATE_REVOKED,
    LinkCause.CERTIFICATE_OWN,
)


class OwnCertificate(QWidget):
    """Hidden until the gateway asks for one. `given` carries the file and its password; whoever takes it over answers
    with `tell`."""

    given = Signal(str, str)
    kept = Signal()
    said = Signal()
    """It takes more room than before, maybe."""

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self.path = ""
        self.pick, self.take = QPushButton(self), QPushButton(self)
        self.pick.setObjectName("own_certificate_pick")
        self.take.setObjectName("own_certificate_take")
        self.file = ElidedLabel(parent=self, mode=Qt.TextElideMode.ElideMiddle)
        self.password = secret_field(self)
        self.told = label(wraps=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row_of(self.file, self.pick))
        column.addLayout(row_of(self.password, self.take))
        column.addWidget(self.told)
        for button in (self.pick, self.take):
            button.setAutoDefault(False)
        self.pick.clicked.connect(self._ask)
        self.take.clicked.connect(self._give)
        self.password.returnPressed.connect(self._give)
        text.changed.connect(self._read)
        self.choose("")
        self.hide()

    def offer(self, why: RefusalCode | LinkCause) -> None:
        """Where another one would help."""
        self.setVisible(why in _ASKED_FOR)
        self.said.emit()

    def _ask(self) -> None:
        dialog = QFileDialog(self, self._text("own_certificate.pick"))
        dialog.setNameFilter(f"{self._text('own_certificate.files')} (*.p12 *.pfx *.pem)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    def choose(self, path: str) -> None:
        self.path = path
        self.password.setEnabled(bool(path) and not path.endswith(".pem"))
        self.password.clear()
        self.take.setEnabled(bool(path))
        self.told.clear()
        self._read()
        (self.password if self.password.isEnabled() else self.take).setFocus()

    def _give(self) -> None:
        if self.path:
            self.given.emit(self.path, self.password.text())

    def tell(self, fault: str) -> None:
        """How it went; empty: it is kept, and one may sign in."""
        self.password.clear()
        set_tone(self.told, "danger" if fault else "ok")
        if not fault:
            self.kept.emit()
        self.told.setText(self._text(f"own_certificate.fault.{fault}" if fault else "own_certificate.kept"))
        self.said.emit()

    def _read(self) -> None:
        text = self._text
        self.file.setText(self.path or text("own_certificate.none"))
        self.pick.setText(text("own_certificate.pick"))
        self.take.setText(text("own_certificate.take"))
        self.password.setPlaceholderText(text("own_certificate.password"))
        self.password.setAccessibleName(text("own_certificate.password"))
