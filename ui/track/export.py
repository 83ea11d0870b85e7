"""Saving replayed tracks: where, asked by a dialog that stops nothing; written aside; told how it went. Names are
masked unless the officer says why not."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from comms.domain.audit_events import ExportKind
from comms.journal.masked import mask_name
from console.actions.tracking import Tracking
from console.store.tracks import Tracks
from ui.acting import Acting
from ui.support.leaving import Leaving
from ui.text import Texts

_SUFFIXES = ("gpx", "csv")


class TrackExport(QObject):
    finished = Signal()

    def __init__(
        self, host: QWidget, tracking: Tracking, acting: Acting, text: Texts, parent: QObject, *, leaving: Leaving
    ) -> None:
        super().__init__(parent)
        self._leaving = leaving
        self._host = host
        self._tracking = tracking
        self._acting = acting
        self._text = text
        self._tracks: Tracks | None = None
        self._names: tuple[str, ...] = ()
        self._path = Path()

    def ask(self, tracks: Tracks, names: Sequence[str]) -> None:
        self._tracks, self._names = tracks, tuple(names)
        dialog = QFileDialog(self._host.window(), self._text("track.export_title"))
        dialog.setObjectName("track_export_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._leaving.offer(dialog, _SUFFIXES)
        dialog.fileSelected.connect(partial(self._chosen, dialog))
        dialog.rejected.connect(self.finished)
        dialog.open()

    def _chosen(self, dialog: QFileDialog, name: str) -> None:
        self.save(name, is_masked=self._leaving.is_masked(dialog))

    def save(self, name: str, *, is_masked: bool = True) -> None:
        if self._tracks is not None:
            self._path = Path(name)
            self._leaving.go(ExportKind.TRACK, len(self._tracks.at), self._write, is_masked=is_masked)

    def _write(self, is_masked: bool) -> None:
        assert self._tracks is not None
        names = tuple(map(mask_name, self._names)) if is_masked else self._names
        self._acting.start(self._tracking.save(self._tracks, names, self._path), self._tell)

    def _tell(self, fault: OSError | None) -> None:
        if fault is None:
            self._acting.tell("ok", self._text("track.exported", path=self._path))
        else:
            self._acting.tell("danger", self._text("track.not_exported", reason=fault.strerror or fault))
        self.finished.emit()
