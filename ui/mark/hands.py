"""Mouse and keys on the chosen mark, looked at before the map takes them."""

from math import hypot

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent

from ui.map.gestures import CLICK_REACH_PX
from ui.map.grip import WHOLE, Grip
from ui.map.grips import Grips
from ui.map.map_widget import MapWidget
from ui.map.mark_overlay import KIND, MarkOverlay
from ui.map.mark_shaping import MarkShaping
from ui.map.picking import PickedOverlay, Picker
from ui.map.tools import MapTool
from ui.text import Texts

STEP_PX, FINE_PX = 10.0, 1.0
EDGE_PX = 60
"""What keys move is kept so far from the map's edge."""
_MOVES = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class MarkHands(QObject):
    """`shaped` carries the mark as it is to be; `left` tells of a click beside it."""

    shaped = Signal(object)
    left = Signal()
    menuWanted = Signal()
    eraseWanted = Signal()

    def __init__(self, desk_map: MapWidget, overlay: MarkOverlay, grips: Grips, text: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._grips = grips
        self._text = text
        self._picker = Picker(desk_map.drawing)
        self._pressed: QPointF | None = None
        self._is_dragging = False
        self.shaping = MarkShaping(overlay, grips)

    def begin_by_keys(self) -> None:
        """The whole of the chosen mark is in hand."""
        mark = self._grips.mark
        if mark is not None:
            self._map.set_tool(MapTool.PAN)
            self._map.setFocus()
            self._grips.hint = self._text("mark.keys")
            self.shaping.begin(mark, WHOLE)
            self._map.schedule()

    def give_up(self) -> bool:
        """False when nothing was in hand."""
        was_on = self.shaping.is_on
        self._is_dragging = False
        self._grips.hint = ""
        if was_on:
            self.shaping.give_up()
            self._map.schedule()
        return was_on

    def _finish(self) -> None:
        self._is_dragging = False
        self._grips.hint = ""
        mark = self.shaping.end()
        if mark is not None:
            self.shaped.emit(mark)
        self._map.schedule()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self._map.tool is not MapTool.PAN:
            return False
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QKeyEvent):
            return event.type() is QEvent.Type.KeyPress and self._key(event)
        is_asked = isinstance(event, QContextMenuEvent) and event.reason() is QContextMenuEvent.Reason.Keyboard
        if is_asked and not self._map.selected:
            self.menuWanted.emit()
            return True
        return False

    # --- mouse ------------------------------------------------------------------------------------------

    def _mouse(self, event: QMouseEvent) -> bool:
        at, is_left = event.position(), event.button() is Qt.MouseButton.LeftButton
        match event.type():
            case QEvent.Type.MouseButtonPress if is_left:
                return self._press(at, event.modifiers())
            case QEvent.Type.MouseMove if self._is_dragging:
                self._pull(at)
                return True
            case QEvent.Type.MouseMove if event.buttons() == Qt.MouseButton.NoButton:
                self._show_cursor(at)
            case QEvent.Type.MouseButtonRelease if is_left:
                return self._release(at)
            case _:
                pass
        return False

    def _grip_at(self, at: QPointF) -> Grip | None:
        """A grip before all else; the rest of the mark where nothing lies above it."""
        view, mark = self._map.view, self._grips.mark
        if mark is None:
            return None
        grip = self._grips.grip_at(view, at.x(), at.y(), self._map.drawing.scale)
        if grip is not None:
            return grip
        picked = self._picker.pick(view, at.x(), at.y(), after=None)
        is_own = isinstance(picked, PickedOverlay) and (picked.hit.kind, picked.hit.id) == (KIND, mark.id)
        return WHOLE if is_own else None

    def _press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        mark, grip = self._grips.mark, self._grip_at(at)
        self._pressed = at
        if mark is None or grip is None or modifiers != Qt.KeyboardModifier.NoModifier:
            return False
        self._map.setFocus()
        self._is_dragging = True
        self.shaping.begin(mark, grip)
        self._map.schedule()
        return True

    def _pull(self, at: QPointF) -> None:
        assert self._pressed is not None
        off, scale = at - self._pressed, self._map.view.scale
        if hypot(off.x(), off.y()) >= CLICK_REACH_PX:
            self.shaping.pull(off.x() / scale, off.y() / scale)
            self._map.schedule()

    def _release(self, at: QPointF) -> bool:
        if self._is_dragging:
            self._finish()
            return True
        pressed, self._pressed = self._pressed, None
        if pressed is not None and hypot(at.x() - pressed.x(), at.y() - pressed.y()) < CLICK_REACH_PX:
            self.left.emit()
        return False

    def _show_cursor(self, at: QPointF) -> None:
        shape = Qt.CursorShape.SizeAllCursor if self._grip_at(at) is not None else Qt.CursorShape.ArrowCursor
        if self._map.cursor().shape() is not shape:
            self._map.setCursor(shape)

    # --- keys -------------------------------------------------------------------------------------------

    def _key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
        if plain != Qt.KeyboardModifier.NoModifier:
            return False
        if self.shaping.is_on:
            return self._shape_key(event)
        match event.key():
            case Qt.Key.Key_E:
                self.begin_by_keys()
            case Qt.Key.Key_Delete:
                self.eraseWanted.emit()
            case _:
                return False
        return True

    def _shape_key(self, event: QKeyEvent) -> bool:
        """Arrows move what is held (with Shift finely), Tab holds the next corner, Enter keeps it."""
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case key if key in _MOVES:
                right, down = _MOVES[Qt.Key(key)]
                step = (FINE_PX if is_fine else STEP_PX) / self._map.view.scale
                self.shaping.nudge(right * step, down * step)
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                self.shaping.step(-1 if event.key() == Qt.Key.Key_Backtab else 1)
            case Qt.Key.Key_Insert:
                self.shaping.add()
            case Qt.Key.Key_Delete:
                self.shaping.drop()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._finish()
                return True
            case _:
                return False
        self._keep_in_sight()
        self._map.schedule()
        return True

    def _keep_in_sight(self) -> None:
        lat, lon = self.shaping.spot
        x, y = self._map.view.screen_at(lat=lat, lon=lon)
        room = self._map.rect().adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        if not room.contains(round(x), round(y)):
            self._map.centre_on(lat, lon)
