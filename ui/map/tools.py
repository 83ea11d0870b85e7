"""The map's tools as data: what each draws, and the letter that takes it up while the map has the keyboard."""

from enum import StrEnum

from PySide6.QtCore import Qt


class Shape(StrEnum):
    """What dragging or clicking with a tool makes."""

    NONE = "none"
    CIRCLE = "circle"
    BOX = "box"
    LINE = "line"
    RING = "ring"
    POINT = "point"


class MapTool(StrEnum):
    PAN = "pan"
    CIRCLE = "circle"
    """圈选: the units inside, and the order sheet."""
    CALL = "call"
    """圈呼: the units inside are called at once."""
    BOX = "box"
    POLYGON = "polygon"
    CALL_POLYGON = "call_polygon"
    MEASURE = "measure"
    MEASURE_AREA = "measure_area"


SHAPES: dict[MapTool, Shape] = {
    MapTool.PAN: Shape.NONE,
    MapTool.CIRCLE: Shape.CIRCLE,
    MapTool.CALL: Shape.CIRCLE,
    MapTool.BOX: Shape.BOX,
    MapTool.POLYGON: Shape.RING,
    MapTool.CALL_POLYGON: Shape.RING,
    MapTool.MEASURE: Shape.LINE,
    MapTool.MEASURE_AREA: Shape.RING,
}
CALLING = frozenset({MapTool.CALL, MapTool.CALL_POLYGON})
COUNTING = frozenset({MapTool.CIRCLE, MapTool.CALL, MapTool.POLYGON, MapTool.CALL_POLYGON})
"""Tools that say how many units are inside while one draws."""
LETTERS: dict[Qt.Key, MapTool] = {
    Qt.Key.Key_C: MapTool.CIRCLE,
    Qt.Key.Key_G: MapTool.CALL,
    Qt.Key.Key_B: MapTool.BOX,
    Qt.Key.Key_P: MapTool.POLYGON,
    Qt.Key.Key_H: MapTool.CALL_POLYGON,
    Qt.Key.Key_M: MapTool.MEASURE,
    Qt.Key.Key_A: MapTool.MEASURE_AREA,
}
"""Plain letters, while the map has the keyboard: the shape then begins at the crosshair in the middle."""
