"""Layers from and to files as the officer works them: sheets, buttons of the catalogue, files dropped onto the map."""

from functools import cached_property

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.layers.files.report import Report
from ui.acting import Acting
from ui.dialogs.layer_export import ExportSheet
from ui.dialogs.layer_import import ImportSheet
from ui.frame import Parts
from ui.layer.desk import LayerDesk
from ui.layer.file_drop import FileDrop
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
        self._window, self._desk, self._look = window, desk, look
        self._sheets: list[Overlay] = []
        foot = parts.layers.foot
        foot.importWanted.connect(self._import)
        foot.exportWanted.connect(self._export)
        foot.reportWanted.connect(self._report)
        foot.removed.connect(self._say_removed)
        desk.files.troubled.connect(self._say_troubled)
        FileDrop(parts.map).dropped.connect(self._take)

    @cached_property
    def importing(self) -> ImportSheet:
        """Made when it is first asked for, as `exporting` is."""
        sheet = ImportSheet(self._window, self._desk, look=self._look, text=self._text)
        sheet.said.connect(self._acting.tell)
        self._ready(sheet)
        return sheet

    @cached_property
    def exporting(self) -> ExportSheet:
        sheet = ExportSheet(self._window, self._desk, look=self._look, text=self._text)
        sheet.said.connect(self._acting.tell)
        self._ready(sheet)
        return sheet

    def _ready(self, sheet: Overlay) -> None:
        self._look.space(sheet)
        self._sheets.append(sheet)

    @property
    def sheets(self) -> tuple[Overlay, ...]:
        """Those that there are."""
        return tuple(self._sheets)

    def _import(self) -> None:
        self.importing.open()

    def _export(self, layer_id: str) -> None:
        self.exporting.open(layer_id)

    def _report(self, report: Report) -> None:
        self.importing.show_report(report)

    def _take(self, path: str) -> None:
        self.importing.take(path)

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
