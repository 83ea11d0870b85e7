"""Layers from and to files as the officer works them: sheets, buttons of the catalogue, files dropped onto the map."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.acting import Acting
from ui.dialogs.layer_export import ExportSheet
from ui.dialogs.layer_import import ImportSheet
from ui.file_drop import FileDrop
from ui.frame import Parts
from ui.layer_desk import LayerDesk
from ui.text import Texts
from ui.theme import Look
from ui.widgets.overlay import Overlay


class LayerSheets(QObject):
    def __init__(
        self, window: QWidget, parts: Parts, desk: LayerDesk, *, acting: Acting, look: Look, text: Texts
    ) -> None:
        super().__init__(window)
        self._acting = acting
        self._text = text
        self._panel = parts.layers
        self.importing = ImportSheet(window, desk, look=look, text=text)
        self.exporting = ExportSheet(window, desk, look=look, text=text)
        foot = parts.layers.foot
        foot.importWanted.connect(self.importing.open)
        foot.exportWanted.connect(self.exporting.open)
        foot.reportWanted.connect(self.importing.show_report)
        foot.removed.connect(self._say_removed)
        self.importing.said.connect(acting.tell)
        self.exporting.said.connect(acting.tell)
        desk.files.troubled.connect(self._say_troubled)
        FileDrop(parts.map).dropped.connect(self.importing.take)

    @property
    def sheets(self) -> tuple[Overlay, ...]:
        return (self.importing, self.exporting)

    def show(self, what: str) -> None:
        """`import` or `export`; the latter with the layer under the catalogue's cursor."""
        if what == "import":
            self.importing.open()
        else:
            self.exporting.open(self._panel.tree.chosen or "")

    def _say_troubled(self, names: list[str]) -> None:
        self._acting.tell("warn", self._text("file.troubled", names=self._text("file.between").join(names)))

    def _say_removed(self, name: str) -> None:
        self._acting.tell("ok", self._text("file.removed", name=name))
