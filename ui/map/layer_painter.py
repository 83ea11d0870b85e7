"""Draws layers of features into a tile. Far off a layer is density, then clusters with counts, then symbols.

Clusters are counted in cells that stand on the world and never cross a tile's edge, over all layers that are near
enough for it: a cell with few things shows them one by one, a crowded one their number."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from console.layers.features import Geometry
from console.layers.layer import Layer
from console.store.gate import never
from ui.map.layer_data import LayerPoints, LayerShapes
from ui.map.layer_symbols import SYMBOL_REACH_PX, LayerSymbols, colour_of
from ui.map.outline import LOCAL_SCALE, Rows, overlapping
from ui.map.palette import MapPalette
from ui.map.projection import TILE_PX, Floats
from ui.map.tile_key import TileKey, tile_box

CELL_PX = 64
"""Side of a cluster's cell; a whole number of them lie across a tile."""
CLUSTERS_BEFORE = 1.75
"""So many levels before its symbols a layer begins to show clusters instead of density."""
CLUSTER_FROM = 10
"""Things in a cell from which on it shows their number, once the layers' symbols have begun."""
FAR_CLUSTER_FROM = 4
"""The same before."""
CLUSTER_WIDTH_PX, CLUSTER_HEIGHT_PX = 48.0, 20.0
"""Room that a cluster's plate takes at most."""
_ACROSS = TILE_PX // CELL_PX + 2
"""Cells across a tile and one more on each side."""


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Points of one layer on the tile and around it: device pixels, cell, and place in the layer's columns."""

    points: LayerPoints
    at: Rows
    x: Floats
    y: Floats
    cells: Rows
    is_symbol: bool


def stage_of(layer: Layer, zoom: float) -> str:
    """`none`, `density`, `clusters` or `symbols`."""
    if not layer.zoom_from <= zoom <= layer.zoom_to:
        return "none"
    if zoom >= layer.symbols_from:
        return "symbols"
    return "clusters" if zoom >= layer.symbols_from - CLUSTERS_BEFORE else "density"


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
        counted = []
        for points in layers:
            stage = stage_of(points.layer, key.zoom)
            self._stand_back()
            if stage == "density":
                self._draw_density(image, key, points)
            elif stage != "none":
                near = self._near(key, points, is_symbol=stage == "symbols")
                if len(near.at):
                    counted.append(near)
        if counted:
            self._draw_counted(painter, image, counted)

    def _draw_density(self, image: QImage, key: TileKey, points: LayerPoints) -> None:
        at = points.within(tile_box(key, margin_px=2))
        if len(at):
            x, y = self._device(key, points, at)
            colour = mixed(colour_of(points.paints[0].colour, self._palette), self._palette.land, 0.55)
            draw_dots(image, x, y, colour, 1 if self._pixel_ratio * self._scale < 1.5 else 3)

    def _device(self, key: TileKey, points: LayerPoints, at: Rows) -> tuple[Floats, Floats]:
        world_px, side = TILE_PX * 2.0**key.zoom * self._pixel_ratio, TILE_PX * self._pixel_ratio
        return np.rint(points.x[at] * world_px - key.column * side), np.rint(points.y[at] * world_px - key.row * side)

    def _near(self, key: TileKey, points: LayerPoints, *, is_symbol: bool) -> _Near:
        at = points.within(tile_box(key, margin_px=CELL_PX))
        x, y = self._device(key, points, at)
        cell = CELL_PX * self._pixel_ratio
        columns, rows = (np.floor(side / cell).astype(np.intp) + 1 for side in (x, y))
        is_inside = (columns >= 0) & (columns < _ACROSS) & (rows >= 0) & (rows < _ACROSS)
        cells = rows[is_inside] * _ACROSS + columns[is_inside]
        return _Near(points, at[is_inside], x[is_inside], y[is_inside], cells, is_symbol)

    def _draw_counted(self, painter: QPainter, image: QImage, counted: list[_Near]) -> None:
        cells = _ACROSS * _ACROSS
        by_layer = np.stack([np.bincount(near.cells, minlength=cells) for near in counted])
        counts = by_layer.sum(axis=0)
        is_far = not any(near.is_symbol for near in counted)
        is_cluster = counts >= (FAR_CLUSTER_FROM if is_far else CLUSTER_FROM)
        for near in counted:
            is_single = ~is_cluster[near.cells]
            if near.is_symbol:
                self._draw_symbols(painter, near, np.flatnonzero(is_single))
            else:
                colour = QColor(colour_of(near.points.paints[0].colour, self._palette)).rgb()
                draw_dots(image, near.x[is_single], near.y[is_single], colour, 3 if self._pixel_ratio < 1.5 else 5)
        self._draw_clusters(painter, counted, counts, by_layer, is_cluster)

    def _draw_symbols(self, painter: QPainter, near: _Near, singles: Rows) -> None:
        reach, side = SYMBOL_REACH_PX * self._scale * self._pixel_ratio, TILE_PX * self._pixel_ratio
        points = near.points
        for index in singles.tolist():
            self._stand_back()
            x, y, at = float(near.x[index]), float(near.y[index]), near.at[index]
            if not (-reach < x < side + reach and -reach < y < side + reach):
                continue
            heading = float("nan") if points.headings_deg is None else float(points.headings_deg[at])
            symbol = self._symbols.symbol(points.paints[points.looks[at]], heading)
            half = symbol.width() // 2
            painter.drawImage(QPointF((x - half) / self._pixel_ratio, (y - half) / self._pixel_ratio), symbol)

    def _draw_clusters(
        self,
        painter: QPainter,
        counted: list[_Near],
        counts: NDArray[np.intp],
        by_layer: NDArray[np.intp],
        is_cluster: NDArray[np.bool_],
    ) -> None:
        most = by_layer.argmax(axis=0)
        cells = np.concatenate([near.cells for near in counted])
        sums_x = np.bincount(cells, np.concatenate([near.x for near in counted]), len(counts))
        sums_y = np.bincount(cells, np.concatenate([near.y for near in counted]), len(counts))
        for cell in np.flatnonzero(is_cluster).tolist():
            row, column = divmod(cell, _ACROSS)
            if not (1 <= row < _ACROSS - 1 and 1 <= column < _ACROSS - 1):
                continue  # a neighbour's: its plate never reaches in here
            colour, count = counted[int(most[cell])].points.paints[0].colour, int(counts[cell])
            plate = self._symbols.cluster(colour, count)
            half = plate.width() / 2 / self._pixel_ratio
            # Where its things are, but never over the cell's edge.
            x = _within(sums_x[cell] / count / self._pixel_ratio, (column - 1) * CELL_PX, CLUSTER_WIDTH_PX)
            y = _within(sums_y[cell] / count / self._pixel_ratio, (row - 1) * CELL_PX, CLUSTER_HEIGHT_PX)
            middle = QPointF(x - half, y - half)
            painter.drawImage(QPointF(round(middle.x()), round(middle.y())), plate)


def _within(middle: float, cell_start: float, size: float) -> float:
    """The middle of something of this size, moved as little as keeps it within its cell."""
    return float(min(max(middle, cell_start + size / 2), cell_start + CELL_PX - size / 2))


def mixed(front: str, back: str, share: float) -> int:
    """The opaque colour of so much of one over another, as an image holds it."""
    upper, lower = QColor(front), QColor(back)
    channels = (
        round(share * a + (1 - share) * b)
        for a, b in zip(upper.getRgb()[:3], lower.getRgb()[:3], strict=True)  # type: ignore[index]
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
