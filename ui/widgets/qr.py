"""A QR code as a picture: black on white in either theme, with its quiet zone, since cameras need both."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

_QUIET = 4
"""Modules of white around it (ISO/IEC 18004)."""


def qr_pixmap(words: str, side_px: int) -> QPixmap:
    """At most `side_px` on a side: a module is a whole number of pixels, or it would blur."""
    import segno

    rows = segno.make(words, error="m", micro=False).matrix
    side = len(rows) + 2 * _QUIET
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                image.setPixel(x + _QUIET, y + _QUIET, 0)
    return QPixmap.fromImage(image.scaled(side * max(1, side_px // side), side * max(1, side_px // side)))


class QrLabel(QLabel):
    """Keeps its place also while there is nothing to scan."""

    def __init__(self, side_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side_px = side_px
        self.setFixedSize(side_px, side_px)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_code(self, words: str) -> None:
        """Empty: nothing."""
        self.setPixmap(qr_pixmap(words, self._side_px) if words else QPixmap())
