"""A picture put into a written PDF: readers find it in the place of the small one, pixel by pixel."""

import re
import zlib

import numpy as np
import pytest
from PySide6.QtGui import QImage

from ui.map.pdf_picture import with_picture

PAGE = (
    b"%PDF-1.4\n7 0 obj\n<<\n/Type /XObject\n/Subtype /Image\n/Width 3\n/Height 2\n/Length 1\n>>\nstream\nx\n"
    b"endstream\nendobj\nxref\n0 1\n0000000000 65535 f \n"
    b"trailer\n<<\n/Size 9 \n/Root 3 0 R\n>>\nstartxref\n123 \n%%EOF\n"
)


def test_the_picture_takes_the_place_of_the_small_one() -> None:
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    for row in range(4):
        for column in range(5):
            image.setPixel(column, row, 0xFF000000 | row << 16 | column << 8 | 7)
    document = with_picture(PAGE, image)
    assert document.startswith(PAGE), "what was written stays as it is"
    start = int(re.findall(rb"startxref\n(\d+)\n", document)[-1])
    assert document[start:].startswith(b"xref\n7 1\n")
    assert b"/Root 3 0 R" in document[start:]
    assert b"/Prev 123\n" in document[start:]
    place = int(document[start:].split(b"\n")[2].split()[0])
    assert document[place:].startswith(b"7 0 obj\n")
    head, _, rest = document[place:].partition(b"stream\n")
    assert b"/Width 5\n/Height 4\n" in head
    length = re.search(rb"/Length (\d+)", head)
    assert length is not None
    pixels = np.frombuffer(zlib.decompress(rest[: int(length[1])]), np.uint8).reshape(4, 5, 3)
    assert pixels[:, :, 0].tolist() == [[row] * 5 for row in range(4)]
    assert pixels[0, :, 1].tolist() == list(range(5))
    assert set(pixels[:, :, 2].ravel().tolist()) == {7}


def test_a_page_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place"):
        with_picture(b"%PDF-1.4\n%%EOF\n", QImage(1, 1, QImage.Format.Format_RGB32))
