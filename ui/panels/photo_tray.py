"""The photos that go with an order."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.acting import Acting
from ui.text import Texts
from ui.widgets.photos import Photo, read_photo

MOST_PHOTOS = 10


class PhotoTray(QObject):
    changed = Signal()

    def __init__(self, acting: Acting, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._acting = acting
        self._text = text
        self._parent = parent
        self._photos: list[Photo] = []

    @property
    def photos(self) -> tuple[Photo, ...]:
        return tuple(self._photos)

    def choose(self) -> None:
        dialog = QFileDialog(self._parent, self._text("composer.add_photo"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(self._text("composer.photo_filter"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add)
        dialog.open()

    def add(self, paths: list[str]) -> None:
        """Those that are pictures; of the others the officer is told."""
        for path in paths:
            photo = read_photo(Path(path))
            if photo is None:
                self._acting.tell("warn", self._text("toast.no_photo", name=Path(path).name))
            elif len(self._photos) < MOST_PHOTOS:
                self._photos.append(photo)
        self.changed.emit()

    def empty(self) -> None:
        self._photos.clear()
        self.changed.emit()
