"""The base map on the screen: an LRU of tiles, scaled once for the present zoom; what is missing shows its parent."""

from collections import OrderedDict
from collections.abc import Iterator
from math import ceil, floor, log2

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from comms.domain.datum import Datum, convert
from console.layers.base_map import Provider
from ui.map.base.tile_source import TileKey, TileSource
from ui.map.projection import world_of
from ui.map.view import View

KEPT_TILES = 320
"""80 MB of pixmaps: two screens of ground and names, and what was there before."""
SCALED_A_FRAME = 12
"""Smoothly scaled in one frame, for it takes half a millisecond each; the others are drawn roughly meanwhile."""
_LARGEST_SCALE = 2.0
_DEEPEST_PARENT = 8
DIM = "#7a0a1220"
"""Laid over a base map in the dark theme, so that it does not outshine what lies on it."""


class BaseLayer(QObject):
    """`changed`: a repaint shows more. `troubled` as of the source."""

    changed = Signal()
    troubled = Signal(str)

    def __init__(self, provider: Provider, source: TileSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.provider = provider
        self.is_dimmed = False
        source.setParent(self)
        self._source = source
        self._pixmaps: OrderedDict[TileKey, QPixmap | None] = OrderedDict()
        """None: there is no such tile."""
        self._scaled: dict[TileKey, QPixmap] = {}
        self._scaled_for: tuple[float, float] = (0.0, 0.0)
        self._wish: tuple[TileKey, ...] = ()
        self._shift: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
        source.arrived.connect(self._take)
        source.troubled.connect(self.troubled)

    @property
    def is_complete(self) -> bool:
        """Nothing is asked for: every tile of the last frame is there, or known not to exist."""
        return not self._wish

    def stop(self) -> None:
        self._wish = ()
        self._source.stop()

    def paint(self, painter: QPainter, view: View, pixel_ratio: float) -> None:
        moved = self._in_own_datum(view)
        level = self._level(moved, pixel_ratio)
        self._begin_scale(moved.zoom, pixel_ratio)
        missing: list[TileKey] = []
        rough = 0
        for sheet in range(len(self.provider.sources)):
            for key in _keys(moved, sheet, level):
                pixmap = self._pixmaps.get(key)
                if pixmap is not None:
                    self._pixmaps.move_to_end(key)
                    rough += self._draw(painter, moved, key, pixmap, pixel_ratio)
                else:
                    self._draw_parent(painter, moved, key)
                    missing += self._lacking(key)
        self._ask(moved, missing)
        if self.is_dimmed:
            painter.fillRect(QRect(0, 0, view.width, view.height), QColor(DIM))
        if rough:
            self.changed.emit()

    def _in_own_datum(self, view: View) -> View:
        """The view as the tiles have it: their datum lies some hundred metres off, nearly alike all over a screen."""
        if self.provider.datum in (Datum.WGS84, Datum.CGCS2000):
            return view
        x, y = view.x, view.y
        if (x, y) != self._shift[:2]:
            lat, lon = view.place_at(view.width / 2, view.height / 2)
            own_lat, own_lon = convert(lat, lon, source=Datum.WGS84, target=self.provider.datum)
            own_x, own_y = world_of(lat=float(own_lat), lon=float(own_lon))
            self._shift = (x, y, own_x - x, own_y - y)
        return view.centred(x + self._shift[2], y + self._shift[3])

    def _level(self, view: View, pixel_ratio: float) -> int:
        finest = floor(view.zoom + log2(pixel_ratio) + 0.5)
        return min(self.provider.zoom_to, max(self.provider.zoom_from, finest))

    def _begin_scale(self, zoom: float, pixel_ratio: float) -> None:
        if (zoom, pixel_ratio) != self._scaled_for:
            self._scaled_for = (zoom, pixel_ratio)
            self._scaled.clear()
        self._left_to_scale = SCALED_A_FRAME

    def _draw(self, painter: QPainter, view: View, key: TileKey, pixmap: QPixmap, pixel_ratio: float) -> int:
        """1 when it was drawn roughly and should be drawn again."""
        rect = _rect(view, key)
        wanted = ceil(rect.width() * pixel_ratio - 1e-6)
        if wanted == pixmap.width():
            pixmap.setDevicePixelRatio(pixel_ratio)
            painter.drawPixmap(round(rect.x()), round(rect.y()), pixmap)
            return 0
        if wanted > _LARGEST_SCALE * pixmap.width():
            painter.drawPixmap(rect.toAlignedRect(), pixmap)
            return 0
        scaled = self._scaled.get(key)
        if scaled is None and self._left_to_scale:
            self._left_to_scale -= 1
            scaled = pixmap.scaled(
                wanted, wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            scaled.setDevicePixelRatio(pixel_ratio)
            self._scaled[key] = scaled
        if scaled is None:
            painter.drawPixmap(rect.toAlignedRect(), pixmap)
            return 1
        painter.drawPixmap(round(rect.x()), round(rect.y()), scaled)
        return 0

    def _draw_parent(self, painter: QPainter, view: View, key: TileKey) -> None:
        """The nearest coarser tile there is, its part of this square."""
        for up in range(1, min(_DEEPEST_PARENT, key.z) + 1):
            parent = TileKey(key.sheet, key.z - up, key.x >> up, key.y >> up)
            pixmap = self._pixmaps.get(parent)
            if pixmap is not None:
                side = pixmap.width() / 2**up
                part = QRectF((key.x & (1 << up) - 1) * side, (key.y & (1 << up) - 1) * side, side, side)
                scale = pixmap.devicePixelRatio()
                pixmap.setDevicePixelRatio(1.0)
                painter.drawPixmap(QRectF(_rect(view, key).toAlignedRect()), pixmap, part)
                pixmap.setDevicePixelRatio(scale)
                return

    def _lacking(self, key: TileKey) -> Iterator[TileKey]:
        """What to ask for: the tile, or where there is none its nearest parent that may exist."""
        while key in self._pixmaps and self._pixmaps[key] is None and key.z > self.provider.zoom_from:
            key = TileKey(key.sheet, key.z - 1, key.x >> 1, key.y >> 1)
        if key not in self._pixmaps:
            yield key

    def _ask(self, view: View, missing: list[TileKey]) -> None:
        def distance(key: TileKey) -> tuple[int, float]:
            size = 2.0**-key.z
            return key.sheet, abs((key.x + 0.5) * size - view.x) + abs((key.y + 0.5) * size - view.y)

        wish = tuple(sorted(dict.fromkeys(missing), key=distance))
        if wish != self._wish:
            self._wish = wish
            self._source.want(wish)

    def _take(self, key: TileKey, image: QImage) -> None:
        self._pixmaps[key] = None if image.isNull() else QPixmap.fromImage(image)
        self._wish = tuple(wanted for wanted in self._wish if wanted != key)
        while len(self._pixmaps) > KEPT_TILES:
            old, _ = self._pixmaps.popitem(last=False)
            self._scaled.pop(old, None)
        self.changed.emit()


def _rect(view: View, key: TileKey) -> QRectF:
    side = view.scale / 2.0**key.z
    return QRectF(key.x * side - view.left, key.y * side - view.top, side, side)


def _keys(view: View, sheet: int, level: int) -> Iterator[TileKey]:
    count = 1 << level
    x_min, y_min, x_max, y_max = view.bounds()
    for y in range(max(0, floor(y_min * count)), min(count - 1, floor(y_max * count)) + 1):
        for x in range(max(0, floor(x_min * count)), min(count - 1, floor(x_max * count)) + 1):
            yield TileKey(sheet, level, x, y)
