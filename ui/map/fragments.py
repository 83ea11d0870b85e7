"""Many copies of parts of one pixmap in one call: QPainter.drawPixmapFragments over a numpy array."""

from typing import cast

import numpy as np
import shiboken6
from numpy.typing import ArrayLike
from PySide6.QtGui import QPainter, QPixmap

_COLUMNS = 10
"""QPainter.PixmapFragment: x, y, source left, top, width, height, scale x, y, rotation, opacity; all doubles."""


class Fragments:
    """Keeps its array between frames."""

    def __init__(self) -> None:
        self._rows = np.zeros((0, _COLUMNS))

    def draw(
        self,
        painter: QPainter,
        sheet: QPixmap,
        cell: int,
        x: ArrayLike,
        y: ArrayLike,
        left: ArrayLike,
        top: ArrayLike,
    ) -> None:
        """Square cells of the sheet with their middles at (x, y), device pixels."""
        count = len(np.atleast_1d(x))
        if not count:
            return
        if len(self._rows) < count:
            self._rows = np.zeros((2 * count, _COLUMNS))
            self._rows[:, 6:8] = 1.0
            self._rows[:, 9] = 1.0
        rows = self._rows[:count]
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = x, y, left, top
        rows[:, 4:6] = cell
        first = shiboken6.wrapInstance(self._rows.ctypes.data, QPainter.PixmapFragment)
        painter.drawPixmapFragments(cast(QPainter.PixmapFragment, first), count, sheet)
