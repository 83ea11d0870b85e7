"""The time line of a replay: how much happened when, what is looped, bookmarks, and the moment that is shown. Press and
drag to go there, turn the wheel to look closer."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui.map.lettering import map_font
from ui.replay.stretch import Stretch
from ui.theme import Look
from ui.words import clock_minute, clock_time, day, utc_offset_s

HEIGHT_PX, FOOT_PX, HEAD_PX = 52, 15, 11
BAR_PX = 3
_TICKS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800)
ZOOM_STEP = 1.25
FLOOD_SHARE = 0.97
"""Of the parts in which something happened, so many are drawn in proportion."""


class TimeLine(QWidget):
    sought = Signal(float)
    """The officer wants this moment (Unix seconds), perhaps one of many while the mouse is dragged."""
    dragging = Signal(bool)
    resized = Signal()
    pointed = Signal(float)
    """The mouse rests over this moment."""

    def __init__(self, stretch: Stretch, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("replay_timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._stretch, self._look = stretch, look
        self._density: tuple[float, ...] = ()
        self._marks: tuple[tuple[float, str], ...] = ()
        self._bookmarks: tuple[float, ...] = ()
        self._loop: tuple[float | None, float | None] = (None, None)
        self._at = 0.0
        self._wish: float | None = None
        self._is_dragging = False
        stretch.changed.connect(self.update)
        look.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setFixedHeight(self._look.px(HEIGHT_PX))
        self.update()

    # --- what it shows --------------------------------------------------------------------------------------

    @property
    def bars(self) -> int:
        """How many parts of the stretch `show_density` is to be given."""
        return max(1, self.width() // BAR_PX)

    def show_density(self, counts: Sequence[float]) -> None:
        """How many events in each part. A flood must not flatten the rest: the tallest are cut."""
        busy = sorted(count for count in counts if count)
        most = busy[int(len(busy) * FLOOD_SHARE)] if busy else 1.0
        self._density = tuple(min(1.0, (count / most) ** 0.5) for count in counts)
        self.update()

    def show_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Moments and their colours."""
        self._marks = tuple(marks)
        self.update()

    @property
    def marks(self) -> tuple[tuple[float, str], ...]:
        return self._marks

    def show_bookmarks(self, moments: Sequence[float]) -> None:
        self._bookmarks = tuple(moments)
        self.update()

    def show_loop(self, from_at: float | None, to_at: float | None) -> None:
        if self._loop != (from_at, to_at):
            self._loop = (from_at, to_at)
            self.update()

    def show_moment(self, at: float) -> None:
        if at != self._at:
            self._at = at
            self.update()

    def show_wish(self, at: float | None) -> None:
        """A ghost where the officer wants to be, while it is being read."""
        if at != self._wish:
            self._wish = at
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    # --- the mouse ------------------------------------------------------------------------------------------

    def _at_of(self, x: float) -> float:
        return self._stretch.at_of(x, self.width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_dragging = True
            self.dragging.emit(True)
            self.sought.emit(self._at_of(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at_of(event.position().x())
        if self._is_dragging:
            self.sought.emit(at)
        else:
            self.pointed.emit(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging and event.button() is Qt.MouseButton.LeftButton:
            self._is_dragging = False
            self.dragging.emit(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click is one more press."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn_by_wheel(self._stretch, event, self.width())

    # --- looks ----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._look.theme, self._look.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(0, 0, self.width(), self.height() - px(FOOT_PX))
        painter.fillRect(ground, QColor(theme.inset))
        self._draw_loop(painter, ground)
        wide = ground.width() / max(1, len(self._density))
        room = ground.height() - px(HEAD_PX)
        fill = self._look.colour(theme.info, alpha=0.75)
        for index, share in enumerate(self._density):
            if share > 0:
                high = max(2.0, share * room)
                painter.fillRect(QRectF(index * wide, ground.bottom() - high, max(1.0, wide - 1), high), fill)
        self._draw_marks(painter)
        draw_ticks(painter, self._stretch, ground, self.height(), self._look)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.accent if self.hasFocus() else theme.line_strong), 1))
        painter.drawRect(ground.adjusted(0.5, 0.5, -0.5, -0.5))
        if self._wish is not None:
            draw_cursor(painter, self._stretch, self._wish, ground, self._look, is_ghost=True)
        draw_cursor(painter, self._stretch, self._at, ground, self._look, is_ghost=False)
        painter.end()

    def _draw_loop(self, painter: QPainter, ground: QRectF) -> None:
        from_at, to_at = self._loop
        theme = self._look.theme
        if from_at is not None and to_at is not None:
            left, right = (self._stretch.x_of(at, self.width()) for at in (from_at, to_at))
            painter.fillRect(
                QRectF(left, 0, right - left, ground.height()), self._look.colour(theme.violet, alpha=0.22)
            )
        painter.setPen(QPen(QColor(theme.violet), self._look.px(2)))
        for at in (from_at, to_at):
            if at is not None:
                x = self._stretch.x_of(at, self.width())
                painter.drawLine(QPointF(x, 0), QPointF(x, ground.bottom()))

    def _draw_marks(self, painter: QPainter) -> None:
        px, theme = self._look.px, self._look.theme
        for at, colour in self._marks:
            x = self._stretch.x_of(at, self.width())
            painter.fillRect(QRectF(x - 1, 2, max(2, px(2)), px(HEAD_PX) - 3), QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.warn))
        side = px(5)
        for at in self._bookmarks:
            x = self._stretch.x_of(at, self.width())
            painter.drawPolygon(QPolygonF([QPointF(x - side, 0), QPointF(x + side, 0), QPointF(x, side * 1.6)]))


def turn_by_wheel(stretch: Stretch, event: QWheelEvent, width: int, *, left: float = 0.0) -> None:
    """Up and down: closer and further, around the mouse; sideways or with Shift: earlier and later. The line is so
    wide, and begins at `left`."""
    turned, aside = event.angleDelta().y() / 120, event.angleDelta().x() / 120
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or aside:
        stretch.pan(-(aside or turned) * stretch.seconds * 0.1)
    elif turned:
        stretch.zoom(ZOOM_STEP**turned, around=stretch.at_of(event.position().x() - left, width))
    event.accept()


def draw_cursor(painter: QPainter, stretch: Stretch, at: float, ground: QRectF, look: Look, *, is_ghost: bool) -> None:
    x = stretch.x_of(at, ground.width())
    pen = QPen(look.colour(look.theme.danger, alpha=0.5 if is_ghost else 1.0), look.px(2))
    if is_ghost:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawLine(QPointF(x, ground.top()), QPointF(x, ground.bottom()))


def draw_ticks(painter: QPainter, stretch: Stretch, ground: QRectF, height: int, look: Look) -> None:
    """Times of day at round moments; a day's beginning is its date."""
    font = map_font(look.px(10))
    painter.setFont(font)
    step = tick_step(stretch.seconds, ground.width() / (QFontMetricsF(font).horizontalAdvance("00:00:00") * 1.5))
    offset = utc_offset_s(stretch.from_at)
    at = ((stretch.from_at + offset) // step + 1) * step - offset
    while at < stretch.to_at:
        x = stretch.x_of(at, ground.width())
        is_day = (at + offset) % 86_400 == 0
        words = day(at)[5:] if is_day else clock_minute(at) if step >= 60 else clock_time(at)
        painter.setPen(QColor(look.theme.line_strong))
        painter.drawLine(QPointF(x, ground.bottom() - 3), QPointF(x, ground.bottom()))
        painter.setPen(QColor(look.theme.text_dim))
        wide = QFontMetricsF(font).horizontalAdvance(words)
        painter.drawText(QPointF(min(max(0.0, x - wide / 2), ground.width() - wide), height - look.px(3)), words)
        at += step


def tick_step(seconds: float, room: float) -> float:
    """Seconds between two times that are written, where there is room for so many."""
    return next((float(step) for step in _TICKS_S if seconds / step <= max(1.0, room)), float(_TICKS_S[-1]))
