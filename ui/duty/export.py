"""Writing a paper: where, asked by a dialog that stops nothing; written aside with progress; told how it went. It is
masked unless the officer says why not."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from comms.domain.audit_events import ExportKind
from comms.domain.picture import Picture
from comms.journal.masked import Masking
from console.duty.docx import docx_of
from console.duty.paper import Paper, masked_paper
from ui.acting import Acting
from ui.background import Background
from ui.duty.pdf import pdf_of_paper
from ui.errand import Errand
from ui.report.file import write_whole
from ui.support.leaving import Leaving
from ui.text import Texts
from ui.widgets.drill_mark import marked_for

SUFFIXES = ("pdf", "docx")
_WRITERS = {"pdf": pdf_of_paper, "docx": docx_of}
_LOOK_MS = 100


class DutyExport(QObject):
    """`advanced` now and then while something is being written, and when it no longer is."""

    advanced = Signal()

    def __init__(
        self,
        host: QWidget,
        background: Background,
        acting: Acting,
        text: Texts,
        *,
        stand_back: Callable[[], None],
        leaving: Leaving,
        picture: Callable[[], Picture],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._leaving, self._picture = leaving, picture
        self._host = host
        self._background = background
        self._acting = acting
        self._text = text
        self._stand_back = stand_back
        self._make: Callable[[], Paper] | None = None
        self.errand: Errand | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.advanced)

    def ask(self, name: str, suffix: str, make: Callable[[], Paper]) -> None:
        """`make` is called once the officer has said where."""
        self._make = make
        dialog = QFileDialog(self._host.window(), self._text("duty.export"), marked_for(self._host, f"{name}.{suffix}"))
        dialog.setObjectName("duty_export_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._leaving.offer(dialog, (suffix,))
        dialog.fileSelected.connect(partial(self._chosen, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, dialog: QFileDialog, name: str) -> None:
        self.save(name, is_masked=self._leaving.is_masked(dialog))

    def save(self, name: str, *, is_masked: bool = True) -> None:
        if self._make is None or self.errand is not None:
            return
        paper = self._marked(self._make())
        write = partial(self._write, paper, Path(name))
        self._leaving.go(ExportKind.LOG, paper.rows, write, is_masked=is_masked)

    def _write(self, paper: Paper, path: Path, is_masked: bool) -> None:
        if self.errand is not None:
            return
        masking = Masking(self._picture()) if is_masked else None
        errand = self.errand = Errand(self._stand_back)
        write = _WRITERS["docx" if path.suffix.lower() == ".docx" else "pdf"]

        def work() -> OSError | bool:
            data = write(masked_paper(paper, masking.text) if masking is not None else paper, errand)
            if data is None:
                return False
            return write_whole(path, lambda: data) or True

        def done(outcome: OSError | bool) -> None:
            self._end()
            if isinstance(outcome, OSError):
                self._acting.tell("danger", self._text("duty.not_exported", reason=outcome.strerror or outcome))
            elif outcome:
                self._acting.tell("ok", self._text("duty.exported", path=path))
            else:
                self._acting.tell("warn", self._text("duty.export_given_up"))

        self._timer.start()
        self.advanced.emit()
        self._background.start(work, done, failed=self._end)

    def _marked(self, paper: Paper) -> Paper:
        """A drill's says so above, and below on every page."""
        host = self._host
        return replace(paper, title=marked_for(host, paper.title), foot=marked_for(host, paper.foot))

    def give_up(self) -> None:
        if self.errand is not None:
            self.errand.is_wanted = False

    def _end(self) -> None:
        self._timer.stop()
        self.errand = None
        self.advanced.emit()
