"""Lines and outlines as Qt draws them, made from arrays.

They are in *local* units: pixels at REFERENCE_ZOOM counted from an origin, so that doubles keep millimetres and one
painter transform brings them to any zoom. Building them point by point in Python takes longer than drawing them:
polygons are read from bytes instead, 33,000 lines in a tenth of a second.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtGui import QPainterPath, QPolygonF

from comms.domain.pause import never
from ui.map.projection import TILE_PX, Floats

REFERENCE_ZOOM = 16
LOCAL_SCALE = float(TILE_PX * 2**REFERENCE_ZOOM)
"""Local units in one world unit."""
_PORTION = 1_000
"""Lines read from bytes at a time: a city's at once would be three copies of them."""
Rows = NDArray[np.intp]
Box = tuple[float, float, float, float]


def polylines(lines: Sequence[Floats], stand_back: Callable[[], None] = never) -> tuple[QPolygonF, ...]:
    """One for each array (n, 2), in its units. `stand_back` see `console.gate`."""
    portions = (lines[at : at + _PORTION] for at in range(0, len(lines), _PORTION))
    return tuple(chain.from_iterable(_portion(portion, stand_back) for portion in portions))


def _portion(lines: Sequence[Floats], stand_back: Callable[[], None]) -> list[QPolygonF]:
    data = QByteArray(b"".join(_encoded(lines, stand_back)))
    stream = QDataStream(data, QIODevice.OpenModeFlag.ReadOnly)
    return [_read(stream, stand_back) for _ in lines]


def _encoded(lines: Sequence[Floats], stand_back: Callable[[], None]) -> Iterator[bytes]:
    for line in lines:
        stand_back()
        yield len(line).to_bytes(4, "big")
        yield line.astype(">f8").tobytes()


def _read(stream: QDataStream, stand_back: Callable[[], None]) -> QPolygonF:
    stand_back()
    polygon = QPolygonF()
    stream >> polygon
    return polygon


def local_lines(shapes: Any, origin: tuple[float, float]) -> list[Floats]:
    """Coordinates of lines or rings in world units, each in local units."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    ends = np.flatnonzero(np.diff(owner)) + 1
    return np.split((coordinates - origin) * LOCAL_SCALE, ends) if len(coordinates) else []


def path_of(shape: Any, origin: tuple[float, float]) -> QPainterPath:
    """A shape in world units with its holes (odd-even fill), in local units."""
    path = QPainterPath()
    for ring in polylines(local_lines(rings_of(shape), origin)):
        path.addPolygon(ring)
        path.closeSubpath()
    return path


def rings_of(shape: Any) -> Any:
    """All rings of a polygon, or of each polygon of a collection; stray lines of a repaired outline are left out."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def middle_of(shape: Any) -> tuple[float, float] | None:
    """Its centroid, or where that is outside, some point within; None of nothing."""
    point = shape.centroid
    if not shape.contains(point):
        point = shape.point_on_surface()
    return None if point.is_empty else (point.x, point.y)


def overlapping(bounds: Floats, box: Box) -> Rows:
    """Rows of `bounds` (n, 4) that touch a box, both (x_min, y_min, x_max, y_max)."""
    return np.flatnonzero(
        (bounds[:, 0] <= box[2]) & (bounds[:, 2] >= box[0]) & (bounds[:, 1] <= box[3]) & (bounds[:, 3] >= box[1])
    )
