"""An offline map in an MBTiles file, read only. Here because files of SQLite are read nowhere else."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

_PICTURES = ("", "png", "jpg", "jpeg", "webp")
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""The second where what SQLite complains of is no text itself."""
_MOST_ZOOM = 30
"""SQLite keeps anything in any column."""


class MapFileError(Exception):
    """The file is no map that can be drawn; the text says why."""


class MbTiles:
    """One thread's. Raises MapFileError when it is no MBTiles file of pictures."""

    def __init__(self, path: Path) -> None:
        try:
            self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        except sqlite3.Error as error:
            raise MapFileError(str(error)) from error
        try:
            self.metadata: Mapping[str, str] = dict(
                self._database.execute("SELECT name, CAST(value AS TEXT) FROM metadata")
            )
            row = self._database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        except _UNREADABLE as error:
            self._database.close()
            raise MapFileError(str(error)) from error
        is_known = all(isinstance(zoom, int) and 0 <= zoom <= _MOST_ZOOM for zoom in row)
        if self.metadata.get("format", "") not in _PICTURES or not is_known:
            self._database.close()
            raise MapFileError(f"format {self.metadata.get('format', '')}, zoom {row[0]} to {row[1]}")
        self.zoom_from, self.zoom_to = int(row[0]), int(row[1])

    def tile(self, *, z: int, x: int, y: int) -> bytes | None:
        """`y` from the north; the file counts from the south. None where there is none or it cannot be read."""
        query = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        try:
            with closing(self._database.execute(query, (z, x, (1 << z) - 1 - y))) as rows:
                row = rows.fetchone()
        except _UNREADABLE:
            return None
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    def close(self) -> None:
        self._database.close()
