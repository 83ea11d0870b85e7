"""Draws layers of features into a tile. Far off a layer is density, then clusters with counts, then symbols."""

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from comms.domain.pause import never
from console.layers.features import Geometry
from ui.map.clusters import CELLS_ACROSS_TILE, Clusters, WorldCells, stage_of
from ui.map.layer_data import LayerPoints, LayerShapes
from ui.map.layer_symbols import SYMBOL_REACH_PX, LayerSymbols, colour_of
from ui.map.outline import LOCAL_SCALE, Rows, overlapping
from ui.map.palette import MapPalette
from ui.map.projection import TILE_PX, Floats
from ui.map.tile_key import TileKey, tile_box

DENSITY_PX = 2.0
"""Side of a dot of density."""
DENSITY_SHARES = (0.62, 0.76, 0.86, 0.93, 1.0)
"""How much of the layer's colour a dot has that stands for one thing, two, three, and so on."""
_ACROSS = CELLS_ACROSS_TILE + 2


class LayerPainter:
    """For one palette, pixel ratio and scale."""

    def __init__(
        self, palette: MapPalette, *, pixel_ratio: float, scale: float, stand_back: Callable[[], None] = never
    ) -> None:
        self._stand_back = stand_back
        self._palette = palette
        self._pixel_ratio = pixel_ratio
        self._scale = scale
        self._symbols = LayerSymbols(palette, pixel_ratio=pixel_ratio, scale=scale)

    def draw_shapes(self, painter: QPainter, key: TileKey, shapes: LayerShapes) -> None:
        """Lines and polygons; the painter must be in logical pixels of the tile."""
        layer, world_px = shapes.layer, TILE_PX * 2.0**key.zoom
        if not layer.zoom_from <= key.zoom <= layer.zoom_to:
            return
        painter.save()
        painter.translate(
            shapes.origin[0] * world_px - key.column * TILE_PX, shapes.origin[1] * world_px - key.row * TILE_PX
        )
        painter.scale(world_px / LOCAL_SCALE, world_px / LOCAL_SCALE)
        is_near = np.zeros(len(shapes.bounds), np.bool_)
        is_near[overlapping(shapes.bounds, tile_box(key, margin_px=8))] = True
        look = -1
        for at in np.flatnonzero(is_near[shapes.owners]).tolist():
            self._stand_back()
            own = int(shapes.looks[shapes.owners[at]])
            if own != look:
                look = own
                self._take_look(painter, shapes, look)
            if shapes.features.geometry is Geometry.POLYGON:
                painter.drawPolygon(shapes.lines[at])
            else:
                painter.drawPolyline(shapes.lines[at])
        painter.restore()

    def _take_look(self, painter: QPainter, shapes: LayerShapes, look: int) -> None:
        paint = shapes.paints[look]
        colour = QColor(colour_of(paint.colour, self._palette))
        pen = QPen(colour, paint.line_px * self._scale * self._pixel_ratio)
        pen.setCosmetic(True)
        painter.setPen(pen)
        if shapes.features.geometry is Geometry.POLYGON:
            colour.setAlphaF(min(1.0, max(0.0, paint.fill_opacity)))
            painter.setBrush(colour)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def draw_points(self, painter: QPainter, image: QImage, key: TileKey, layers: list[LayerPoints]) -> None:
        """All point layers, from low to high; the painter must be in logical pixels of the tile."""
        for points in layers:
            if stage_of(points.layer, key.zoom) == "density":
                self._stand_back()
                self._draw_density(image, key, points)
        self._stand_back()
        # A ring of cells more: what lies in them may reach into the tile.
        around = WorldCells(
            key.zoom, key.column * CELLS_ACROSS_TILE - 1, key.row * CELLS_ACROSS_TILE - 1, _ACROSS, _ACROSS
        )
        clusters = Clusters(layers, around, self._stand_back)
        for counted in clusters.counted:
            self._stand_back()
            singles = clusters.singles(counted)
            if counted.is_symbol:
                self._draw_symbols(painter, key, counted.points, singles)
            else:
                colour = QColor(colour_of(counted.points.paints[0].colour, self._palette)).rgb()
                x, y = self._device(key, counted.points, singles)
                draw_dots(image, x, y, colour, 3 if self._pixel_ratio < 1.5 else 5)
        self._draw_plates(painter, key, clusters)

    def _draw_density(self, image: QImage, key: TileKey, points: LayerPoints) -> None:
        at = points.within(tile_box(key, margin_px=2))
        if len(at):
            x, y = self._device(key, points, at)
            colour = colour_of(points.paints[0].colour, self._palette)
            shades = [mixed(colour, self._palette.land, share) for share in DENSITY_SHARES]
            draw_density(image, x, y, shades, max(2, round(DENSITY_PX * self._pixel_ratio * self._scale)))

    def _device(self, key: TileKey, points: LayerPoints, at: Rows) -> tuple[Floats, Floats]:
        world_px, side = TILE_PX * 2.0**key.zoom * self._pixel_ratio, TILE_PX * self._pixel_ratio
        return np.rint(points.x[at] * world_px - key.column * side), np.rint(points.y[at] * world_px - key.row * side)

    def _draw_symbols(self, painter: QPainter, key: TileKey, points: LayerPoints, singles: Rows) -> None:
        reach, side = SYMBOL_REACH_PX * self._scale * self._pixel_ratio, TILE_PX * self._pixel_ratio
        places = zip(*(axis.tolist() for axis in self._device(key, points, singles)), strict=True)
        for at, (x, y) in zip(singles.tolist(), places, strict=True):
            self._stand_back()
            if not (-reach < x < side + reach and -reach < y < side + reach):
                continue
            heading = float("nan") if points.headings_deg is None else float(points.headings_deg[at])
            symbol = self._symbols.symbol(points.paints[points.looks[at]], heading)
            half = symbol.width() // 2
            painter.drawImage(QPointF((x - half) / self._pixel_ratio, (y - half) / self._pixel_ratio), symbol)

    def _draw_plates(self, painter: QPainter, key: TileKey, clusters: Clusters) -> None:
        world_px = TILE_PX * 2.0**key.zoom
        for plate in clusters.plates(self._scale):
            x, y = plate.x * world_px - key.column * TILE_PX, plate.y * world_px - key.row * TILE_PX
            if not (0 <= x < TILE_PX and 0 <= y < TILE_PX):
                continue  # a neighbour's: its plate never reaches in here
            image = self._symbols.cluster(plate.points.paints[0].colour, plate.count)
            half = image.width() / 2 / self._pixel_ratio
            painter.drawImage(QPointF(round(x - half), round(y - half)), image)


