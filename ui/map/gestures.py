"""What the officer does with mouse and keys, turned into wishes. A state machine without painting or selection."""

from dataclasses import replace
from math import floor, hypot
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from ui.map.crosshair import Crosshair
from ui.map.strokes import Box, Drag, Pan, Path, Place, Point, Span
from ui.map.tools import LETTERS, SHAPES, MapTool, Shape
from ui.map.view import ZOOM_STEP, View, rested

CLICK_REACH_PX = 4.0
"""A press that moved less than this before its release is a click."""
CLOSE_REACH_PX = 10.0
"""A click so near the first corner of an outline closes it."""
WHEEL_NOTCH = 120
STEPS_PER_NOTCH = 2
KEY_PAN_PX = 120.0


class Surface(Protocol):
    """What gestures act on."""

    @property
    def view(self) -> View: ...
    def show_view(self, view: View) -> None: ...
    def break_off_following(self) -> None: ...
    def click(self, px: float, py: float, *, is_adding: bool) -> None: ...
    def choose_box(self, box: Box, *, is_adding: bool) -> None: ...
    def finish_span(self, span: Span) -> None: ...
    def finish_path(self, path: Path) -> None: ...
    def finish_point(self, place: Place) -> None: ...
    def hover(self, px: float, py: float) -> None: ...
    def show_drag(self) -> None: ...
    def set_tool(self, tool: MapTool) -> None: ...
    def fit_area(self) -> None: ...
    def escape(self) -> None: ...


