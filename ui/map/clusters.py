"""Which points of layers are shown one by one, and which as their number on a plate.

Things are counted in cells that stand on the world, over all layers that are near enough for it: a cell with few shows
them one by one, a crowded one their number. A plate never leaves its cell, so plates never overlap, and names that ask
here (`ui.map.names`) neither lie on a plate nor name what is only counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comms.domain.pause import never
from console.layers.layer import Layer
from ui.map.layer_data import LayerPoints
from ui.map.outline import Box, Rows
from ui.map.projection import TILE_PX, Floats

CELLS_ACROSS_TILE = 3
CELL_PX = TILE_PX / CELLS_ACROSS_TILE
"""Side of a cell; a whole number of them lie across a tile, so that no plate is cut."""
CLUSTERS_BEFORE = 1.75
"""So many levels before its symbols a layer begins to show clusters instead of density."""
CLUSTER_FROM = 10
"""Things in a cell from which on it shows their number, once a layer's symbols have begun."""
FAR_CLUSTER_FROM = 4
"""The same before."""
PLATE_HEIGHT_PX = 18.0


def stage_of(layer: Layer, zoom: float) -> str:
    """`none`, `density`, `clusters` or `symbols`."""
    if not layer.zoom_from <= zoom <= layer.zoom_to:
        return "none"
    if zoom >= layer.symbols_from:
        return "symbols"
    return "clusters" if zoom >= layer.symbols_from - CLUSTERS_BEFORE else "density"


def plate_words(count: int) -> str:
    return str(count) if count < 10_000 else f"{count // 1000}k"


def plate_width_px(count: int) -> float:
    """At scale 1, its edge included."""
    return 13.0 + 6.6 * len(plate_words(count))


@dataclass(frozen=True, slots=True)
class WorldCells:
    """A rectangle of cells at one zoom, counted from the north-west of the world."""

    zoom: float
    column: int
    row: int
    across: int
    down: int

    @property
    def side(self) -> float:
        """Of a cell, world units."""
        return float(CELL_PX / (TILE_PX * 2.0**self.zoom))

    @property
    def box(self) -> Box:
        side = self.side
        left, top = self.column * side, self.row * side
        return left, top, left + self.across * side, top + self.down * side

    def of(self, x: Floats, y: Floats) -> Rows:
        """Number of the cell each world point lies in; -1 beyond."""
        column = np.floor(x / self.side).astype(np.intp) - self.column
        row = np.floor(y / self.side).astype(np.intp) - self.row
        is_inside = (column >= 0) & (column < self.across) & (row >= 0) & (row < self.down)
        return np.where(is_inside, row * self.across + column, -1)


def cells_over(zoom: float, box: Box) -> WorldCells:
    """The cells that a box of the world touches."""
    side = WorldCells(zoom, 0, 0, 0, 0).side
    column, row = int(box[0] // side), int(box[1] // side)
    return WorldCells(zoom, column, row, int(box[2] // side) - column + 1, int(box[3] // side) - row + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Points of one layer that are counted: places in its columns, and the cell of each."""

    points: LayerPoints
    at: Rows
    cells: Rows
    is_symbol: bool


@dataclass(frozen=True, slots=True)
class Plate:
    """A cluster: its middle in world units, the layer that has most of its things, and how many they are."""

    x: float
    y: float
    points: LayerPoints
    count: int


class Clusters:
    """What of these layers lies in some cells; the ones still so far off that they are density are left out."""

    def __init__(
        self, layers: Sequence[LayerPoints], cells: WorldCells, stand_back: Callable[[], None] = never
    ) -> None:
        """`stand_back` see `console.gate`."""
        self.cells = cells
        self.counted: list[Counted] = []
        for points in layers:
            stand_back()
            found = _counted(points, cells)
            if found is not None:
                self.counted.append(found)
        size = cells.across * cells.down
        self._by_layer = np.array([np.bincount(one.cells, minlength=size) for one in self.counted]).reshape(-1, size)
        self._counts = self._by_layer.sum(axis=0)
        is_far = not any(stage_of(points.layer, cells.zoom) == "symbols" for points in layers)
        self._is_cluster: NDArray[np.bool_] = self._counts >= (FAR_CLUSTER_FROM if is_far else CLUSTER_FROM)

    def singles(self, counted: Counted) -> Rows:
        """Places in the columns of those that are shown one by one."""
        return counted.at[~self._is_cluster[counted.cells]]

    def hides(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Which world points lie in a cell that shows its number."""
        cells = self.cells.of(x, y)
        return self._is_cluster[cells] & (cells >= 0)

    def plates(self, scale: float) -> list[Plate]:
        """Where each cluster's things are in the middle, moved as little as keeps its plate within its cell."""
        crowded = np.flatnonzero(self._is_cluster)
        if not len(crowded):
            return []
        size, side = self.cells.across * self.cells.down, self.cells.side
        cells = np.concatenate([one.cells for one in self.counted])
        # From the corner of the cells, so that small differences are not lost beside the world.
        left, top, _, _ = self.cells.box
        x = np.concatenate([one.points.x[one.at] for one in self.counted]) - left
        y = np.concatenate([one.points.y[one.at] for one in self.counted]) - top
        middles = [np.bincount(cells, axis, size)[crowded] / self._counts[crowded] / side for axis in (x, y)]
        places = (crowded % self.cells.across, crowded // self.cells.across)
        most = self._by_layer.argmax(axis=0)
        made = []
        for at, (cell, count) in enumerate(zip(crowded.tolist(), self._counts[crowded].tolist(), strict=True)):
            reach = (plate_width_px(count) * scale / 2 / CELL_PX, PLATE_HEIGHT_PX * scale / 2 / CELL_PX)
            column, row = (
                _within(float(middle[at]), int(place[at]), half)
                for middle, place, half in zip(middles, places, reach, strict=True)
            )
            made.append(Plate(left + column * side, top + row * side, self.counted[int(most[cell])].points, count))
        return made


def _counted(points: LayerPoints, cells: WorldCells) -> Counted | None:
    stage = stage_of(points.layer, cells.zoom)
    if stage not in ("clusters", "symbols"):
        return None
    at = points.within(cells.box)
    numbers = cells.of(points.x[at], points.y[at])
    is_inside = numbers >= 0
    return Counted(points, at[is_inside], numbers[is_inside], stage == "symbols") if is_inside.any() else None


def _within(middle: float, cell: int, reach: float) -> float:
    """In cells: as near to the middle as something that reaches so far to both sides can be in its cell."""
    return min(max(middle, cell + min(reach, 0.5)), cell + 1 - min(reach, 0.5))
