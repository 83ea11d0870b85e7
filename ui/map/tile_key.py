"""Which tile: levels of quarter zooms, columns and rows from the north-west."""

from typing import NamedTuple

from ui.map.outline import Box
from ui.map.projection import TILE_PX
from ui.map.view import ZOOM_STEP


class TileKey(NamedTuple):
    """`level` counts quarter zooms; `column` and `row` count tiles of that level from the north-west."""

    level: int
    column: int
    row: int

    @property
    def zoom(self) -> float:
        return self.level * ZOOM_STEP


def tile_box(key: TileKey, margin_px: float = 0.0) -> Box:
    """World bounds of a tile, grown on all sides."""
    side = 2.0**-key.zoom
    margin = margin_px / TILE_PX * side
    x, y = key.column * side, key.row * side
    return x - margin, y - margin, x + side + margin, y + side + margin
