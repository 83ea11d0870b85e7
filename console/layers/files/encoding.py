"""What a text file's bytes mean: a byte order mark, UTF-8 where it fits, else the Chinese code pages as GB18030."""

from pathlib import Path

GB = "gb18030"
"""Holds all of GB2312 and GBK."""
UTF8 = "utf-8"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NAMED = {"UTF-8": UTF8, "UTF8": UTF8, "65001": UTF8, "GBK": GB, "GB2312": GB, "936": GB, "CP936": GB, "GB18030": GB}
_NAMED |= {"ANSI 936": GB, "54936": GB, "OEM 936": GB}
_DBF_CHINESE = 0x4D
"""The language byte of a dBase file written on a Chinese Windows."""
_SAMPLE_BYTES = 4 * 2**20
CHOICES = (UTF8, GB, "utf-16", "big5", "latin-1")


def guess_text(data: bytes) -> str:
    """Of the beginning of a file, which may end within a character."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    return UTF8 if _is_mostly_utf8(data) else GB


def guess_shapefile(path: Path) -> str:
    """By the `.cpg` beside it, then the dBase language byte, then the texts themselves."""
    named = _named_by_cpg(path)
    if named:
        return named
    try:
        with path.with_suffix(_suffix(path, ".dbf")).open("rb") as file:
            head = file.read(32)
            body = file.read(_SAMPLE_BYTES)
    except OSError:
        return UTF8
    if len(head) == 32 and head[29] == _DBF_CHINESE:
        return GB
    return UTF8 if _is_mostly_utf8(body) else GB


def is_known(encoding: str) -> bool:
    try:
        "".encode(encoding)
    except LookupError:
        return False
    return True


def _named_by_cpg(path: Path) -> str:
    try:
        word = path.with_suffix(_suffix(path, ".cpg")).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
    known = _NAMED.get(word.upper(), word.lower())
    return known if is_known(known) else ""


def _suffix(path: Path, wanted: str) -> str:
    return wanted.upper() if path.suffix.isupper() else wanted


def _is_mostly_utf8(data: bytes) -> bool:
    """Damaged bytes in a few places must not turn every other text into nonsense."""
    high = sum(byte >= 0x80 for byte in data[:200_000])
    if not high:
        return True
    wrong = data[:200_000].decode(UTF8, errors="replace").count("\ufffd")
    return wrong * 20 <= high
