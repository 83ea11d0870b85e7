"""Taking a layer out as a file: which layer, all of it or what is in the view, in which form and which datum."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from comms.domain.datum import Datum
from console.layers.files.kind import SUFFIX, Kind
from console.layers.files.writing import Writing
from console.layers.layer import LayerId
from ui.errand import Errand, show_errand
from ui.layer.desk import LayerDesk, layer_words, topic_words
from ui.layer.file_words import DATUMS, datum_words
from ui.layer.files import Wish
from ui.text import Texts
from ui.theme import Look
from ui.widgets.drill_mark import marked_for
from ui.widgets.labels import label, set_tone
from ui.widgets.overlay import Corner, Sheet

PROGRESS_MS = 120
_ROWS = ("layer", "scope", "kind", "datum")
_SCOPES = ("all", "view")


class ExportSheet(Sheet):
    """Closing it while a file is written stops nothing; `said(tone, sentence)` tells how it went."""

    said = Signal(str, str)

    def __init__(self, host: QWidget, desk: LayerDesk, *, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._desk = desk
        self._look = look
        self._text = text
        self._errand: Errand | None = None
        self._title = label(tone="title", parent=self)
        self._captions = {key: label(tone="dim", parent=self) for key in _ROWS}
        self.layer, self.scope, self.kind, self.datum = (QComboBox(self) for _ in _ROWS)
        self.progress = QProgressBar(self)
        self.outcome = label(wraps=True, parent=self)
        self.stop, self.back, self.start = (QPushButton(self) for _ in range(3))
        self._polling = QTimer(self)
        self._polling.setInterval(PROGRESS_MS)
        self._polling.timeout.connect(self._show_progress)
        self._arrange()
        self.start.clicked.connect(self.ask_path)
        self.stop.clicked.connect(self.cancel)
        self.back.clicked.connect(self.dismiss)
        text.changed.connect(self.read)
        self.read()

    def _arrange(self) -> None:
        column, grid, foot = QVBoxLayout(self), QGridLayout(), QHBoxLayout()
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._title)
        grid.setColumnStretch(1, 1)
        for row, (key, field) in enumerate(zip(_ROWS, (self.layer, self.scope, self.kind, self.datum), strict=True)):
            grid.addWidget(self._captions[key], row, 0)
            grid.addWidget(field, row, 1)
        column.addLayout(grid)
        self.progress.setFixedHeight(self._look.px(6))
        self.progress.setTextVisible(False)
        column.addWidget(self.progress)
        self.outcome.setFixedHeight(self._look.px(52))
        self.outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.outcome)
        foot.addWidget(self.stop)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.start)
        column.addLayout(foot)
        self.back.setProperty("tone", "flat")
        self.start.setProperty("tone", "primary")

    def wanted_width(self) -> int:
        return self._look.px(480)

    def open(self, layer_id: str = "") -> None:
        """With this layer chosen, or the one of last time."""
        chosen = layer_id or self.layer.currentData()
        self.layer.clear()
        for layer in self._desk.exportable():
            words = self._text(
                "layers.field", name=topic_words(layer.topic, self._text), value=layer_words(layer, self._text)
            )
            self.layer.addItem(words, layer.id)
        self.layer.setCurrentIndex(max(0, self.layer.findData(chosen)))
        self._say(self._text("file.export_hint"), "dim")
        self.appear()
        self.layer.setFocus()

    # --- writing --------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        return self._errand is not None

    def _suggested(self) -> str:
        """Its name with the datum: of GCJ-02 and BD-09 a file itself may say nothing."""
        layer = self._desk.book.layer(LayerId(self.layer.currentData()))
        name = layer_words(layer, self._text) if layer is not None else ""
        plain = "".join("_" if letter in '\\/:*?"<>|' else letter for letter in name)
        return marked_for(self, f"{plain}_{self._datum().label}{SUFFIX[self._kind()]}")

    def _datum(self) -> Datum:
        return Datum(self.datum.currentData())

    def _kind(self) -> Kind:
        return Kind(self.kind.currentData())

    def ask_path(self) -> None:
        kind = self._kind()
        dialog = QFileDialog(self.window(), self._text("file.export_title"))
        dialog.setObjectName("layer_export_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([f"{self._text(f'file.kind.{kind.value}')} (*{SUFFIX[kind]})"])
        dialog.setDefaultSuffix(SUFFIX[kind].removeprefix("."))
        dialog.selectFile(self._suggested())
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        layer_id = self.layer.currentData()
        if self.is_busy or layer_id is None:
            return
        features = self._desk.features_source(LayerId(layer_id), only_in_view=self.scope.currentData() == "view")
        wish = Wish(features=features, path=Path(path), kind=self._kind(), datum=self._datum(), table=Path(path).stem)
        self._errand = self._desk.files.write(wish, partial(self._written, wish.datum), self._give_up)
        self._polling.start()
        self._say(self._text("file.writing"), "dim")

    def cancel(self) -> None:
        if self._errand is not None:
            self._errand.is_wanted = False

    def _written(self, datum: Datum, writing: Writing) -> None:
        text = self._text
        self._give_up()
        if writing.is_cancelled:
            tone, words = "warn", text("file.not_written")
        elif writing.fault:
            tone, words = "danger", text("file.not_saved", reason=writing.fault)
        else:
            count = f"{writing.rows:,}"
            tone, words = "ok", text("file.written", count=count, datum=datum.label, path=writing.path)
        if writing.cut:
            tone, words = "warn", f"{words}\n{text('file.cut', count=f'{writing.cut:,}')}"
        self._say(words, tone)
        if not self.isVisible():
            self.said.emit(tone, words)

    def _give_up(self) -> None:
        self._errand = None
        self._polling.stop()
        self._say("", "dim")

    # --- what is shown --------------------------------------------------------------------------------------

    def _say(self, words: str, tone: str) -> None:
        self.outcome.setText(words)
        set_tone(self.outcome, tone)
        for field in (self.layer, self.scope, self.kind, self.datum):
            field.setEnabled(not self.is_busy)
        self.start.setEnabled(not self.is_busy and self.layer.count() > 0)
        self.stop.setEnabled(self.is_busy)
        self._show_progress()

    def _show_progress(self) -> None:
        show_errand(self.progress, self._errand)

    def read(self) -> None:
        text = self._text
        self._title.setText(text("file.export_title"))
        for key, caption in self._captions.items():
            caption.setText(text(f"file.{key}"))
        for box, prefix, values in (
            (self.scope, "scope", _SCOPES), (self.kind, "kind", tuple(Kind)), (self.datum, "", DATUMS),
        ):  # fmt: skip
            chosen = box.currentData()
            box.clear()
            for value in values:
                box.addItem(
                    datum_words(Datum(value), text) if not prefix else text(f"file.{prefix}.{value}"), str(value)
                )
            box.setCurrentIndex(max(0, box.findData(chosen)))
        self.stop.setText(text("file.stop"))
        self.back.setText(text("file.close"))
        self.start.setText(text("file.export"))
        self._say("", "dim")
