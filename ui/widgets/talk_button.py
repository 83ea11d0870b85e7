"""The hold-to-talk button: down while the mouse or a finger is down on it, and never a moment longer."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.panels.card_face import Face, Tone
from ui.theme import Look, Theme
from ui.widgets.icons import paint_icon

SLIP_PX = 12
"""A hand that slips this far beyond the edge has not let go."""
_LOSSES = frozenset(
    {
        QEvent.Type.Hide,
        QEvent.Type.UngrabMouse,
        QEvent.Type.WindowDeactivate,
        QEvent.Type.ParentChange,
        QEvent.Type.TouchCancel,
    }
)


def fills(theme: Theme) -> dict[Tone, tuple[str, str]]:
    """Ground and text of each tone."""
    return {
        Tone.OFF: (theme.panel, theme.text_faint),
        Tone.CALM: (theme.hover, theme.text),
        Tone.HEAR: (theme.hear_fill, theme.on_hear),
        Tone.WAIT: (theme.wait_fill, theme.on_wait),
        Tone.TALK: (theme.talk_fill, theme.on_talk),
        Tone.TROUBLE: (theme.danger_fill, theme.on_danger),
        Tone.EMERGENCY: (theme.danger_fill, theme.on_danger),
    }


class TalkButton(QWidget):
    """`held` and `let_go` come in pairs."""

    held = Signal()
    let_go = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._face: Face | None = None
        self._is_down = False
        self._is_lit = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def is_down(self) -> bool:
        return self._is_down

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(66), self._look.px(50))

    def show_face(self, face: Face, *, is_lit: bool = True) -> None:
        """`is_lit` alternates while a face blinks."""
        self._face = face
        self._is_lit = is_lit
        self.setAccessibleName(face.button)
        if face.tone is Tone.OFF and self._is_down:
            self.lift()
        self.update()

    # --- down and up ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.press()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.lift()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        slip = self._look.px(SLIP_PX)
        inside = self.rect().adjusted(-slip, -slip, slip, slip).contains(event.position().toPoint())
        if not inside or not event.buttons() & Qt.MouseButton.LeftButton:
            self.lift()

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind in _LOSSES or (kind is QEvent.Type.EnabledChange and not self.isEnabled()):
            self.lift()
        return super().event(event)

    def press(self) -> None:
        """Down, unless there is nothing to press."""
        if not self._is_down and self._face is not None and self._face.tone is not Tone.OFF:
            self._is_down = True
            self.held.emit()
            self.update()

    def lift(self) -> None:
        if self._is_down:
            self._is_down = False
            self.let_go.emit()
            self.update()

    # --- painting -------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._face is None:
            return
        look, face = self._look, self._face
        ground, front = fills(look.theme)[face.tone]
        if face.blinks and not self._is_lit:
            ground, front = look.theme.raised, look.theme.text
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look.theme.accent if self._is_down else look.theme.line_strong
        width = look.px(3) if self._is_down else 1
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(ground))
        inside = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(inside, look.px(6), look.px(6))
        side = look.px(20)
        place = QRectF((self.width() - side) / 2, self.height() / 2 - side - look.px(1), side, side)
        paint_icon(painter, "microphone" if face.tone is not Tone.OFF else "microphone_off", front, place)
        painter.setPen(QColor(front))
        painter.setFont(look.font(px=12, is_bold=True))
        words = painter.fontMetrics().elidedText(face.button, Qt.TextElideMode.ElideRight, self.width() - look.px(4))
        lower = QRectF(0, self.height() / 2, self.width(), self.height() / 2 - look.px(3))
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, words)
