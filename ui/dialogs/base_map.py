"""Choosing what lies beneath the map: a service with its key, a file on this desk, an address, or nothing."""

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from comms.domain.datum import Datum
from console.layers.base_map import Provider, Scheme, known_providers
from console.settings import Settings
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label

_SCHEMES = {".mbtiles": Scheme.MBTILES, ".pmtiles": Scheme.PMTILES}


class BaseMapDialog(QDialog):
    """`changed` carries the new Settings after every choice; it takes effect at once."""

    changed = Signal(object)

    def __init__(self, settings: Settings, *, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("base_map")
        self._settings = settings
        self._text = text
        self.setWindowTitle(text("base.title"))
        self.chosen = QComboBox(self)
        self.chosen.setObjectName("base_chosen")
        self.key = QLineEdit(self)
        self.key.setPlaceholderText(text("base.key_hint"))
        self.datum = QComboBox(self)
        for datum in Datum:
            self.datum.addItem(datum.label, datum)
        self.address = QLineEdit(self)
        self.address.setPlaceholderText(text("base.address_hint"))
        self.hint = label(tone="dim", wraps=True, parent=self)
        self._file = QPushButton(text("base.open_file"), self)
        self._close = QPushButton(text("settings.close"), self)
        self._arrange()
        look.dress(self)
        self.setFixedWidth(look.px(520))
        self._fill()
        self._show_present()
        self._wire()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        form = QFormLayout()
        form.setSpacing(10)
        rows = (("base.map", self.chosen), ("base.key", self.key), ("base.datum", self.datum))
        for key, field in (*rows, ("base.address", self.address)):
            form.addRow(label(self._text(key), tone="dim", parent=self), field)
        column.addLayout(form)
        column.addWidget(self.hint)
        row = QHBoxLayout()
        row.addWidget(self._file)
        row.addStretch(1)
        row.addWidget(self._close)
        column.addLayout(row)

    def _wire(self) -> None:
        self.chosen.activated.connect(self._choose)
        self.key.editingFinished.connect(self._take_key)
        self.datum.activated.connect(self._take_datum)
        self.address.returnPressed.connect(self._take_address)
        self._file.clicked.connect(self._ask_file)
        self._close.clicked.connect(self.close)
        for button in (self._file, self._close):
            button.setAutoDefault(False)

    def _fill(self) -> None:
        self.chosen.clear()
        self.chosen.addItem(self._text("base.none"), "")
        for provider in known_providers(self._settings.base_maps):
            self.chosen.addItem(provider.name, provider.id)
        self.chosen.setCurrentIndex(max(0, self.chosen.findData(self._settings.base_map)))

    def _present(self) -> Provider | None:
        known = {one.id: one for one in known_providers(self._settings.base_maps)}
        return known.get(self._settings.base_map)

    def _show_present(self) -> None:
        present = self._present()
        self.key.setText(present.key if present is not None else "")
        self.key.setEnabled(present is not None and present.needs_key)
        self.datum.setEnabled(present is not None and not present.needs_key)
        self.datum.setCurrentIndex(self.datum.findData(present.datum if present is not None else Datum.WGS84))
        is_lacking = present is not None and not present.is_ready
        self.hint.setText(self._text("base.needs_key" if is_lacking else "base.hint"))

    def _say(self) -> None:
        self._show_present()
        self.changed.emit(self._settings)

    def _choose(self) -> None:
        self._settings = msgspec.structs.replace(self._settings, base_map=self.chosen.currentData())
        self._say()

    def _keep(self, provider: Provider) -> None:
        others = tuple(one for one in self._settings.base_maps if one.id != provider.id)
        self._settings = msgspec.structs.replace(
            self._settings, base_maps=(*others, provider), base_map=provider.id
        )  # fmt: skip
        self._fill()
        self._say()

    def _take_key(self) -> None:
        """One key opens all maps of a service: those whose addresses are at the same hosts."""
        present = self._present()
        key = self.key.text().strip()
        if present is None or not present.needs_key or key == present.key:
            return
        kin = [one for one in known_providers(self._settings.base_maps) if one.needs_key and one.hosts == present.hosts]
        changed = {one.id: msgspec.structs.replace(one, key=key) for one in kin}
        others = tuple(one for one in self._settings.base_maps if one.id not in changed)
        self._settings = msgspec.structs.replace(self._settings, base_maps=(*others, *changed.values()))
        self._say()

    def _take_datum(self) -> None:
        present = self._present()
        if present is not None and self.datum.currentData() != present.datum:
            self._keep(msgspec.structs.replace(present, datum=Datum(self.datum.currentData())))

    def _take_address(self) -> None:
        words = self.address.text().strip()
        if not words.startswith(("http://", "https://")) or not all(mark in words for mark in ("{z}", "{x}", "{y}")):
            self.hint.setText(self._text("base.bad_address"))
            return
        name = words.split("/")[2]
        self._keep(Provider(id=f"own_{name}", name=name, sources=(words,), datum=Datum(self.datum.currentData())))

    def _ask_file(self) -> None:
        kinds = f"{self._text('base.files')} (*.mbtiles *.pmtiles)"
        path, _ = QFileDialog.getOpenFileName(self, self._text("base.open_file"), "", kinds)
        if path:
            self.take_file(Path(path))

    def take_file(self, path: Path) -> None:
        """A file the officer picked; what is wrong with it is said when its first tile is asked for."""
        scheme = _SCHEMES.get(path.suffix.lower())
        if scheme is None:
            self.hint.setText(self._text("base.bad_kind"))
            return
        self._keep(Provider(id=f"file_{path.name}", name=path.stem, scheme=scheme, sources=(str(path),), zoom_to=20))
