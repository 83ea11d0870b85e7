"""The day as a strip: how much moved when, where somebody stopped, and the moment that is shown. Drag to go there."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.map.lettering import map_font
from ui.theme import Look
from ui.words import clock_minute

BINS = 288
"""Five minutes each, of a day."""
KEY_STEP_S = 60.0
HOUR_S = 3600.0
_HEIGHT_PX, _FOOT_PX, _HEAD_PX = 46, 14, 8


class Timeline(QWidget):
    sought = Signal(float)
    """The officer wants this moment (Unix seconds)."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("track_timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._look = look
        self._span = (0.0, 1.0)
        self._density: tuple[float, ...] = ()
        self._stops: tuple[tuple[float, float], ...] = ()
        self._at = 0.0
        look.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setFixedHeight(self._look.px(_HEIGHT_PX))
        self.update()

    def show_day(
        self, from_at: float, to_at: float, density: Sequence[float], stops: Sequence[tuple[float, float]]
    ) -> None:
        most = max(density, default=0.0)
        self._span = (from_at, to_at)
        self._density = tuple(value / most if most > 0 else 0.0 for value in density)
        self._stops = tuple(stops)
        self.update()

    def show_moment(self, at: float) -> None:
        if at != self._at:
            self._at = at
            self.update()

    # --- where ------------------------------------------------------------------------------------------

    def _x_of(self, at: float) -> float:
        first, last = self._span
        return (at - first) / (last - first) * self.width()

    def _seek(self, x: float) -> None:
        first, last = self._span
        self.sought.emit(first + min(1.0, max(0.0, x / max(1, self.width()))) * (last - first))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        first, last = self._span
        wanted = {
            Qt.Key.Key_Left: self._at - KEY_STEP_S,
            Qt.Key.Key_Right: self._at + KEY_STEP_S,
            Qt.Key.Key_PageUp: self._at - HOUR_S,
            Qt.Key.Key_PageDown: self._at + HOUR_S,
            Qt.Key.Key_Home: first,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self.sought.emit(wanted)

    # --- looks ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._look.theme, self._look.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(0, 0, self.width(), self.height() - px(_FOOT_PX))
        painter.fillRect(ground, QColor(theme.inset))
        wide = ground.width() / max(1, len(self._density))
        room = ground.height() - px(_HEAD_PX)
        for index, share in enumerate(self._density):
            if share > 0:
                high = max(1.0, share * room)
                painter.fillRect(QRectF(index * wide, ground.bottom() - high, wide, high), QColor(theme.info))
        for since, until in self._stops:
            left, right = self._x_of(since), self._x_of(until)
            painter.fillRect(QRectF(left, 1, max(2.0, right - left), px(_HEAD_PX) - 3), QColor(theme.warn))
        self._draw_hours(painter, ground)
        painter.setPen(QPen(QColor(theme.text if self.hasFocus() else theme.line_strong), 1))
        painter.drawRect(ground.adjusted(0.5, 0.5, -0.5, -0.5))
        x = self._x_of(self._at)
        painter.setPen(QPen(QColor(theme.danger), px(2)))
        painter.drawLine(QPointF(x, 0), QPointF(x, ground.bottom()))
        painter.end()

    def _draw_hours(self, painter: QPainter, ground: QRectF) -> None:
        theme, px = self._look.theme, self._look.px
        font = map_font(px(10))
        painter.setFont(font)
        wide = QFontMetricsF(font).horizontalAdvance("00:00")
        first, last = self._span
        hours = max(1, round((last - first) / HOUR_S))
        step = next((step for step in (1, 2, 3, 6, 12, 24) if self.width() / hours * step > wide * 1.6), 24)
        for hour in range(0, hours + 1, step):
            at = first + hour * HOUR_S
            x = self._x_of(at)
            painter.setPen(QColor(theme.line_strong))
            painter.drawLine(QPointF(x, ground.bottom() - 3), QPointF(x, ground.bottom()))
            painter.setPen(QColor(theme.text_dim))
            left = min(max(0.0, x - wide / 2), self.width() - wide)
            painter.drawText(QPointF(left, self.height() - px(3)), clock_minute(at))