def mixed(front: str, back: str, share: float) -> int:
    """The opaque colour of so much of one over another, as an image holds it."""
    upper, lower = QColor(front), QColor(back)
    # `getRgb` is typed as an object; it is four numbers.
    channels = (
        round(share * a + (1 - share) * b)
        for a, b in zip(upper.getRgb()[:3], lower.getRgb()[:3], strict=True)  # type: ignore[index]  # stubs lack it
    )
    return QColor(*channels).rgb()


def draw_dots(image: QImage, x: Floats, y: Floats, colour: int, side: int) -> None:
    """Square dots straight into the image's pixels: 100,000 of them cost milliseconds."""
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    reach = side // 2
    column, row = x.astype(np.intp), y.astype(np.intp)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            inside = (column + dx >= 0) & (column + dx < image.width()) & (row + dy >= 0) & (row + dy < image.height())
            pixels[row[inside] + dy, column[inside] + dx] = colour


def draw_density(image: QImage, x: Floats, y: Floats, shades: Sequence[int], side: int) -> None:
    """Square dots side by side, the brighter the more things they stand for."""
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    across, down = image.width() // side, image.height() // side
    column, row = (x // side).astype(np.intp), (y // side).astype(np.intp)
    is_inside = (column >= 0) & (column < across) & (row >= 0) & (row < down)
    numbers = row[is_inside] * across + column[is_inside]
    counts = np.bincount(numbers, minlength=across * down).reshape(down, across)
    is_taken = counts > 0
    colours = np.array(shades, np.uint32)[np.minimum(counts[is_taken], len(shades)) - 1]
    for dy in range(side):
        for dx in range(side):
            pixels[dy : down * side : side, dx : across * side : side][is_taken] = colours
