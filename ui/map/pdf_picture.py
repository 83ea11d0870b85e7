"""A large picture put into a PDF that Qt has written, lossless, in the place of a small one.

Qt packs a picture in one call that keeps the interpreter to itself for a third of a second; zlib does not. The picture
is appended as an incremental update (ISO 32000-1, 7.5.6): an object of the same number, which readers take instead."""

import re
import zlib

import numpy as np
from PySide6.QtGui import QColor, QImage

PLACEHOLDER_PX = (3, 2)
PACK_BYTES = 1 << 20
_PLACE = re.compile(rb"(\d+) 0 obj\s*<<\s*/Type /XObject\s*/Subtype /Image\s*/Width 3\s*/Height 2\s")
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", re.DOTALL)


def placeholder() -> QImage:
    """To be drawn where the picture is to lie. Of several colours, so that it is kept as it is."""
    image = QImage(*PLACEHOLDER_PX, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    image.setPixelColor(0, 0, QColor("#123456"))
    return image


def with_picture(document: bytes, picture: QImage) -> bytes:
    """The picture is opaque, 32 bits a pixel. Raises ValueError when the document has no placeholder."""
    place, trailer = _PLACE.search(document), _TRAILER.search(document)
    if place is None or trailer is None:
        raise ValueError("the page has no place for the picture")
    number, entries, before = place[1], trailer[1].strip(), trailer[2]
    packed = _packed(picture)
    start = len(document)
    head = (
        b"%d 0 obj\n<<\n/Type /XObject\n/Subtype /Image\n/Width %d\n/Height %d\n/BitsPerComponent 8\n"
        b"/ColorSpace /DeviceRGB\n/Length %d\n/Filter /FlateDecode\n>>\nstream\n"
        % (int(number), picture.width(), picture.height(), len(packed))
    )
    body = head + packed + b"\nendstream\nendobj\n"
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<<\n%b\n/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n" % (
        int(number), start, entries, int(before), start + len(body),
    )  # fmt: skip
    return document + body + table


def _packed(picture: QImage) -> bytes:
    """Red, green and blue of all rows from above, deflated."""
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine() // 4, 4)
    rows = max(1, PACK_BYTES // (3 * picture.width()))
    packer = zlib.compressobj()
    parts = []
    for top in range(0, picture.height(), rows):
        bgr = pixels[top : top + rows, : picture.width(), :3]
        parts.append(packer.compress(np.ascontiguousarray(bgr[:, :, ::-1]).tobytes()))
    return b"".join([*parts, packer.flush()])
