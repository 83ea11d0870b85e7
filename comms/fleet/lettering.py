"""Letters burnt into simulated pictures: a font of 3 by 5 dots, and photos as PNG. No imaging library."""

import struct
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_GLYPHS = {
    "0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711", "5": "74717", "6": "74757", "7": "71222",
    "8": "75757", "9": "75717", "A": "25755", "B": "65656", "C": "34443", "D": "65556", "E": "74647", "F": "74644",
    "G": "34553", "H": "55755", "I": "72227", "J": "11152", "K": "55655", "L": "44447", "M": "57755", "N": "65555",
    "O": "25552", "P": "65644", "Q": "25573", "R": "65655", "S": "34216", "T": "72222", "U": "55557", "V": "55552",
    "W": "55775", "X": "55255", "Y": "55222", "Z": "71247", "-": "00700", ":": "02020", ".": "00002", "/": "11244",
}  # fmt: skip
"""Five rows from the top, each an octal digit of three dots from the left. Anything else is a gap."""


_HAN = {
    "演": "0040 3040 1ffc 0404 03f8 6040 33f8 064c 064c 17fc 164c 33fc 2110 661c 0c04 0000",
    "练": "1080 1080 37fc 2180 6980 7be0 7160 3360 23fc 7860 4168 0b68 3a64 4464 00c0 0000",
    "网": "7ffc 6664 4444 4444 55c4 4cc4 4444 4664 4ef4 4884 4884 5104 400c 4038 0000 0000",
    "格": "1040 1080 10f8 1188 7f90 12f0 3860 3cf0 378c 57fc 5108 1108 1108 11f8 1108 0000",
    "员": "0000 1ff0 1010 1010 1ff0 0000 3ff8 3008 3108 3108 3108 3308 06e0 3c38 600c 0000",
}
"""Sixteen rows of sixteen dots, the first on the left."""
_TALL = 16


def is_known(text: str) -> bool:
    """Every letter of it can be burnt in by `burn_tall`."""
    return all(letter in _HAN or letter.upper() in _GLYPHS or letter == " " for letter in text)


def tall_dots(text: str) -> NDArray[np.bool_]:
    """A line with the few Chinese characters that cameras burn in: 16 dots high, other letters three times as large."""
    return np.hstack([np.zeros((_TALL, 0), dtype=bool), *map(_tall_letter, text)])


@lru_cache(maxsize=200)
def _tall_letter(letter: str) -> NDArray[np.bool_]:
    if letter in _HAN:
        rows = [[bool(int(row, 16) >> (15 - column) & 1) for column in range(16)] for row in _HAN[letter].split()]
        return np.array(rows)
    return np.pad(np.kron(dots(letter), np.ones((3, 3), dtype=bool)), ((0, 1), (0, 0)))


def burn_tall(plane: NDArray[np.uint8], text: str, *, top: int, left: int, size: int) -> tuple[slice, slice]:
    """As `burn`, in `tall_dots`. Which part of the plane it took."""
    letters = np.kron(tall_dots(text), np.ones((size, size), dtype=bool))
    box = np.pad(letters, 2 * size)
    height = max(0, min(box.shape[0], plane.shape[0] - top))
    width = max(0, min(box.shape[1], plane.shape[1] - left))
    area = (slice(top, top + height), slice(left, left + width))
    plane[area] = np.where(box[:height, :width], 235, 16)
    return area


def dots(text: str) -> NDArray[np.bool_]:
    """A line of text as dots: shape (5, 4 * length)."""
    picture = np.zeros((5, 4 * len(text)), dtype=bool)
    for index, letter in enumerate(text.upper()):
        for row, digit in enumerate(_GLYPHS.get(letter, "00000")):
            for column in range(3):
                picture[row, 4 * index + column] = bool(int(digit) & (4 >> column))
    return picture


def burn(plane: NDArray[np.uint8], text: str, *, top: int, left: int, size: int) -> None:
    """White letters in a black box, in place; `size` pixels a dot. What does not fit is cut off."""
    letters = np.kron(dots(text), np.ones((size, size), dtype=bool))
    box = np.pad(letters, size)
    height = max(0, min(box.shape[0], plane.shape[0] - top))
    width = max(0, min(box.shape[1], plane.shape[1] - left))
    plane[top : top + height, left : left + width] = np.where(box[:height, :width], 235, 16)


def photo(label: str, time_text: str, *, hue: int) -> bytes:
    """A small photo for a completed order, as PNG: sky, ground, something done there, and what a camera burns in."""
    height, width = 240, 320
    rows = np.linspace(0, 1, height)[:, None, None]
    sky = np.array([120, 170, 225]) * (1 - rows) + np.array([225, 235, 245]) * rows
    image = np.broadcast_to(sky, (height, width, 3)).copy()
    image[150:] = (118, 112, 100)
    shade = hue % 160
    image[80:190, 90 + shade // 2 : 190 + shade // 2] = (200 - shade, 90 + shade // 2, 60 + shade)
    pixels = image.astype(np.uint8)
    for channel in range(3):
        burn(pixels[:, :, channel], label, top=6, left=6, size=3)
        burn(pixels[:, :, channel], time_text, top=height - 26, left=6, size=3)
    return png(pixels)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """RGB pixels of shape (height, width, 3) as a PNG file."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each row begins with filter 0
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)), _chunk(b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
