"""Tiles from one file on this desk, MBTiles or PMTiles: read and decoded on a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import TileType
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from comms.journal.mbtiles import MapFileError, MbTiles
from console.layers.base_map import Scheme
from ui.map.base.tile_source import TileKey, TileSource

_OPEN_READER: Any = Reader
_MAP_FILE: Any = MmapSource
"""The library carries no types."""
_PICTURES = (TileType.PNG, TileType.JPEG, TileType.WEBP)


class Archive(Protocol):
    """A file of tiles, opened, used and closed on one thread."""

    zoom_from: int
    zoom_to: int

    def tile(self, *, z: int, x: int, y: int) -> bytes | None: ...
    def close(self) -> None: ...


class PmTiles:
    """Raises MapFileError when it is no PMTiles file of pictures."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise MapFileError(str(error)) from error
        try:
            self._reader = _OPEN_READER(_MAP_FILE(self._file))
            header = self._reader.header()
        except Exception as error:
            self._file.close()
            raise MapFileError(f"{type(error).__name__}: {error}") from error
        if header["tile_type"] not in _PICTURES:
            self._file.close()
            raise MapFileError(f"tiles of kind {header['tile_type'].name}")
        self.zoom_from, self.zoom_to = int(header["min_zoom"]), int(header["max_zoom"])

    def tile(self, *, z: int, x: int, y: int) -> bytes | None:
        """A damaged directory has no tile to give."""
        try:
            data = self._reader.get(z, x, y)
        except (ValueError, KeyError, IndexError, OSError, EOFError):
            return None
        return bytes(data) if data is not None else None

    def close(self) -> None:
        self._file.close()


def open_archive(scheme: Scheme, path: Path) -> Archive:
    """Raises MapFileError."""
    return MbTiles(path) if scheme is Scheme.MBTILES else PmTiles(path)


class _Handover(QObject):
    """Nobody's child: it lives as long as the thread may emit."""

    read = Signal(object, object)
    failed = Signal(str)


class FileSource(TileSource):
    def __init__(self, open_files: Sequence[Callable[[], Archive]], parent: QObject | None) -> None:
        """One opener a sheet, called on the source's thread; each may raise MapFileError."""
        super().__init__(parent)
        self._open_files = tuple(open_files)
        self._wishes: SimpleQueue[tuple[TileKey, ...] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._handover = _Handover()
        self._handover.read.connect(self.arrived, Qt.ConnectionType.QueuedConnection)
        self._handover.failed.connect(self.troubled, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(_Ending(self._wishes))

    def want(self, keys: Sequence[TileKey]) -> None:
        self._wishes.put(tuple(keys))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="map-base", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Returns when the tile in hand is read."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._wishes.put(None)
            thread.join()

    def _run(self) -> None:
        wishes, handover = self._wishes, self._handover
        try:
            archives = [open_file() for open_file in self._open_files]
        except MapFileError as error:
            handover.failed.emit(str(error))
            archives = []
        keys: tuple[TileKey, ...] = ()
        while True:
            while not keys or not wishes.empty():
                wish = wishes.get()
                if wish is None:
                    for archive in archives:
                        archive.close()
                    return
                keys = wish if archives else ()
            key, keys = keys[0], keys[1:]
            data = archives[key.sheet].tile(z=key.z, x=key.x, y=key.y)
            image = QImage()
            if data is not None:
                image.loadFromData(data)
            handover.read.emit(key, image)


class _Ending:
    """Ends the thread of a source that is deleted; a bound method of the source could not be called any more."""

    def __init__(self, wishes: "SimpleQueue[tuple[TileKey, ...] | None]") -> None:
        self._wishes = wishes

    def __call__(self) -> None:
        self._wishes.put(None)
