"""Bringing a file onto the map: choose it, say how it is meant, have it read aside, see what came of every row."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from console.layers.files.kind import CHOOSABLE
from console.layers.files.peek import Peek
from console.layers.files.report import Reading, Report
from console.layers.layer import LayerId
from console.layers.own import Chosen, layers_of
from ui.dialogs.import_form import ImportForm
from ui.dialogs.import_report import ImportReport
from ui.errand import Errand, show_errand
from ui.layer.desk import LayerDesk
from ui.layer.file_words import geometry_endings, report_words
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.overlay import Corner, Sheet

PROGRESS_MS = 120


class ImportSheet(Sheet):
    """Closing it while a file is read stops nothing: the layer comes, and `said(tone, sentence)` tells so."""

    said = Signal(str, str)

    def __init__(self, host: QWidget, desk: LayerDesk, *, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._desk = desk
        self._look = look
        self._text = text
        self._path = ""
        self._is_looking = False
        self._errand: Errand | None = None
        self._chosen: Chosen | None = None
        self._layer_ids: tuple[LayerId, ...] = ()
        self._title = label(tone="title", parent=self)
        self.file = ElidedLabel(parent=self, mode=Qt.TextElideMode.ElideMiddle)
        self.form = ImportForm(look, text, self)
        self.progress = QProgressBar(self)
        self.report = ImportReport(desk.files, look=look, text=text, parent=self)
        self.pick, self.stop, self.go, self.back, self.start = (QPushButton(self) for _ in range(5))
        self._polling = QTimer(self)
        self._polling.setInterval(PROGRESS_MS)
        self._polling.timeout.connect(self._show_progress)
        self._arrange()
        self._connect()
        self.read()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._title)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.file, 1)
        head.addWidget(self.pick)
        column.addLayout(head)
        column.addWidget(self.form)
        self.progress.setFixedHeight(self._look.px(6))
        self.progress.setTextVisible(False)
        column.addWidget(self.progress)
        column.addWidget(self.report)
        foot.addWidget(self.report.save)
        foot.addWidget(self.stop)
        foot.addStretch(1)
        for button in (self.back, self.go, self.start):
            foot.addWidget(button)
        column.addLayout(foot)
        self.back.setProperty("tone", "flat")
        self.start.setProperty("tone", "primary")

    def _connect(self) -> None:
        self.pick.clicked.connect(self.ask_file)
        self.stop.clicked.connect(self.cancel)
        self.go.clicked.connect(self._go_there)
        self.back.clicked.connect(self.dismiss)
        self.start.clicked.connect(self.begin)
        self.form.changed.connect(self._show)
        self.form.lookWanted.connect(self._look_into)
        self.report.said.connect(self.said)
        self._text.changed.connect(self.read)

    def wanted_width(self) -> int:
        return self._look.px(600)

    # --- choosing -------------------------------------------------------------------------------------------

    def open(self) -> None:
        """As it was left; without a file yet, the system asks for one."""
        self.appear()
        self.pick.setFocus()
        if not self._path:
            self.ask_file()

    def ask_file(self) -> None:
        dialog = _dialog(self.window(), self._text)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def take(self, path: str) -> None:
        """A file picked or dropped. While another is being read it has to wait."""
        self.appear()
        if self._errand is not None:
            return
        self._path, self._layer_ids = path, ()
        self.report.show_report(None)
        self.file.setText(path)
        self.form.begin(self._desk.file_topics(), len(self._desk.files.layer_ids()))
        self._look_into("", "")
        self.form.datum.setFocus()

    def _look_into(self, table: str, encoding: str) -> None:
        self._is_looking = True
        self._desk.files.look_into(self._path, table, encoding, self._looked)
        self._show()

    def _looked(self, peek: Peek) -> None:
        if peek.path != self._path:
            return
        self._is_looking = False
        if peek.fault is not None:
            self.report.show_report(Report(path=peek.path, fault=peek.fault))
        self.form.show_peek(peek)
        self._show()

    # --- reading --------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        return self._errand is not None

    @property
    def is_ready(self) -> bool:
        """Everything has been said, and nothing else is under way."""
        return bool(self._path) and not self._is_looking and not self.is_busy and not self.form.lack()

    def begin(self) -> None:
        if not self.is_ready:
            return
        self._chosen, self._layer_ids = self.form.chosen(), ()
        self.report.show_report(None)
        self._errand = self._desk.files.read(self._chosen.request, self._take_reading, self._give_up)
        self._polling.start()
        self._show()

    def cancel(self) -> None:
        if self._errand is not None:
            self._errand.is_wanted = False

    def _take_reading(self, reading: Reading) -> None:
        assert self._chosen is not None
        report = reading.report
        made = layers_of(self._chosen, reading, geometry_endings(self._text)) if reading.features else ()
        for layer, features in made:
            self._desk.files.add(layer, features, report)
        self._layer_ids = tuple(layer.id for layer, _ in made)
        self._desk.set_on(list(self._layer_ids), True)
        self.report.show_report(report)
        if not self.isVisible():
            is_whole = not report.lost and report.fault is None
            words = self._text("layers.field", name=self._chosen.name, value=report_words(report, self._text))
            self.said.emit("ok" if is_whole else "warn", words)
        self._give_up()

    def _give_up(self) -> None:
        self._errand = None
        self._polling.stop()
        self._show()

    def _go_there(self) -> None:
        self.dismiss()
        self._desk.show_all_of(self._layer_ids)

    def show_report(self, report: Report) -> None:
        """Of a layer read before, at the start say."""
        if not self.is_busy:
            self.report.show_report(report)
            self._show()
        self.appear()

    # --- what is shown --------------------------------------------------------------------------------------

    def read(self) -> None:
        text = self._text
        self._title.setText(text("file.import_title"))
        for key, button in (
            ("pick", self.pick), ("save_report", self.report.save), ("stop", self.stop), ("go", self.go),
            ("close", self.back), ("start", self.start),
        ):  # fmt: skip
            button.setText(text(f"file.{key}"))
        if not self._path:
            self.file.setText(text("file.none"))
        self.form.read()

    def _show(self) -> None:
        self.form.setEnabled(bool(self._path) and not self.is_busy and not self._is_looking)
        self.pick.setEnabled(not self.is_busy)
        self.start.setEnabled(self.is_ready)
        self.stop.setEnabled(self.is_busy)
        self.go.setEnabled(bool(self._layer_ids))
        self._show_progress()
        self.report.say(self._sentence())

    def _sentence(self) -> str:
        """What is under way, or still to be said; empty when there is a report to speak for itself."""
        text = self._text
        if self.is_busy:
            return text("file.reading")
        if self._is_looking:
            return text("file.looking")
        if self.report.report is not None:
            return ""
        return text((self.form.lack() if self._path else "file.lack_file") or "file.ready")

    def _show_progress(self) -> None:
        show_errand(self.progress, self._errand)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.is_ready:
            self.begin()
        else:
            super().keyPressEvent(event)


def _dialog(host: QWidget, text: Texts) -> QFileDialog:
    dialog = QFileDialog(host, text("file.pick"))
    dialog.setObjectName("layer_file_dialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([f"{text('file.kinds')} ({' '.join(CHOOSABLE)})", f"{text('file.any')} (*)"])
    return dialog
