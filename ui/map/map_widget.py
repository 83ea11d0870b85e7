"""The map: what the officer looks at all day, with mouse and keys."""

from collections.abc import Iterable
from typing import assert_never

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import UnitId
from comms.domain.order import CircleTarget
from console.store.store import Store
from ui.map.captions import Captions, Hovered
from ui.map.drawing import Shown
from ui.map.furniture import Card
from ui.map.gestures import Gestures
from ui.map.map_canvas import MapCanvas
from ui.map.palette import MapPalette
from ui.map.picking import PickedBubble, PickedGround, PickedOrder, PickedOverlay, PickedUnit, Picker
from ui.map.pointed import Pointed
from ui.map.strokes import Box, Pan, Path, Place, Span
from ui.map.tools import CALLING, COUNTING, MARKING, OUTLINING, MapTool
from ui.map.unit_columns import Rows
from ui.text import Texts

BUBBLE_STEPS = 6
"""A click on a bubble comes closer by so many quarter levels."""
DOUBLE_CLICK_STEPS = 4
LEAST_SPAN_M = 1.0
"""A shorter drag with a tool was a slip."""


class MapWidget(MapCanvas):
    """Signals tell what the officer did here; what is set by other panels (`select`) is not told back."""

    unitSelected = Signal(str)
    """One unit is selected now, by a click or because a box held one."""
    unitsSelected = Signal(list)
    """Every change of the selection made on the map: all selected unit ids, maybe none."""
    contextRequested = Signal(object, float, float)
    """Unit id or None, latitude, longitude: the menu of what can be done there is wanted."""
    circleDrawn = Signal(float, float, float)
    """Latitude, longitude, radius in metres; units inside are selected just before."""
    areaCalled = Signal(object)
    """A CircleTarget or PolygonTarget: everybody inside is to be called, now."""
    areaOutlined = Signal(object, object)
    """The MapTool, and a CircleTarget or PolygonTarget drawn with it."""
    shapeDrawn = Signal(object, object)
    """A MarkKind and its points (latitude, longitude): drawn to be shared."""
    placePicked = Signal(float, float)
    """Latitude, longitude of a place that a sheet asked for."""
    gridSelected = Signal(str)
    orderSelected = Signal(str)
    overlayPicked = Signal(str, str)
    """Kind and id of what an overlay has under the click (`ui.map.overlay.Hit`)."""
    toolChanged = Signal(object)
    """The MapTool in hand now."""

    def __init__(
        self, store: Store, text: Texts, palette: MapPalette, *, scale: float = 1.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(store, text, palette, scale=scale, parent=parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._picker = Picker(self._drawing)
        self._gestures = Gestures(self)
        self._captions = Captions(self._live, text)
        self.pointed = Pointed(self._status_line, self)
        self._tells_crosshair = False
        """The status line is about the crosshair, not the pointer."""
        self._selected: tuple[UnitId, ...] = ()
        self._hovered = Hovered()
        self._grid_row: int | None = None
        self._note: Card | None = None
        self._span: Span | None = None
        self._path: Path | None = None
        self._counted = False
        """The path says how many units are inside, not how large it is."""

    # --- selection and tools ------------------------------------------------------------------------------

    @property
    def selected(self) -> tuple[UnitId, ...]:
        return self._selected

    def select(self, unit_ids: Iterable[UnitId]) -> None:
        """Show these as selected, without telling anybody."""
        self._selected = tuple(dict.fromkeys(unit_ids))
        self.schedule()

    @property
    def tool(self) -> MapTool:
        return self._gestures.tool

    def set_tool(self, tool: MapTool) -> None:
        """A tool is put down after one use."""
        if tool is not self._gestures.tool:
            self._gestures.cancel()
            self._gestures.tool = tool
            self.setCursor(Qt.CursorShape.ArrowCursor if tool is MapTool.PAN else Qt.CursorShape.CrossCursor)
            self.toolChanged.emit(tool)

    def begin_by_keys(self, tool: MapTool) -> None:
        """Take a tool up with the crosshair; the mouse may go on with it."""
        self.setFocus()
        self._gestures.begin_by_keys(tool)

    def clear_shapes(self) -> None:
        """Take the drawn circle or line, and the mark of a selected grid, off the map."""
        self._span = self._path = self._grid_row = None
        self.update()

    def _choose(self, rows: Rows, *, is_adding: bool) -> None:
        chosen = self._live.columns.unit_ids(rows)
        self._say_selected((*self._selected, *chosen) if is_adding else tuple(chosen))

    def _say_selected(self, unit_ids: Iterable[UnitId]) -> None:
        before = self._selected
        self.select(unit_ids)
        if self._selected != before:
            self.unitsSelected.emit(list(self._selected))
            if len(self._selected) == 1:
                self.unitSelected.emit(self._selected[0])

    # --- the surface gestures act on ------------------------------------------------------------------------

    def show_note(self, note: Card | None) -> None:
        """A card beside a point of the world, until the next click or another card."""
        self._note = note
        self.schedule()

    def break_off_following(self) -> None:
        if self.followed is not None:
            self.follow(None)

    def click(self, px: float, py: float, *, is_adding: bool) -> None:
        after = self._selected[0] if len(self._selected) == 1 and not is_adding else None
        self._note = None
        picked = self._picker.pick(self.view, px, py, after=after)
        match picked:
            case PickedUnit(unit_id):
                rest = tuple(held for held in self._selected if held != unit_id)
                is_taken_out = is_adding and len(rest) < len(self._selected)
                self._say_selected(rest if is_taken_out else (*rest, unit_id) if is_adding else (unit_id,))
            case PickedOrder(order_id):
                self.orderSelected.emit(order_id)
            case PickedBubble(bubble_px, bubble_py):
                self._gestures.zoom(BUBBLE_STEPS, QPointF(bubble_px, bubble_py))
            case PickedOverlay(hit):
                self.overlayPicked.emit(hit.kind, hit.id)
            case PickedGround(grid_row):
                if not is_adding:
                    self._pick_ground(grid_row)
            case _:
                assert_never(picked)
        self.update()

    def _pick_ground(self, grid_row: int | None) -> None:
        self._span, self._path, self._grid_row = None, None, grid_row
        self._say_selected(())
        if grid_row is not None:
            self.gridSelected.emit(self._picker.grid_id(grid_row))

    def choose_box(self, box: Box, *, is_adding: bool) -> None:
        self.set_tool(MapTool.PAN)
        self._choose(self._live.columns.in_box(self.view, box.first, box.second), is_adding=is_adding)

    def finish_span(self, span: Span) -> None:
        if span.length_m < LEAST_SPAN_M:
            return
        tool = self.tool
        self.set_tool(MapTool.PAN)
        self._span, self._path = span, None
        if tool in MARKING:
            self._span = None
            self.shapeDrawn.emit(MARKING[tool], ((span.lat, span.lon), (span.end_lat, span.end_lon)))
        elif tool in CALLING | OUTLINING:
            self._span = None  # the circle stays with the call, or on the sheet
            self._say_area(tool, CircleTarget(lat=span.lat, lon=span.lon, radius_m=span.length_m))
        elif span.is_circle:
            self._choose(self._captions.rows_in(span), is_adding=False)
            self.circleDrawn.emit(span.lat, span.lon, span.length_m)
        self.update()

    def finish_path(self, path: Path) -> None:
        tool = self.tool
        self.set_tool(MapTool.PAN)
        self._span, self._path, self._counted = None, path, tool in COUNTING
        if tool in MARKING:
            self._path = None
            self.shapeDrawn.emit(MARKING[tool], path.corners)
        elif tool in CALLING | OUTLINING:
            self._path = None
            self._say_area(tool, PolygonTarget(corners=path.corners))
        elif tool in COUNTING:
            self._choose(self._captions.rows_inside(path), is_adding=False)
        self.update()

    def _say_area(self, tool: MapTool, area: CircleTarget | PolygonTarget) -> None:
        if tool in CALLING:
            self.areaCalled.emit(area)
        else:
            self.areaOutlined.emit(tool, area)

    def finish_point(self, place: Place) -> None:
        tool = self.tool
        self.set_tool(MapTool.PAN)
        if tool in MARKING:
            self.shapeDrawn.emit(MARKING[tool], (place,))
        elif tool is MapTool.PLACE:
            self.placePicked.emit(*place)

    def hover(self, px: float, py: float) -> None:
        order = self._picker.order_at(self.view, px, py)
        units = self._picker.units_at(self.view, px, py) if order is None else []
        now = Hovered(units[0] if units else None, order.order_id if order is not None else None, px, py)
        if not now.is_same(self._hovered):
            self.update()
        self._hovered = now
        self._tells_crosshair = False
        if 0 <= py < self.view.height:
            self._tell_place(px, py)
        else:
            self.pointed.clear()

    def _tell_place(self, px: float, py: float) -> None:
        grid = self._captions.grid(self._picker.grid_name_at(self.view, px, py))
        self.pointed.say(self._captions.place(self.view, px, py), grid, self.view.place_at(px, py))

    def show_drag(self) -> None:
        if self._gestures.crosshair is not None:
            self._tells_crosshair = True
            self._tell_place(self.view.width / 2, self.view.height / 2)
        elif self._tells_crosshair:
            self._tells_crosshair = False
            self.pointed.clear()
        self.update()

    def escape(self) -> None:
        """Gives up, one step at a time: the drag, the tool, the drawing, following, the selection."""
        if self._gestures.drag is not None:
            self._gestures.cancel()
        elif self.tool is not MapTool.PAN:
            self.set_tool(MapTool.PAN)
        elif any(shape is not None for shape in (self._span, self._path, self._grid_row)):
            self.clear_shapes()
        elif self.followed is not None:
            self.follow(None)
        else:
            self._say_selected(())

    # --- frames -------------------------------------------------------------------------------------------

    def shown(self) -> Shown:
        drag, captions, palette = self._gestures.drag, self._captions, self._drawing.palette
        span = drag if isinstance(drag, Span) else self._span
        box = drag if isinstance(drag, Box) else None
        path = drag if isinstance(drag, Path) else self._path
        card = captions.card(self.view, self._hovered, palette, self._drawing.scale) if drag is None else None
        hovered = self._hovered.unit_id if card is not None else None
        note = self._note
        if card is None and note is not None and drag is None:
            card = Card(*self.view.screen_of(note.x, note.y), note.lines)
        return Shown(
            emphasis=self._live.emphasis(selected=self._selected, hovered=hovered, is_beat=self._pulse.is_beat),
            grid_row=self._grid_row,
            box=box,
            span=span,
            path=path,
            has_crosshair=self._gestures.crosshair is not None,
            tag=self._tag(box, span, path),
            banner=captions.following(self.followed),
            card=card,
            north=self._text("map.north"),
        )

    def _tag(self, box: Box | None, span: Span | None, path: Path | None) -> str:
        if box is not None:
            return self._captions.box(self.view, box)
        if path is not None:
            counts = self.tool in COUNTING or (path is self._path and self._counted)
            return self._captions.path(path, counts=counts)
        return self._captions.span(span) if span is not None else ""

    # --- mouse and keys -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._gestures.press(event.position(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._gestures.move(event.position())
        if isinstance(self._gestures.drag, Pan) and self._gestures.drag.has_moved:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._gestures.release(event.position(), event.modifiers())
            if self.tool is MapTool.PAN:
                self.setCursor(Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._gestures.double_click():
            return
        if self.tool is MapTool.PAN:
            self._gestures.zoom(DOUBLE_CLICK_STEPS, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._gestures.wheel(event.position(), event.angleDelta().y())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
        if plain != Qt.KeyboardModifier.NoModifier or not self._gestures.key(event.key()):
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = Hovered()
        if not self._tells_crosshair:
            self.pointed.clear()
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        chosen = self._selected[0] if self._selected else None
        asked = self._picker.asked_about(self.view, event.pos().x(), event.pos().y(), chosen, by_key=by_key)
        if asked.unit_id is not None and asked.unit_id not in self._selected:
            self._say_selected((asked.unit_id,))
        self.contextRequested.emit(asked.unit_id, asked.lat, asked.lon)
        event.accept()
