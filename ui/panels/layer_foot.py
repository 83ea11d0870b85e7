"""Beneath the catalogue: what can be done with files, and how the layer under the cursor came from one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.layers.layer import FileSource, LayerId
from console.layers.reference import read_datum
from ui.layer.desk import LayerDesk
from ui.layer.file_words import datum_words, report_words
from ui.panels.layer_views import flat_button, name_button
from ui.text import Texts
from ui.widgets.labels import ElidedLabel, label, set_tone

_NAMES = ("import", "export", "problems", "again", "remove")


class LayerFoot(QWidget):
    """The lines have their room also while they are empty, so that the buttons stay."""

    importWanted = Signal()
    exportWanted = Signal(str)
    """The layer under the cursor, maybe none."""
    reportWanted = Signal(object)
    """The Report of the layer under the cursor."""
    removed = Signal(str)
    """Its name."""

    def __init__(self, desk: LayerDesk, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._text = text
        self._layer_id: LayerId | None = None
        self.where = ElidedLabel(parent=self, tone="dim")
        self.state = label(tone="dim", wraps=True, parent=self)
        self.state.setFixedHeight(self.state.fontMetrics().height() * 3)
        self.buttons = {name: flat_button(self, f"layers_{name}") for name in _NAMES}
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row.setSpacing(0)
        for button in self.buttons.values():
            row.addWidget(button)
        column.addWidget(self.where)
        column.addWidget(self.state)
        column.addLayout(row)
        self.buttons["import"].clicked.connect(self.importWanted)
        self.buttons["export"].clicked.connect(self._export)
        self.buttons["problems"].clicked.connect(self._tell)
        self.buttons["again"].clicked.connect(self._read_again)
        self.buttons["remove"].clicked.connect(self._remove)
        desk.files.changed.connect(self._show)

    def read(self) -> None:
        for button in self.buttons.values():
            name_button(button, self._text)
        self._show()

    def show_layer(self, layer_id: LayerId | None) -> None:
        self._layer_id = layer_id
        self._show()

    def _show(self) -> None:
        layer = self._desk.book.layer(self._layer_id) if self._layer_id is not None else None
        source = layer.source if layer is not None and isinstance(layer.source, FileSource) else None
        files, text = self._desk.files, self._text
        report = files.report(layer.id) if layer is not None else None
        is_busy = layer is not None and files.errand(layer.id) is not None
        self.buttons["problems"].setEnabled(report is not None and bool(report.bad))
        self.buttons["again"].setEnabled(source is not None and not is_busy)
        self.buttons["remove"].setEnabled(source is not None)
        words, state = "", ""
        if source is not None:
            known = read_datum(source.datum)
            datum = datum_words(known, text) if known is not None else source.datum
            words = text("file.where", path=source.path, datum=datum)
            state = text("file.reading_again") if is_busy else report_words(report, text) if report is not None else ""
        self.where.setText(words)
        self.state.setText(state)
        is_bad = report is not None and (report.fault is not None or report.lost)
        set_tone(self.state, "warn" if is_bad and not is_busy else "dim")

    def _export(self) -> None:
        self.exportWanted.emit(self._layer_id or "")

    def _tell(self) -> None:
        report = self._desk.files.report(self._layer_id) if self._layer_id is not None else None
        if report is not None:
            self.reportWanted.emit(report)

    def _read_again(self) -> None:
        if self._layer_id is not None:
            self._desk.files.read_again(self._layer_id)

    def _remove(self) -> None:
        layer = self._desk.book.layer(self._layer_id) if self._layer_id is not None else None
        if layer is not None and isinstance(layer.source, FileSource):
            self._desk.files.remove(layer.id)
            self.removed.emit(layer.name)
