"""What a drill is to be hosted with: where its record goes, its seed, its password, and who may reach it."""

import secrets
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QSpinBox, QWidget

from console.drill.host import HostWish, ScenarioLine
from ui.text import Texts
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.row import row_of

REACHES = ("here", "others")
SEED = 7
_FIELDS = ("folder", "seed", "password", "reach", "address", "certificate")


class HostForm(QWidget):
    """What only others need is greyed out while nobody but this machine may come."""

    changed = Signal()

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self.folder, self.password, self.address, self.certificate, self.key = (QLineEdit(self) for _ in range(5))
        for name in ("folder", "password", "address", "certificate", "key"):
            field = getattr(self, name)
            field.setObjectName(f"drill_{name}")
            field.textChanged.connect(self._read)
        self.seed = QSpinBox(self)
        self.seed.setRange(0, 1_000_000)
        self.seed.setValue(SEED)
        self.reach = Choices(REACHES, "drill_reach", text, self)
        self.reach.changed.connect(self._read)
        self._captions = {name: label(tone="dim", parent=self) for name in _FIELDS}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(6)
        for name in _FIELDS[:-1]:
            form.addRow(self._captions[name], getattr(self, name))
        form.addRow(self._captions["certificate"], row_of(self.certificate, self.key))
        text.changed.connect(self.retranslate)
        self.retranslate()

    def begin(self) -> None:
        """A password that nobody has used."""
        if not self.password.text():
            self.password.setText(secrets.token_hex(4))

    @property
    def is_open(self) -> bool:
        """Others may come."""
        return self.reach.chosen == "others"

    @property
    def is_filled(self) -> bool:
        needed = [self.folder, self.password, *((self.address, self.certificate, self.key) if self.is_open else ())]
        return all(field.text().strip() for field in needed)

    def wish(self, line: ScenarioLine) -> HostWish:
        return HostWish(
            scenario=line,
            seed=self.seed.value(),
            folder=Path(self.folder.text().strip()),
            password=self.password.text(),
            address=self.address.text().strip() if self.is_open else "",
            certificate=Path(self.certificate.text().strip()) if self.is_open else None,
            key=Path(self.key.text().strip()) if self.is_open else None,
        )

    def _read(self) -> None:
        for field in (self.address, self.certificate, self.key):
            field.setEnabled(self.is_open)
        self.changed.emit()

    def retranslate(self) -> None:
        for name, caption in self._captions.items():
            caption.setText(self._text(f"drill.host.{name}"))
        self.address.setPlaceholderText(self._text("drill.host.address_hint"))
        self.key.setPlaceholderText(self._text("drill.host.key"))
        self.reach.retranslate()
        self._read()
