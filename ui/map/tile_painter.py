"""Draws one tile of the ground and the layers on it into a QImage. Same scene and key, same pixels; on the tile worker.

Qt's calls keep the interpreter to themselves: no single call here may take more than a millisecond or two, or the
screen would wait for it. So shapes are cut to the tile before they are painted."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from comms.domain.pause import never
from ui.map.ground import NO_BORDERS, Ground
from ui.map.layer_data import LayerPoints, LayerShapes
from ui.map.layer_painter import LayerPainter
from ui.map.outline import LOCAL_SCALE, Rows, local_lines, overlapping, path_of, polylines
from ui.map.palette import MapPalette
from ui.map.projection import TILE_PX
from ui.map.tile_key import TileKey, tile_box

STREET_WIDTHS: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    ((10.0, 12.0, 14.0, 16.0, 18.0, 20.0), (1.0, 1.8, 4.0, 9.0, 20.0, 44.0)),
    ((11.5, 13.0, 15.0, 16.0, 18.0, 20.0), (0.6, 1.0, 3.2, 5.5, 13.0, 30.0)),
    ((13.5, 14.5, 16.0, 18.0, 20.0), (0.5, 0.9, 2.6, 7.0, 18.0)),
)
"""Width in logical pixels over zoom, by rank; a street is not drawn below its first zoom."""
LINES_AT_ONCE = 4
"""Lines drawn between two looks at whether the interface wants to go first: a look costs some 6 µs."""
CASED_FROM_PX = 2.4
GRID_LINES_FROM, VILLAGE_LINES_FROM, DASHED_FROM = 12.5, 9.0, 14.5


@dataclass(frozen=True, slots=True)
class TileStyle:
    """What a tile's look depends on besides the ground. `scale` enlarges symbols and lines for far-viewed screens."""

    palette: MapPalette
    pixel_ratio: float = 1.0
    scale: float = 1.0
    shows_grids: bool = True
    shows_villages: bool = True
    shows_streets: bool = True
    is_over_base: bool = False
    """A base map lies beneath: the tile is transparent, without land and streets."""


def street_width_px(rank: int, zoom: float) -> float:
    """0 when a street of this rank is not drawn at this zoom."""
    zooms, widths = STREET_WIDTHS[rank]
    return 0.0 if zoom < zooms[0] else float(np.interp(zoom, zooms, widths))


