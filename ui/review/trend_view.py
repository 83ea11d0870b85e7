"""The share of the points from run to run, as a line."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from console.drill.training import PASSED_FROM
from ui.review.words import share_words
from ui.text import Texts
from ui.theme import Look

_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 30, 26, 24


class TrendView(QWidget):
    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._points: tuple[tuple[str, float | None], ...] = ()
        self._current = -1
        self.setObjectName("review_trend")

    def show_points(self, points: tuple[tuple[str, float | None], ...], *, current: int) -> None:
        """Names of runs with their shares, the oldest first; `current` is the one that is reviewed."""
        self._points, self._current = points, current
        self.setAccessibleName("  ".join(f"{name} {share_words(share)}" for name, share in points))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(420), self._look.px(150))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, theme = self._look.px, self._look.theme
        painter.setFont(self._look.font(px=12))
        painter.setPen(QColor(theme.text_dim))
        painter.drawText(QRectF(0, 0, self.width(), px(18)), 0, self._text("review.trend"))
        room = QRectF(px(_LEFT), px(_TOP), self.width() - px(_LEFT + _RIGHT), self.height() - px(_TOP + _BOTTOM))
        for share in (0.0, PASSED_FROM, 1.0):
            y = room.bottom() - room.height() * share
            painter.setPen(QPen(QColor(theme.line_strong if share == PASSED_FROM else theme.line), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(QColor(theme.text_dim))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(0, y - px(9), px(_LEFT - 6), px(18)), right, share_words(share))
        self._paint_points(painter, room)
        painter.end()

    def _paint_points(self, painter: QPainter, room: QRectF) -> None:
        px, theme = self._look.px, self._look.theme
        room = room.adjusted(px(34), 0, -px(34), 0)
        gap = room.width() / max(1, len(self._points) - 1)
        start = room.left() if len(self._points) > 1 else room.center().x()
        known = [
            (number, QPointF(start + number * gap, room.bottom() - room.height() * share), share)
            for number, (_, share) in enumerate(self._points)
            if share is not None
        ]
        painter.setPen(QPen(QColor(theme.accent), px(2)))
        painter.drawPolyline(QPolygonF([place for _, place, _ in known]))
        for number, place, share in known:
            is_current = number == self._current
            painter.setBrush(QColor(theme.warn if is_current else theme.accent))
            painter.setPen(QPen(QColor(theme.panel), 1.5))
            painter.drawEllipse(place, px(6 if is_current else 4), px(6 if is_current else 4))
            painter.setPen(QColor(theme.text))
            centre = int(Qt.AlignmentFlag.AlignCenter)
            painter.drawText(QRectF(place.x() - px(30), place.y() - px(24), px(60), px(16)), centre, share_words(share))
            painter.setPen(QColor(theme.text_dim))
            box = QRectF(place.x() - px(60), room.bottom() + px(5), px(120), px(18))
            painter.drawText(box, centre, str(number + 1))
