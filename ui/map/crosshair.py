"""Drawing by keys alone: a crosshair stays in the middle of the map, arrows move the map under it, plus and minus
size a circle, Enter sets a corner or finishes."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from ui.map.strokes import Box, Drag, Path, Place, Point, Span
from ui.map.tools import Shape
from ui.map.view import View

if TYPE_CHECKING:
    from ui.map.gestures import Surface

STEP_PX = 40.0
FIRST_RADIUS_PX = 90.0
GROWTH = 1.25


class Held(Protocol):
    """Where the shape under way is kept."""

    drag: Drag | None

    def take_back(self) -> bool: ...
    def finish(self) -> bool: ...
    def cancel(self) -> None: ...


_MOVES: dict[int, Point] = {
    Qt.Key.Key_Left: (STEP_PX, 0.0),
    Qt.Key.Key_Right: (-STEP_PX, 0.0),
    Qt.Key.Key_Up: (0.0, STEP_PX),
    Qt.Key.Key_Down: (0.0, -STEP_PX),
}
_SIZES: dict[int, float] = {
    Qt.Key.Key_Plus: GROWTH,
    Qt.Key.Key_Equal: GROWTH,
    Qt.Key.Key_Minus: 1 / GROWTH,
    Qt.Key.Key_Underscore: 1 / GROWTH,
}


class Crosshair:
    def __init__(self, held: Held, surface: "Surface") -> None:
        self._held = held
        self._surface = surface
        self._shape = Shape.NONE
        self._corner: Place | None = None
        """The first corner of a box: the map may move before the second."""

    @property
    def _view(self) -> View:
        return self._surface.view

    @property
    def _middle(self) -> Place:
        return self._view.place_at(self._view.width / 2, self._view.height / 2)

    def begin(self, shape: Shape) -> None:
        self._shape = shape
        match shape:
            case Shape.CIRCLE:
                view = self._view
                end = view.place_at(view.width / 2 + FIRST_RADIUS_PX, view.height / 2)
                self._held.drag = Span(*self._middle, *end, is_circle=True)
            case Shape.LINE | Shape.RING:
                self._held.drag = Path((), self._middle, is_ring=shape is Shape.RING)
            case _:
                pass
        self._surface.show_drag()

    def key(self, key: int) -> bool:
        """False for what it leaves to the map."""
        if key in _MOVES:
            self._surface.break_off_following()
            self._surface.show_view(self._view.panned(*_MOVES[key]))
            self._follow()
        elif key in _SIZES and isinstance(self._held.drag, Span):
            self._size(self._held.drag, _SIZES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            return False
        return True

    def _follow(self) -> None:
        """What is under way goes with the crosshair."""
        lat, lon = self._middle
        match self._held.drag:
            case Span() as span:
                self._held.drag = replace(
                    span,
                    lat=lat,
                    lon=lon,
                    end_lat=span.end_lat + lat - span.lat,
                    end_lon=span.end_lon + lon - span.lon,
                )
            case Path() as path:
                self._held.drag = replace(path, cursor=(lat, lon))
            case _ if self._corner is not None:
                self._held.drag = self._box(self._corner)
        self._surface.show_drag()

    def _size(self, span: Span, factor: float) -> None:
        self._held.drag = replace(
            span,
            end_lat=span.lat + (span.end_lat - span.lat) * factor,
            end_lon=span.lon + (span.end_lon - span.lon) * factor,
        )
        self._surface.show_drag()

    def _enter(self) -> None:
        drag = self._held.drag
        match drag:
            case Span():
                self._held.cancel()
                self._surface.finish_span(drag)
            case Path():
                self._enter_corner(drag)
            case _ if self._corner is None:
                self._begin_corner()
            case _:
                box = self._box(self._corner)
                self._held.cancel()
                self._surface.choose_box(box, is_adding=False)

    def _begin_corner(self) -> None:
        """Of a box; a point is set at once."""
        if self._shape is Shape.POINT:
            self._held.cancel()
            self._surface.finish_point(self._middle)
        else:
            self._corner = self._middle
            self._held.drag = self._box(self._corner)
            self._surface.show_drag()

    def _enter_corner(self, path: Path) -> None:
        """The same place twice ends the path."""
        if path.corners and path.corners[-1] == self._middle:
            if path.is_whole:
                self._held.cancel()
                self._surface.finish_path(replace(path, cursor=None))
            return
        self._held.drag = path.with_corner(self._middle)
        self._surface.show_drag()

    def _box(self, corner: Place) -> Box:
        middle = (self._view.width / 2, self._view.height / 2)
        return Box(self._view.screen_at(lat=corner[0], lon=corner[1]), middle)
