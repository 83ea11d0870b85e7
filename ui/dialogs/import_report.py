"""What came of a file: a sentence, every bad row with its reason, and the list of them as a file on wish."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from console.layers.files.report import Report
from console.layers.files.report_file import save_report
from ui.layer.file_words import bad_lines, reason_words, report_words
from ui.layer.files import LayerFiles
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label, set_tone
from ui.widgets.lines import LinesModel, lines_view


class ImportReport(QWidget):
    """`save` is for the sheet to place."""

    said = Signal(str, str)

    def __init__(self, files: LayerFiles, *, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._files = files
        self._text = text
        self.report: Report | None = None
        self.outcome = label(wraps=True, parent=self)
        self.outcome.setFixedHeight(look.px(38))
        self.outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.lines = LinesModel(self)
        view = lines_view(self.lines, look, self)
        view.setFixedHeight(look.px(140))
        self.save = QPushButton(parent)
        self.save.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.outcome)
        column.addWidget(view)
        self.show_report(None)

    def show_report(self, report: Report | None) -> None:
        self.report = report
        self.lines.show_lines(bad_lines(report, self._text) if report is not None else ())
        self.save.setEnabled(report is not None and bool(report.bad))
        self.say("")

    def say(self, words: str) -> None:
        """Something for now, or else what came of the file."""
        report = self.report
        is_bad = report is not None and (report.lost or report.fault is not None or report.is_cancelled)
        self.outcome.setText(words or (report_words(report, self._text) if report is not None else ""))
        set_tone(self.outcome, "dim" if words else "warn" if is_bad else "ok")

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self._text("file.save_report"))
        dialog.setObjectName("layer_report_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["CSV (*.csv)"])
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        report, text = self.report, self._text
        if report is None:
            return
        head = tuple(text(f"file.head.{name}") for name in ("first", "last", "reason", "detail"))
        words = {row.reason: reason_words(row.reason, text) for row in report.bad}
        self._files.aside(
            lambda: save_report(report, Path(path), head=head, words=words.__getitem__), self._saved
        )  # fmt: skip

    def _saved(self, fault: str) -> None:
        if fault:
            self.said.emit("danger", self._text("file.not_saved", reason=fault))
        else:
            self.said.emit("ok", self._text("file.report_saved"))