class Gestures:
    """`tool` is set from outside; a drag in progress ends with its release or with `cancel`. A path goes on over
    several clicks, until it is finished."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self.tool = MapTool.PAN
        self.drag: Drag | None = None
        self.crosshair: Crosshair | None = None
        """There while a tool is worked by keys."""
        self._wheel_rest = 0.0

    @property
    def _shape(self) -> Shape:
        return SHAPES[self.tool]

    # --- mouse ----------------------------------------------------------------------------------------------

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        point = (at.x(), at.y())
        self.crosshair = None
        shape, is_boxing = self._shape, bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if isinstance(self.drag, Path):
            return  # the corner is where the button goes up
        if shape in (Shape.CIRCLE, Shape.LINE):
            lat, lon = self._surface.view.place_at(*point)
            self.drag = Span(lat, lon, lat, lon, is_circle=shape is Shape.CIRCLE)
        elif shape is Shape.RING:
            self.drag = Path((), is_ring=True)
        elif shape is Shape.BOX or (is_boxing and shape is Shape.NONE):
            self.drag = Box(point, point)
        else:
            self.drag = Pan(point, point)

    def move(self, at: QPointF) -> None:
        point = (at.x(), at.y())
        match self.drag:
            case None:
                self._surface.hover(*point)
            case Pan():
                self._pan_to(self.drag, point)
            case Box():
                self.drag = replace(self.drag, second=point)
                self._surface.show_drag()
            case Span():
                lat, lon = self._surface.view.place_at(*point)
                self.drag = replace(self.drag, end_lat=lat, end_lon=lon)
                self._surface.show_drag()
            case Path():
                self.drag = replace(self.drag, cursor=self._surface.view.place_at(*point))
                self._surface.show_drag()

    def release(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        drag, self.drag = self.drag, None
        is_adding = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        place = self._surface.view.place_at(at.x(), at.y())
        match drag:
            case Pan() if not drag.has_moved and self._shape is Shape.POINT:
                self._surface.finish_point(place)
            case Pan() if not drag.has_moved:
                self._surface.click(at.x(), at.y(), is_adding=is_adding)
            case Box():
                self._surface.choose_box(replace(drag, second=(at.x(), at.y())), is_adding=is_adding)
            case Span():
                self._end_span(replace(drag, end_lat=place[0], end_lon=place[1]), at)
            case Path():
                self._add_corner(drag, place, at)
            case _:
                pass

    def _end_span(self, span: Span, at: QPointF) -> None:
        """A line that was clicked, not drawn, goes on corner by corner."""
        x, y = self._surface.view.screen_at(lat=span.lat, lon=span.lon)
        if not span.is_circle and hypot(at.x() - x, at.y() - y) < CLICK_REACH_PX:
            self.drag = Path((), is_ring=False).with_corner((span.lat, span.lon))
            self._surface.show_drag()
        else:
            self._surface.finish_span(span)

    def _add_corner(self, path: Path, place: Place, at: QPointF) -> None:
        if path.is_ring and len(path.corners) >= 3:
            x, y = self._surface.view.screen_at(lat=path.corners[0][0], lon=path.corners[0][1])
            if hypot(at.x() - x, at.y() - y) <= CLOSE_REACH_PX:
                self._surface.finish_path(replace(path, cursor=None))
                return
        self.drag = path.with_corner(place)
        self._surface.show_drag()

    def double_click(self) -> bool:
        """The second click of two finishes a path; False when there is none."""
        if not isinstance(self.drag, Path):
            return False
        return self.finish()

    def finish(self) -> bool:
        """End a path as it is; False when it is none yet."""
        drag = self.drag
        if not isinstance(drag, Path) or not drag.is_whole:
            return isinstance(drag, Path)
        self.drag = None
        self._surface.finish_path(replace(drag, cursor=None))
        return True

    def take_back(self) -> bool:
        """The last corner; with the only one the path is gone. False when there is no path."""
        if not isinstance(self.drag, Path):
            return False
        corners = self.drag.corners[:-1]
        self.drag = replace(self.drag, corners=corners) if corners else None
        self._surface.show_drag()
        return True

    def cancel(self) -> None:
        self.drag = self.crosshair = None
        self._surface.show_drag()

    def wheel(self, at: QPointF, angle: float) -> None:
        """`angle` in eighths of a degree, positive away from the officer; touch pads send fractions of a notch."""
        self._wheel_rest += angle / WHEEL_NOTCH * STEPS_PER_NOTCH
        steps = floor(self._wheel_rest) if self._wheel_rest > 0 else -floor(-self._wheel_rest)
        if steps:
            self._wheel_rest -= steps
            self.zoom(steps, at)

    def zoom(self, steps: int, at: QPointF) -> None:
        """By quarter levels, around a pixel."""
        view = self._surface.view
        self._surface.show_view(view.zoomed(rested(view.zoom + steps * ZOOM_STEP), at.x(), at.y()))

    # --- keys -----------------------------------------------------------------------------------------------

    def begin_by_keys(self, tool: MapTool) -> None:
        """Take a tool up at the crosshair in the middle of the map."""
        self._surface.set_tool(tool)
        self.cancel()
        if self._shape is not Shape.NONE:
            self.crosshair = Crosshair(self, self._surface)
            self.crosshair.begin(self._shape)

    def key(self, key: int) -> bool:
        """False when the key means nothing to the map."""
        if self.crosshair is not None and self.crosshair.key(key):
            return True
        view = self._surface.view
        middle = QPointF(view.width / 2, view.height / 2)
        pans = {
            Qt.Key.Key_Left: (KEY_PAN_PX, 0.0),
            Qt.Key.Key_Right: (-KEY_PAN_PX, 0.0),
            Qt.Key.Key_Up: (0.0, KEY_PAN_PX),
            Qt.Key.Key_Down: (0.0, -KEY_PAN_PX),
        }
        match key:
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._surface.break_off_following()
                self._surface.show_view(view.panned(*pans[Qt.Key(key)]))
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(STEPS_PER_NOTCH, middle)
            case Qt.Key.Key_Minus | Qt.Key.Key_Underscore:
                self.zoom(-STEPS_PER_NOTCH, middle)
            case Qt.Key.Key_Home:
                self._surface.fit_area()
            case Qt.Key.Key_Escape:
                self._surface.escape()
            case _:
                return self._path_key(key)
        return True

    def _path_key(self, key: int) -> bool:
        match key:
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                return self.finish()
            case Qt.Key.Key_Backspace:
                return self.take_back()
            case _ if key in LETTERS:
                self.begin_by_keys(LETTERS[Qt.Key(key)])
                return True
            case _:
                return False

    def _pan_to(self, pan: Pan, point: Point) -> None:
        moved = hypot(point[0] - pan.pressed[0], point[1] - pan.pressed[1])
        if not pan.has_moved and moved < CLICK_REACH_PX:
            return
        self.drag = Pan(pan.pressed, point, has_moved=True)
        self._surface.break_off_following()
        self._surface.show_view(self._surface.view.panned(point[0] - pan.at[0], point[1] - pan.at[1]))
