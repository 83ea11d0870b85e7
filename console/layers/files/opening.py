"""Packed files: layers come zipped from mailboxes and portals. Unpacked for the reading, then thrown away."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from console.layers.files.kind import has_known_suffix

PACKED = (".gz", ".zip")
MOST_BYTES = 4 * 2**30
"""Unpacked: a small archive may pretend to hold a world."""
_PIECE_BYTES = 2**20


class _Packed(Protocol):
    def read(self, size: int, /) -> bytes: ...


class PackBroken(Exception):
    """It cannot be unpacked, or there is no layer in it."""


@contextmanager
def opened(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[Path]:
    """The layer file itself: `path`, or the first one packed in it. Raises PackBroken or OSError."""
    if path.suffix.lower() not in PACKED:
        yield path
        return
    with TemporaryDirectory(prefix="layer-") as folder:
        yield _unpacked(path, Path(folder), most_bytes)


def _unpacked(path: Path, folder: Path, most_bytes: int) -> Path:
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as packed:
                _copy(packed, folder / path.stem, most_bytes)
        else:
            _unzip(path, folder, most_bytes)
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise PackBroken(str(error)[:200]) from error
    found = sorted(one for one in folder.iterdir() if has_known_suffix(one))
    if not found:
        raise PackBroken
    return found[0]


def _unzip(path: Path, folder: Path, most_bytes: int) -> None:
    """Flat: of names with folders, or with a way out of them, only the last part counts."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                with archive.open(entry) as packed:
                    most_bytes -= _copy(packed, folder / Path(entry.filename).name, most_bytes)


def _copy(packed: _Packed, to: Path, most_bytes: int) -> int:
    taken = 0
    with to.open("wb") as file:
        while piece := packed.read(_PIECE_BYTES):
            taken += len(piece)
            if taken > most_bytes:
                raise PackBroken
            file.write(piece)
    return taken
