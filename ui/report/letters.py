"""What a PDF's letters are called. Qt asks the font, which has one shape for 网 (U+7F51) and the radical ⽹ (U+2F79),
or for a space and a tab, and writes down whichever comes first: nobody would find 网格 in such a document. Here the
letters that were said are put back."""

import re
from collections.abc import Iterable

from PySide6.QtGui import QFont, QRawFont

_TABLE = re.compile(rb"beginbfrange\n.*?endbfrange", re.DOTALL)
_NAMES = re.compile(rb"\[[^\]]*\]")
_CODE = re.compile(rb"<([0-9A-F]{4})>")


def with_its_letters(document: bytes, used: set[str], fonts: Iterable[QFont]) -> bytes:
    """`used` are the letters that were drawn, in these fonts. Codes are replaced by others of the same length, so that
    nothing in the document moves."""
    letters = [_Letters(used, QRawFont.fromFont(font)) for font in fonts]

    def right(code: "re.Match[bytes]") -> bytes:
        said = chr(int(code[1], 16))
        found = next(filter(None, (each.of_shape(said) for each in letters)), None) if said not in used else None
        return b"<%04X>" % ord(found) if found else code[0]

    return _TABLE.sub(lambda table: _NAMES.sub(lambda names: _CODE.sub(right, names[0]), table[0]), document)


class _Letters:
    """The letters that were drawn, by their shapes in one font."""

    def __init__(self, used: set[str], raw: QRawFont) -> None:
        self._raw = raw
        self._shapes = {self._shape(letter): letter for letter in sorted(used) if ord(letter) <= 0xFFFF}

    def of_shape(self, letter: str) -> str | None:
        shape = self._shape(letter)
        return self._shapes.get(shape) if shape else None

    def _shape(self, letter: str) -> int:
        """0 when the font has no such letter."""
        shapes = self._raw.glyphIndexesForString(letter)
        return int(shapes[0]) if shapes else 0
