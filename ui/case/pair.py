"""Before and after, side by side: one photo of each, gone through one by one."""

from functools import partial

from PySide6.QtCore import QBuffer, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import BlobId
from comms.protocol.pushes import BlobContent, Refused
from console.actions.duty import Duty
from console.actions.requester import Unsent
from ui.acting import Acting
from ui.dialogs.photo import PictureView
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel
from ui.widgets.row import row_of
from ui.widgets.triggered import Triggered

_LONGEST_PX = 900
"""A photo is decoded no larger than it can be shown here: a phone's own size would take the window 100 ms."""


def decoded(data: bytes) -> QImage:
    """Small, and turned as the camera meant it; a null image when it is no picture."""
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _LONGEST_PX:
        reader.setScaledSize(size.scaled(QSize(_LONGEST_PX, _LONGEST_PX), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class PhotoSide(QWidget):
    """`opened` carries all photos of this side, the one shown first."""

    opened = Signal(object)

    def __init__(self, name: str, *, duty: Duty, acting: Acting, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._duty, self._acting = duty, acting
        self._look, self._text = look, text
        self.blob_ids: tuple[BlobId, ...] = ()
        self.at = 0
        self.is_shown = False
        self._view = PictureView(self)
        self.says = ElidedLabel(tone="dim", parent=self)
        self.buttons = {step: QPushButton(self) for step in (-1, 1)}
        for step, button in self.buttons.items():
            button.setObjectName(f"case_{name}_{'back' if step < 0 else 'on'}")
            button.setProperty("tone", "flat")
            button.clicked.connect(Triggered(partial(self.step, step)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._view, 1)
        column.addLayout(row_of(self.says, self.buttons[-1], self.buttons[1]))
        look.changed.connect(self.read)

    def show_photos(self, blob_ids: tuple[BlobId, ...]) -> None:
        """The one that is shown stays while it is among them; a new side begins with its newest."""
        if blob_ids == self.blob_ids:
            return
        shown = self.blob_ids[self.at] if self.blob_ids else None
        self.blob_ids = blob_ids
        self.at = blob_ids.index(shown) if shown in blob_ids else max(0, len(blob_ids) - 1)
        self._fetch()

    def show_photo(self, blob_id: BlobId) -> bool:
        """False when it is not of this side."""
        if blob_id not in self.blob_ids:
            return False
        self.at = self.blob_ids.index(blob_id)
        self._fetch()
        return True

    def step(self, places: int) -> None:
        at = min(len(self.blob_ids) - 1, max(0, self.at + places))
        if self.blob_ids and at != self.at:
            self.at = at
            self._fetch()

    def open(self) -> None:
        if self.blob_ids:
            self.opened.emit((*self.blob_ids[self.at :], *self.blob_ids[: self.at]))

    def _fetch(self) -> None:
        self.is_shown = False
        self._view.show_image(QImage())
        self.read()
        if self.blob_ids:
            self._acting.start(self._duty.blob(self.blob_ids[self.at]), self._fetched)

    def _fetched(self, answer: BlobContent | Refused | Unsent) -> None:
        if isinstance(answer, BlobContent) and self.blob_ids and answer.blob_id == self.blob_ids[self.at]:
            image = decoded(answer.data)
            self.is_shown = not image.isNull()
            self._view.show_image(image)
            self.read()

    def read(self) -> None:
        text, count = self._text, len(self.blob_ids)
        name = text(f"case.evidence.photo_{self._name}")
        key = "case.photos.none" if not count else "case.photos.shown" if self.is_shown else "case.photos.coming"
        self.says.setText(text(key, name=name, number=self.at + 1, count=count))
        for step, button in self.buttons.items():
            button.setEnabled(0 <= self.at + step < count)
            button.setIcon(icon("slower" if step < 0 else "faster", self._look.theme.text_dim))
            words = text("case.photos.back" if step < 0 else "case.photos.on", name=name)
            button.setToolTip(words)
            button.setAccessibleName(words)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.open()


class PhotoPair(QWidget):
    opened = Signal(object)

    def __init__(self, *, duty: Duty, acting: Acting, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.sides = {
            name: PhotoSide(name, duty=duty, acting=acting, look=look, text=text, parent=self)
            for name in ("before", "after")
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for side in self.sides.values():
            row.addWidget(side, 1)
            side.opened.connect(self.opened)

    def show_photos(self, before: tuple[BlobId, ...], after: tuple[BlobId, ...]) -> None:
        self.sides["before"].show_photos(before)
        self.sides["after"].show_photos(after)

    def show_photo(self, blob_id: BlobId) -> None:
        for side in self.sides.values():
            if side.show_photo(blob_id):
                return

    def read(self) -> None:
        for side in self.sides.values():
            side.read()
