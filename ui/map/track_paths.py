"""Very many line segments as one QPainterPath, made from arrays without a loop."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtGui import QPainterPath

Floats = NDArray[np.float64]
_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
_MOVE_TO, _LINE_TO = 0, 1


def path_of(x: Floats, y: Floats, is_linked: NDArray[np.bool_]) -> QPainterPath:
    """A line to each point whose `is_linked` is true, from the point before it; else the pen is lifted.

    Written in the form QDataStream reads a path in: a loop over vertices would cost a second for a town's day."""
    path = QPainterPath()
    if not len(x):
        return path
    elements = np.empty(len(x), _ELEMENT)
    elements["kind"] = np.where(is_linked, _LINE_TO, _MOVE_TO)
    elements["kind"][0] = _MOVE_TO
    elements["x"], elements["y"] = x, y
    head = np.array([len(x)], ">i4").tobytes()
    tail = np.array([0, 1], ">i4").tobytes()  # where the last subpath began; winding fill
    data = QByteArray(head + elements.tobytes() + tail)  # the stream does not keep it
    stream = QDataStream(data, QIODevice.OpenModeFlag.ReadOnly)
    stream >> path
    return path


def thinned_rows(x: Floats, y: Floats, is_linked: NDArray[np.bool_], cell_px: float) -> NDArray[np.intp]:
    """Rows that lie in another cell than the row before; ends of lines always stay."""
    column, row = np.floor(x / cell_px), np.floor(y / cell_px)
    is_kept = np.ones(len(x), bool)
    is_kept[1:] = (np.diff(column) != 0) | (np.diff(row) != 0) | ~is_linked[1:]
    is_kept[:-1] |= ~is_linked[1:]
    return np.flatnonzero(is_kept)


def chevrons(x: Floats, y: Floats, is_linked: NDArray[np.bool_], *, every_px: float, size_px: float) -> QPainterPath:
    """Small arrow heads along lines, one in so many pixels of way, pointing where the way goes."""
    dx, dy = np.diff(x, prepend=x[:1]), np.diff(y, prepend=y[:1])
    length = np.where(is_linked, np.hypot(dx, dy), 0.0)
    passed = np.floor(np.cumsum(length) / every_px)
    rows = np.flatnonzero((np.diff(passed, prepend=0.0) > 0) & (length > 0.5))
    ux, uy = dx[rows] / length[rows], dy[rows] / length[rows]
    middle_x, middle_y = x[rows] - dx[rows] / 2, y[rows] - dy[rows] / 2
    back_x, back_y = middle_x - ux * size_px, middle_y - uy * size_px
    points_x = np.stack((back_x - uy * size_px * 0.7, middle_x, back_x + uy * size_px * 0.7), axis=1)
    points_y = np.stack((back_y + ux * size_px * 0.7, middle_y, back_y - ux * size_px * 0.7), axis=1)
    links = np.tile((False, True, True), len(rows))
    return path_of(points_x.ravel(), points_y.ravel(), links)
