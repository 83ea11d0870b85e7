"""Tiles cut in degrees (天地图 `_c`), redrawn as Web Mercator: columns are the same, rows are stretched."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from math import pi

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from ui.map.base.tile_source import TileKey, TileSource

TILE_PX = 256
_KEPT = 64
Pixels = NDArray[np.uint8]


def source_rows(z: int, y: int) -> NDArray[np.float64]:
    """For each pixel row of a Web-Mercator tile: the row in the degree matrix, in pixels from its north edge."""
    middle = (y + (np.arange(TILE_PX) + 0.5) / TILE_PX) / 2.0**z
    lat = np.degrees(np.arctan(np.sinh(pi * (1.0 - 2.0 * middle))))
    return np.asarray((90.0 - lat) / 360.0 * 2.0**z * TILE_PX)


class GeographicSource(TileSource):
    """Around a source of degree tiles. Zoom levels and columns of both matrices are the same."""

    def __init__(self, inner: TileSource, parent: QObject | None) -> None:
        super().__init__(parent)
        inner.setParent(self)
        self._inner = inner
        self._wanted: dict[TileKey, tuple[TileKey, ...]] = {}
        self._kept: OrderedDict[TileKey, Pixels | None] = OrderedDict()
        inner.arrived.connect(self._take)
        inner.troubled.connect(self.troubled)

    def want(self, keys: Sequence[TileKey]) -> None:
        self._wanted = {key: _parts(key) for key in keys}
        missing = dict.fromkeys(part for parts in self._wanted.values() for part in parts if part not in self._kept)
        self._inner.want(tuple(missing))
        self._give_complete()

    def stop(self) -> None:
        self._wanted = {}
        self._inner.stop()

    def _take(self, part: TileKey, image: QImage) -> None:
        self._kept[part] = None if image.isNull() else pixels_of(image)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self._give_complete()

    def _give_complete(self) -> None:
        complete = [key for key, parts in self._wanted.items() if all(part in self._kept for part in parts)]
        for key in complete:
            parts = self._wanted.pop(key)
            rows = {part.y: held for part in parts if (held := self._kept[part]) is not None}
            self.arrived.emit(key, redrawn(key.z, key.y, rows))


def _parts(key: TileKey) -> tuple[TileKey, ...]:
    rows = source_rows(key.z, key.y)
    first, last = int((rows[0] - 0.5) // TILE_PX), int((rows[-1] + 0.5) // TILE_PX)
    most = max(0, (1 << key.z) // 2 - 1)
    return tuple(key._replace(y=row) for row in range(max(0, first), min(most, last) + 1))


def redrawn(z: int, y: int, parts: Mapping[int, Pixels]) -> QImage:
    """One Web-Mercator tile from degree tiles by their row; a null image when there are none."""
    if not parts:
        return QImage()
    first = min(parts)
    sheet = np.zeros(((max(parts) - first + 1) * TILE_PX, TILE_PX, 4), dtype=np.uint8)
    for row, pixels in parts.items():
        sheet[(row - first) * TILE_PX : (row - first + 1) * TILE_PX] = pixels
    at = source_rows(z, y) - first * TILE_PX - 0.5
    above = np.clip(np.floor(at).astype(np.intp), 0, len(sheet) - 1)
    below = np.clip(above + 1, 0, len(sheet) - 1)
    share = (np.clip(at - above, 0.0, 1.0) * 256).astype(np.uint32)[:, None, None]
    mixed = (sheet[above] * (256 - share) + sheet[below] * share) >> 8
    data = np.ascontiguousarray(mixed.astype(np.uint8))
    return QImage(
        data.tobytes(), TILE_PX, TILE_PX, 4 * TILE_PX, QImage.Format.Format_RGBA8888_Premultiplied
    ).copy()  # fmt: skip


def pixels_of(image: QImage) -> Pixels:
    """RGBA, premultiplied, of shape (256, 256, 4)."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    if plain.width() != TILE_PX or plain.height() != TILE_PX:
        plain = plain.scaled(TILE_PX, TILE_PX)
    flat = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(TILE_PX, plain.bytesPerLine())
    return flat[:, : 4 * TILE_PX].reshape(TILE_PX, TILE_PX, 4).copy()
