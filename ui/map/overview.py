"""The whole area as one small picture, in the map's own style. Drawn on a worker thread."""

from collections.abc import Callable
from dataclasses import replace
from math import floor

from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from ui.map.ground import Ground
from ui.map.palette import MapPalette
from ui.map.projection import TILE_PX
from ui.map.tile_key import TileKey
from ui.map.tile_painter import TilePainter, TileStyle
from ui.map.view import ZOOM_STEP, View

THIN = 0.7
"""Lines are so much thinner than on the map."""


def draw_overview(
    ground: Ground, view: View, palette: MapPalette, pixel_ratio: float, stand_back: Callable[[], None]
) -> QImage:
    """What the view shows; the area's border and villages, its main streets."""
    style = TileStyle(palette, pixel_ratio=pixel_ratio, scale=THIN, shows_grids=False)
    tiles = TilePainter(replace(ground, layers=()), style, stand_back)
    image = QImage(round(view.width * pixel_ratio), round(view.height * pixel_ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(pixel_ratio)
    image.fill(palette.ground)
    painter = QPainter(image)
    for column in range(floor(view.left / TILE_PX), floor((view.left + view.width) / TILE_PX) + 1):
        for row in range(floor(view.top / TILE_PX), floor((view.top + view.height) / TILE_PX) + 1):
            tile = tiles.draw(TileKey(round(view.zoom / ZOOM_STEP), column, row))
            painter.drawImage(QPointF(column * TILE_PX - view.left, row * TILE_PX - view.top), tile)
    painter.end()
    return image
