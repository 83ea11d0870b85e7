"""Photos that came with an order's step, one after the other."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import BlobId
from comms.protocol.pushes import BlobContent, Refused
from console.actions.duty import Duty
from console.actions.requester import Unsent
from ui.acting import Acting
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.pictures import fitted


class PictureView(QWidget):
    """Draws a picture as large as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width, height = fitted(self._image.width(), self._image.height(), self.width(), self.height())
        painter.drawImage(
            self.rect().adjusted(
                (self.width() - width) // 2,
                (self.height() - height) // 2,
                -((self.width() - width + 1) // 2),
                -((self.height() - height + 1) // 2),
            ),
            self._image,
        )


class PhotoDialog(QDialog):
    def __init__(
        self, blob_ids: tuple[BlobId, ...], *, duty: Duty, acting: Acting, look: Look, text: Texts, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(text("photo.title"))
        look.dress(self)
        self.resize(look.px(760), look.px(560))
        self._blob_ids = blob_ids
        self._duty = duty
        self._acting = acting
        self._text = text
        self._place = 0
        self._view = PictureView(self)
        self._says = label(tone="dim", parent=self)
        self._previous = QPushButton(text("photo.previous"), self)
        self._previous.clicked.connect(self._go_back)
        self._next = QPushButton(text("photo.next"), self)
        self._next.clicked.connect(self._go_on)
        column = QVBoxLayout(self)
        column.addWidget(self._view, 1)
        row = QHBoxLayout()
        row.addWidget(self._says)
        row.addStretch(1)
        row.addWidget(self._previous)
        row.addWidget(self._next)
        column.addLayout(row)
        self._fetch()

    def _fetch(self) -> None:
        self._says.setText(self._text("photo.loading", number=self._place + 1, count=len(self._blob_ids)))
        self._previous.setEnabled(self._place > 0)
        self._next.setEnabled(self._place < len(self._blob_ids) - 1)
        self._acting.start(self._duty.blob(self._blob_ids[self._place]), self._fetched)

    def _fetched(self, answer: BlobContent | Refused | Unsent) -> None:
        if isinstance(answer, BlobContent) and answer.blob_id == self._blob_ids[self._place]:
            image = QImage.fromData(answer.data)
            key = "photo.broken" if image.isNull() else "photo.shown"
            self._says.setText(self._text(key, number=self._place + 1, count=len(self._blob_ids)))
            self._view.show_image(image)
        elif not isinstance(answer, BlobContent):
            self._says.setText(self._text("photo.broken", number=self._place + 1, count=len(self._blob_ids)))

    def _go_back(self) -> None:
        self._place = max(0, self._place - 1)
        self._fetch()

    def _go_on(self) -> None:
        self._place = min(len(self._blob_ids) - 1, self._place + 1)
        self._fetch()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left:
                self._go_back()
            case Qt.Key.Key_Right:
                self._go_on()
            case _:
                super().keyPressEvent(event)
