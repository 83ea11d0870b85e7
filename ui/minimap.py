"""鹰眼: the whole area in a corner of the map with the view's rectangle; a click or drag moves the map there."""

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from ui.commands import BY_ID
from ui.map.gestures import STEPS_PER_NOTCH, WHEEL_NOTCH
from ui.map.map_widget import MapWidget
from ui.map.minimap_overlay import MinimapOverlay
from ui.map.view import ZOOM_STEP, View, rested
from ui.text import Texts
from ui.theme import Look
from ui.widgets.command_button import key_words

WIDTH_PX, HEIGHT_PX, BUTTON_PX, INSET_PX = 168, 116, 22, 8
_MOVES = {
    Qt.Key.Key_Left: (0.5, 0.0),
    Qt.Key.Key_Right: (-0.5, 0.0),
    Qt.Key.Key_Up: (0.0, 0.5),
    Qt.Key.Key_Down: (0.0, -0.5),
}
"""In views."""


class Minimap(QWidget):
    """Takes the mouse where the overview is drawn, and draws nothing itself. It lies below everything else over the
    map, so that it covers nothing that can be pressed. `foldWanted` is whether it is to be folded away."""

    foldWanted = Signal(bool)

    def __init__(self, desk_map: MapWidget, look: Look, text: Texts) -> None:
        super().__init__(desk_map)
        self.setObjectName("minimap")
        self._map = desk_map
        self._look = look
        self._text = text
        self.overlay = MinimapOverlay(desk_map.drawing.live)
        desk_map.drawing.overlays.add(self.overlay)
        desk_map.drawing.units.covers.append(self)
        desk_map.installEventFilter(self)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        self.hide()
        self.lower()
        self._read()

    @property
    def picture_size(self) -> QSize:
        return QSize(self._look.px(WIDTH_PX), self._look.px(HEIGHT_PX))

    def show_picture(self, picture: QImage, overview: View) -> None:
        self.overlay.picture, self.overlay.overview = picture, overview
        self._place()
        self.show()

    def forget(self) -> None:
        """There is no area."""
        self.overlay.picture = self.overlay.overview = None
        self.hide()

    @property
    def is_folded(self) -> bool:
        return self.overlay.is_folded

    def fold(self, is_folded: bool) -> None:
        self.overlay.is_folded = is_folded
        self._read()

    def _read(self) -> None:
        self.setAccessibleName(self._text("minimap.name"))
        self.setToolTip(f"{self._text('command.minimap')}  {key_words(BY_ID['minimap'].keys[0])}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if self.is_folded else Qt.FocusPolicy.TabFocus)
        self._place()

    def _place(self) -> None:
        """In the lower left corner. The part to fold it by stays where it is."""
        side, inset = self._look.px(BUTTON_PX), self._look.px(INSET_PX)
        size = QSize(side, side) if self.is_folded else self.picture_size
        low = self._map.height() - self._map.status_line.height() - inset
        self.overlay.frame = QRect(inset, low - size.height(), size.width(), size.height())
        self.overlay.fold_rect = QRect(inset, low - side, side, side)
        self.setGeometry(self.overlay.frame)
        self._show_anew()

    def _show_anew(self) -> None:
        self.overlay.renew()
        self._map.schedule()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._show_focus(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._show_focus(event)

    def _show_focus(self, event: QFocusEvent) -> None:
        self.overlay.has_focus = event.gotFocus()
        self._map.schedule()

    # --- moving the map ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.overlay.fold_rect.contains(self.mapToParent(event.position()).toPoint()):
            self.foldWanted.emit(not self.is_folded)
        else:
            self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        overview = self.overlay.overview
        if event.buttons() == Qt.MouseButton.LeftButton and overview is not None and not self.is_folded:
            x = min(max(event.position().x(), 0.0), float(self.width()))
            y = min(max(event.position().y(), 0.0), float(self.height()))
            self._map.break_off_following()
            self._map.show_view(self._map.view.centred(*overview.world_at(x, y)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """About the middle of the map: the place under the pointer is not in sight there."""
        view, steps = self._map.view, event.angleDelta().y() / WHEEL_NOTCH * STEPS_PER_NOTCH
        self._map.show_view(view.zoomed(rested(view.zoom + steps * ZOOM_STEP), view.width / 2, view.height / 2))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = _MOVES.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
        else:
            view = self._map.view
            self._map.break_off_following()
            self._map.show_view(view.panned(move[0] * view.width, move[1] * view.height))

    def contextMenuEvent(self, event: QEvent) -> None:
        event.accept()  # not about the place beneath