class TilePainter:
    """Draws tiles of one ground in one style."""

    def __init__(self, ground: Ground, style: TileStyle, stand_back: Callable[[], None] = never) -> None:
        """`stand_back` is called between steps: it returns when the interpreter is not needed elsewhere."""
        self._stand_back = stand_back
        self._ground = ground
        self._style = style
        self._border = shapely.boundary(ground.land) if ground.land is not None else None
        self._layers = LayerPainter(
            style.palette, pixel_ratio=style.pixel_ratio, scale=style.scale, stand_back=stand_back
        )
        self._points = [layer for layer in ground.layers if isinstance(layer, LayerPoints)]
        self._shapes = [layer for layer in ground.layers if isinstance(layer, LayerShapes)]

    def draw(self, key: TileKey) -> QImage:
        style, palette = self._style, self._style.palette
        side = ceil(TILE_PX * style.pixel_ratio)
        is_clear = style.is_over_base
        pixels = QImage.Format.Format_ARGB32_Premultiplied if is_clear else QImage.Format.Format_RGB32
        image = QImage(side, side, pixels)
        image.setDevicePixelRatio(style.pixel_ratio)
        image.fill(QColor(Qt.GlobalColor.transparent) if is_clear else QColor(palette.ground))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._go_local(painter, key)
        painter.setPen(Qt.PenStyle.NoPen)
        if not is_clear:
            self._fill_land(painter, key)
            if style.shows_streets:
                self._draw_streets(painter, key)
        self._draw_outlines(painter, key)
        painter.resetTransform()
        for shapes in self._shapes:
            self._layers.draw_shapes(painter, key, shapes)
        self._layers.draw_points(painter, image, key, self._points)
        painter.end()
        return image

    def _go_local(self, painter: QPainter, key: TileKey) -> None:
        world_px = TILE_PX * 2.0**key.zoom
        painter.translate(
            self._ground.origin[0] * world_px - key.column * TILE_PX,
            self._ground.origin[1] * world_px - key.row * TILE_PX,
        )
        painter.scale(world_px / LOCAL_SCALE, world_px / LOCAL_SCALE)

    def _fill_land(self, painter: QPainter, key: TileKey) -> None:
        if self._ground.land is not None:
            part = shapely.clip_by_rect(self._ground.land, *tile_box(key, margin_px=8))
            painter.fillPath(path_of(part, self._ground.origin), QColor(self._style.palette.land))

    def _draw_streets(self, painter: QPainter, key: TileKey) -> None:
        streets, palette, scale = self._ground.streets, self._style.palette, self._style.scale
        widths = [street_width_px(rank, key.zoom) * scale for rank in range(3)]
        near = overlapping(streets.bounds, tile_box(key, margin_px=max(widths) + 4))
        by_rank = [near[streets.ranks[near] == rank] for rank in range(3)]
        for rank in (2, 1, 0):
            if widths[rank] >= CASED_FROM_PX:
                self._stroke(painter, self._lines(by_rank[rank]), palette.street_casing, widths[rank] + 2.0 * scale)
        for rank in (2, 1, 0):
            if widths[rank] > 0:
                # On a light ground an uncased white line would vanish: thin streets take the casing's colour.
                is_thin = widths[rank] < CASED_FROM_PX and not palette.is_dark
                colour = palette.street_casing if is_thin else palette.street_fills[rank]
                self._stroke(painter, self._lines(by_rank[rank]), colour, widths[rank])

    def _stroke(self, painter: QPainter, lines: list[QPolygonF], colour: str, width_px: float) -> None:
        painter.setPen(_cosmetic(colour, width_px * self._style.pixel_ratio))
        for number, line in enumerate(lines):
            if number % LINES_AT_ONCE == 0:
                self._stand_back()
            painter.drawPolyline(line)

    def _lines(self, rows: Rows) -> list[QPolygonF]:
        return [self._ground.streets.lines[row] for row in rows.tolist()]

    def _draw_outlines(self, painter: QPainter, key: TileKey) -> None:
        style, palette, scale = self._style, self._style.palette, self._style.scale
        box = tile_box(key, margin_px=4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        grid_px, village_px = 1.0 if key.zoom < 15 else 1.4, 1.4 if key.zoom < 14 else 2.0
        # Traced by the first tile near enough to show them.
        borders = self._ground.grid_borders if style.shows_grids and key.zoom >= GRID_LINES_FROM else NO_BORDERS
        grids = (borders, palette.grid_line, grid_px, GRID_LINES_FROM, (5.0, 3.0))
        villages = (
            self._ground.village_borders, palette.village_line, village_px, VILLAGE_LINES_FROM, (7.0, 2.0, 1.0, 2.0)
        )  # fmt: skip
        wanted = [*([grids] if style.shows_grids else []), *([villages] if style.shows_villages else [])]
        for borders, colour, width, first_zoom, dashes in wanted:
            if key.zoom < first_zoom:
                continue
            pen = _cosmetic(colour, width * scale * style.pixel_ratio)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if key.zoom >= DASHED_FROM:
                pen.setDashPattern(dashes)
            painter.setPen(pen)
            lines = borders.lines_at(key.zoom)
            for number, row in enumerate(overlapping(borders.bounds, box).tolist()):
                if number % LINES_AT_ONCE == 0:
                    self._stand_back()
                painter.drawPolyline(lines[row])
        if self._border is not None:
            part = shapely.get_parts(shapely.clip_by_rect(self._border, *box))
            painter.setPen(_cosmetic(palette.area_line, (1.8 if key.zoom < 13 else 2.6) * scale * style.pixel_ratio))
            for line in polylines(local_lines(part, self._ground.origin)):
                painter.drawPolyline(line)


def _cosmetic(colour: str, width_px: float) -> QPen:
    """`width_px` are device pixels."""
    pen = QPen(QColor(colour), width_px)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen
