"""The map's tools as data: what each draws, and the letter that takes it up while the map has the keyboard."""

from enum import StrEnum

from PySide6.QtCore import Qt

from comms.domain.mark import MarkKind


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
    MARK_POINT = "mark_point"
    MARK_LINE = "mark_line"
    MARK_AREA = "mark_area"
    MARK_TEXT = "mark_text"
    FENCE_CIRCLE = "fence_circle"
    FENCE_POLYGON = "fence_polygon"
    WEATHER = "weather"
    """The area of a weather alert."""
    PLACE = "place"
    """A place that a sheet asks for."""


SHAPES: dict[MapTool, Shape] = {
    MapTool.PAN: Shape.NONE,
    MapTool.CIRCLE: Shape.CIRCLE,
    MapTool.CALL: Shape.CIRCLE,
    MapTool.BOX: Shape.BOX,
    MapTool.POLYGON: Shape.RING,
    MapTool.CALL_POLYGON: Shape.RING,
    MapTool.MEASURE: Shape.LINE,
    MapTool.MEASURE_AREA: Shape.RING,
    MapTool.MARK_POINT: Shape.POINT,
    MapTool.MARK_LINE: Shape.LINE,
    MapTool.MARK_AREA: Shape.RING,
    MapTool.MARK_TEXT: Shape.POINT,
    MapTool.FENCE_CIRCLE: Shape.CIRCLE,
    MapTool.FENCE_POLYGON: Shape.RING,
    MapTool.WEATHER: Shape.RING,
    MapTool.PLACE: Shape.POINT,
}
MARKING: dict[MapTool, MarkKind] = {
    MapTool.MARK_POINT: MarkKind.POINT,
    MapTool.MARK_LINE: MarkKind.LINE,
    MapTool.MARK_AREA: MarkKind.AREA,
    MapTool.MARK_TEXT: MarkKind.TEXT,
}
MARK_TOOLS = {kind: tool for tool, kind in MARKING.items()}
CALLING = frozenset({MapTool.CALL, MapTool.CALL_POLYGON})
OUTLINING = frozenset({MapTool.FENCE_CIRCLE, MapTool.FENCE_POLYGON, MapTool.WEATHER})
"""What is drawn with these goes onto a sheet."""
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
    Qt.Key.Key_1: MapTool.MARK_POINT,
    Qt.Key.Key_2: MapTool.MARK_LINE,
    Qt.Key.Key_3: MapTool.MARK_AREA,
    Qt.Key.Key_4: MapTool.MARK_TEXT,
    Qt.Key.Key_F: MapTool.FENCE_CIRCLE,
    Qt.Key.Key_W: MapTool.FENCE_POLYGON,
    Qt.Key.Key_Q: MapTool.WEATHER,
}
"""Plain letters, while the map has the keyboard: the shape then begins at the crosshair in the middle."""
