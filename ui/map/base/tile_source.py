"""What a base map asks its tiles from."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal


class TileKey(NamedTuple):
    """One square picture: `sheet` counts what lies one above another, row `y` from the north."""

    sheet: int
    z: int
    x: int
    y: int


class TileSource(QObject):
    """`arrived(key, image)`: a null image means that there is no such tile. `troubled(reason)`: tiles fail to come,
    said once; an empty reason when they come again."""

    arrived = Signal(object, object)
    troubled = Signal(str)

    def want(self, keys: Sequence[TileKey]) -> None:
        """What the view misses, the most wanted first; replaces every earlier wish."""
        raise NotImplementedError

    def stop(self) -> None:
        """Nothing arrives any more."""
        raise NotImplementedError
