"""What the officer does with mouse and keys, turned into wishes. A state machine without painting or selection."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import floor, hypot
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from comms.domain.position import distance_m
from ui.map.view import ZOOM_STEP, View, rested

CLICK_REACH_PX = 4.0
"""A press that moved less than this before its release is a click."""
WHEEL_NOTCH = 120
STEPS_PER_NOTCH = 2
KEY_PAN_PX = 120.0

Point = tuple[float, float]


class MapTool(StrEnum):
    """What dragging with the left button does."""

    PAN = "pan"
    CIRCLE = "circle"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Pan:
    pressed: Point
    at: Point
    has_moved: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle between two pixels."""

    first: Point
    second: Point


@dataclass(frozen=True, slots=True)
class Span:
    """From a place (degrees) to another: the radius of a circle, or a measured line."""

    lat: float
    lon: float
    end_lat: float
    end_lon: float
    is_circle: bool

    @property
    def length_m(self) -> float:
        return distance_m(lat_a=self.lat, lon_a=self.lon, lat_b=self.end_lat, lon_b=self.end_lon)


Drag = Pan | Box | Span


class Surface(Protocol):
    """What gestures act on."""

    @property
    def view(self) -> View: ...
    def show_view(self, view: View) -> None: ...
    def break_off_following(self) -> None: ...
    def click(self, px: float, py: float, *, is_adding: bool) -> None: ...
    def choose_box(self, box: Box, *, is_adding: bool) -> None: ...
    def finish_span(self, span: Span) -> None: ...
    def hover(self, px: float, py: float) -> None: ...
    def show_drag(self) -> None: ...
    def fit_area(self) -> None: ...
    def escape(self) -> None: ...


class Gestures:
    """`tool` is set from outside; a drag in progress ends with its release or with `cancel`."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self.tool = MapTool.PAN
        self.drag: Drag | None = None
        self._wheel_rest = 0.0

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        point = (at.x(), at.y())
        if self.tool is not MapTool.PAN:
            lat, lon = self._surface.view.place_at(*point)
            self.drag = Span(lat, lon, lat, lon, is_circle=self.tool is MapTool.CIRCLE)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
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

    def release(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        drag, self.drag = self.drag, None
        is_adding = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        match drag:
            case None:
                pass
            case Pan():
                if not drag.has_moved:
                    self._surface.click(at.x(), at.y(), is_adding=is_adding)
            case Box():
                self._surface.choose_box(replace(drag, second=(at.x(), at.y())), is_adding=is_adding)
            case Span():
                lat, lon = self._surface.view.place_at(at.x(), at.y())
                self._surface.finish_span(replace(drag, end_lat=lat, end_lon=lon))

    def cancel(self) -> None:
        self.drag = None
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

    def key(self, key: int) -> bool:
        """False when the key means nothing to the map."""
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
                return False
        return True

    def _pan_to(self, pan: Pan, point: Point) -> None:
        moved = hypot(point[0] - pan.pressed[0], point[1] - pan.pressed[1])
        if not pan.has_moved and moved < CLICK_REACH_PX:
            return
        self.drag = Pan(pan.pressed, point, has_moved=True)
        self._surface.break_off_following()
        self._surface.show_view(self._surface.view.panned(point[0] - pan.at[0], point[1] - pan.at[1]))
