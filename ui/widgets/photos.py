"""Photos small enough to travel: read from a file, shrunk and packed as JPEG."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImageReader

MEDIA_TYPE = "image/jpeg"
LONGEST_SIDE_PX = 1600
QUALITY = 82
MAX_BYTES = 3_000_000
"""As the wire takes them."""


@dataclass(frozen=True, slots=True)
class Photo:
    name: str
    data: bytes


def read_photo(path: Path) -> Photo | None:
    """None when the file is no picture, or too large even when shrunk. Turned as the camera meant it."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > LONGEST_SIDE_PX:
        reader.setScaledSize(size.scaled(QSize(LONGEST_SIDE_PX, LONGEST_SIDE_PX), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return None
    packed = QByteArray()
    buffer = QBuffer(packed)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", QUALITY)  # type: ignore[call-overload]  # the stubs know only the form with bytes
    buffer.close()
    data = bytes(packed.data())
    return Photo(path.name, data) if 0 < len(data) <= MAX_BYTES else None
