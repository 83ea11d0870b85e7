"""Saving replayed tracks: where, asked by a dialog that stops nothing; written aside; told how it went."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from console.actions.tracking import Tracking
from console.store.tracks import Tracks
from ui.acting import Acting
from ui.text import Texts

_SUFFIXES = ("gpx", "csv")


class TrackExport(QObject):
    finished = Signal()

    def __init__(self, host: QWidget, tracking: Tracking, acting: Acting, text: Texts, parent: QObject) -> None:
        super().__init__(parent)
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
        dialog.setNameFilters([f"{suffix.upper()} (*.{suffix})" for suffix in _SUFFIXES])
        dialog.setDefaultSuffix(_SUFFIXES[0])
        dialog.filterSelected.connect(self._take_filter)
        dialog.fileSelected.connect(self.save)
        dialog.rejected.connect(self.finished)
        dialog.open()

    def _take_filter(self, chosen: str) -> None:
        dialog = self.sender()
        assert isinstance(dialog, QFileDialog)
        dialog.setDefaultSuffix(chosen.partition(" ")[0].lower())

    def save(self, name: str) -> None:
        if self._tracks is not None:
            self._path = Path(name)
            self._acting.start(self._tracking.save(self._tracks, self._names, self._path), self._tell)

    def _tell(self, fault: OSError | None) -> None:
        if fault is None:
            self._acting.tell("ok", self._text("track.exported", path=self._path))
        else:
            self._acting.tell("danger", self._text("track.not_exported", reason=fault.strerror or fault))
        self.finished.emit()
