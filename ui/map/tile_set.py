"""Tiles as they were at one moment, and how a view is put together from them. For any thread."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from comms.domain.pause import never
from ui.map.projection import TILE_PX
from ui.map.tile_key import TileKey
from ui.map.view import MIN_ZOOM, ZOOM_STEP, View

OVERVIEW_LEVELS = 8
"""The coarse level that lies under everything is so many quarter zooms farther out, at least."""
FINEST_UNDERLAY = 8
"""A level finer than the view by more quarter zooms than this would need too many tiles to stand in."""

AT_ONCE = 8
"""Tiles drawn between two looks at whether the interface wants to go first."""


@dataclass(frozen=True, slots=True, eq=False)
class TileSet:
    images: Mapping[TileKey, QImage]
    outgoing: Mapping[TileKey, QImage]
    """Of the scene before, until the first view of this one is whole."""
    complete_level: int | None
    """The level of the view that was whole last."""

    def is_whole(self, view: View) -> bool:
        """Nothing of the view need be stood in for."""
        return all(key in self.images for key in tile_keys(view, level_of(view)))

    def draw(
        self,
        painter: QPainter,
        view: View,
        pixel_ratio: float,
        background: QColor | None,
        core: View | None = None,
        stand_back: Callable[[], None] = never,
    ) -> None:
        """`background` None leaves gaps as they are. What stands in for missing tiles is chosen for `core`, the part
        that must look well, or the whole. `stand_back` see `console.gate`."""
        level = level_of(view)
        shown = tile_keys(view, level)
        missing = [key for key in shown if key not in self.images]
        if missing:
            beneath = self._underlay(core or view, view)
            for first in range(0, len(missing), AT_ONCE):
                stand_back()
                self._fill_gaps(painter, view, missing[first : first + AT_ONCE], pixel_ratio, background, *beneath)
        draw = self._draw_exact if view.zoom == level * ZOOM_STEP else self._draw_scaled
        for first in range(0, len(shown), AT_ONCE):
            draw(painter, view, shown[first : first + AT_ONCE], pixel_ratio)
            stand_back()

    def draw_quickly(self, painter: QPainter, view: View, pixel_ratio: float, background: QColor) -> None:
        """For a moment: exact where everything is there, else from the coarse level alone."""
        if self.is_whole(view):
            self.draw(painter, view, pixel_ratio, background)
            return
        painter.fillRect(0, 0, view.width, view.height, background)
        for key in tile_keys(view, overview(level_of(view))):
            image = self.images.get(key)
            if image is not None:
                painter.drawImage(_rect(view, key, pixel_ratio), image, QRectF(image.rect()))

    def _draw_exact(self, painter: QPainter, view: View, keys: list[TileKey], pixel_ratio: float) -> None:
        """On whole device pixels, so that neighbours neither gap nor blur."""
        left, top, side = view.left * pixel_ratio - 0.5, view.top * pixel_ratio - 0.5, TILE_PX * pixel_ratio
        for key in keys:
            image = self.images.get(key)
            if image is not None:
                x, y = floor(key.column * side - left), floor(key.row * side - top)
                painter.drawImage(QPointF(x / pixel_ratio, y / pixel_ratio), image)

    def _draw_scaled(self, painter: QPainter, view: View, keys: list[TileKey], pixel_ratio: float) -> None:
        for key in keys:
            image = self.images.get(key)
            if image is not None:
                painter.drawImage(_rect(view, key, pixel_ratio), image, QRectF(image.rect()))

    def _fill_gaps(
        self,
        painter: QPainter,
        view: View,
        missing: list[TileKey],
        pixel_ratio: float,
        background: QColor | None,
        keys: Iterable[TileKey],
        images: Mapping[TileKey, QImage],
    ) -> None:
        """Each missing tile is put together from what can stand in for it, so that nothing is scaled twice."""
        parts = [(_rect(view, key, pixel_ratio), images.get(key)) for key in keys]
        for key in missing:
            room = _rect(view, key, pixel_ratio)
            if background is not None and not all(image for where, image in parts if where.intersects(room)):
                painter.fillRect(room, background)
            for where, image in parts:
                shared = where.intersected(room)
                if image is not None and not shared.isEmpty():
                    painter.drawImage(shared, image, _within(where, shared, image))

    def _underlay(self, core: View, view: View) -> tuple[list[TileKey], Mapping[TileKey, QImage]]:
        """The best level that can stand in: one without gaps, else the coarse one that lies under everything."""
        level = level_of(core)
        levels: list[tuple[int, Mapping[TileKey, QImage]]] = [(level, self.outgoing)] if self.outgoing else []
        if self.complete_level is not None and self.complete_level <= level + FINEST_UNDERLAY:
            levels.append((self.complete_level, self.images))
        for coarse, images in levels:
            if all(key in images for key in tile_keys(core, coarse)):
                return tile_keys(view, coarse), images
        return tile_keys(view, overview(level)), self.images


def level_of(view: View) -> int:
    """The level of tiles whose scale is nearest, in quarter zooms."""
    return round(view.zoom / ZOOM_STEP)


def overview(level: int) -> int:
    return max(round(MIN_ZOOM / ZOOM_STEP), (level - OVERVIEW_LEVELS) // OVERVIEW_LEVELS * OVERVIEW_LEVELS)


def tile_keys(view: View, level: int, ring: int = 0) -> list[TileKey]:
    """Tiles of a level that touch the view, with so many rings more around them."""
    side = 2.0 ** -(level * ZOOM_STEP)
    x_min, y_min, x_max, y_max = view.bounds()
    return [
        TileKey(level, column, row)
        for row in range(floor(y_min / side) - ring, floor(y_max / side) + 1 + ring)
        for column in range(floor(x_min / side) - ring, floor(x_max / side) + 1 + ring)
    ]


def _rect(view: View, key: TileKey, pixel_ratio: float) -> QRectF:
    """Where a tile lies on the screen, on whole device pixels so that neighbours neither gap nor blur."""
    side = TILE_PX * 2.0 ** (view.zoom - key.zoom)
    left, right = (floor((column * side - view.left) * pixel_ratio + 0.5) for column in (key.column, key.column + 1))
    top, bottom = (floor((row * side - view.top) * pixel_ratio + 0.5) for row in (key.row, key.row + 1))
    return QRectF(QPointF(left / pixel_ratio, top / pixel_ratio), QPointF(right / pixel_ratio, bottom / pixel_ratio))


def _within(where: QRectF, part: QRectF, image: QImage) -> QRectF:
    """The pixels of an image drawn at `where` that lie on a part of it."""
    across, down = image.width() / where.width(), image.height() / where.height()
    return QRectF(
        (part.x() - where.x()) * across, (part.y() - where.y()) * down, part.width() * across, part.height() * down
    )
