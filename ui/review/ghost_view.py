"""Two teams on one time line: ours above, the best beneath, and a line between what both reached."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from console.drill.versus import Pair
from ui.drill.aar import clock_of
from ui.review.words import said_here
from ui.text import Texts
from ui.theme import Look

HEIGHT, LEFT, RIGHT = 118, 150, 24
"""Pixels at scale 1: of the whole, of the names, and of what is left free at the right."""
_OURS, _THEIRS, _SCALE = 34, 78, 104
"""How far down the two lines and the scale's figures are."""
_STEPS_S = (10, 30, 60, 120, 300, 600, 1800)
_MOST_TICKS = 12


def pair_words(pair: Pair, text: Texts) -> str:
    """The difference in words."""
    words = said_here(pair.words, text)
    behind = pair.behind_s
    if behind is None:
        key = "review.ghost.only_ours" if pair.theirs_s is None else "review.ghost.only_theirs"
        return text(key, what=words)
    if abs(behind) < 0.5:
        return text("review.ghost.same", what=words)
    key = "review.ghost.slower" if behind > 0 else "review.ghost.faster"
    return text(key, what=words, seconds=f"{abs(behind):.0f}")


class GhostView(QWidget):
    """`picked` tells the number of a pair."""

    picked = Signal(int)

    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self.pairs: tuple[Pair, ...] = ()
        self._names = ("", "")
        self._length_s = 1.0
        self.current = -1
        self.setObjectName("review_ghost")

    def show_pairs(self, pairs: tuple[Pair, ...], *, ours: str, theirs: str) -> None:
        self.pairs, self._names = pairs, (ours, theirs)
        seconds = [at for pair in pairs for at in (pair.ours_s, pair.theirs_s) if at is not None]
        self._length_s = max(60.0, *seconds) * 1.04 if seconds else 60.0
        self.current = -1
        self.setFixedHeight(self._look.px(HEIGHT))
        self.setAccessibleName("\n".join(pair_words(pair, self._text) for pair in pairs))
        self.update()

    def choose(self, number: int) -> None:
        self.current = number
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(700), self._look.px(HEIGHT))

    def _x(self, second: float) -> float:
        px = self._look.px
        return px(LEFT) + (self.width() - px(LEFT) - px(RIGHT)) * second / self._length_s

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, theme = self._look.px, self._look.theme
        painter.setFont(self._look.font(px=12))
        self._paint_scale(painter)
        for name, key, y in zip(self._names, ("ours", "theirs"), (_OURS, _THEIRS), strict=True):
            painter.setPen(QColor(theme.text))
            box = QRectF(px(4), px(y) - px(18), px(LEFT) - px(18), px(36))
            words = painter.fontMetrics().elidedText(
                self._text(f"review.ghost.{key}", name=name), Qt.TextElideMode.ElideMiddle, round(box.width())
            )
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)
            painter.setPen(QPen(QColor(theme.line_strong), px(2)))
            painter.drawLine(QPointF(px(LEFT), px(y)), QPointF(self.width() - px(RIGHT), px(y)))
        for number, pair in enumerate(self.pairs):
            self._paint_pair(painter, number, pair)
        painter.end()

    def _paint_scale(self, painter: QPainter) -> None:
        px, theme = self._look.px, self._look.theme
        step = next((one for one in _STEPS_S if self._length_s / one <= _MOST_TICKS), _STEPS_S[-1])
        for second in range(0, int(self._length_s) + 1, step):
            x = self._x(second)
            painter.setPen(QPen(QColor(theme.line)))
            painter.drawLine(QPointF(x, px(14)), QPointF(x, px(_SCALE) - px(10)))
            painter.setPen(QColor(theme.text_dim))
            box = QRectF(x - px(30), px(_SCALE) - px(8), px(60), px(18))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), clock_of(second))

    def _paint_pair(self, painter: QPainter, number: int, pair: Pair) -> None:
        px, theme = self._look.px, self._look.theme
        behind = pair.behind_s
        tone = "text_faint" if behind is None else "danger" if behind > 0.5 else "ok"
        colour = QColor(getattr(theme, tone))
        is_current = number == self.current
        if pair.ours_s is not None and pair.theirs_s is not None:
            painter.setPen(QPen(colour, px(3) if is_current else px(1.5)))
            painter.drawLine(QPointF(self._x(pair.ours_s), px(_OURS)), QPointF(self._x(pair.theirs_s), px(_THEIRS)))
        radius = px(6) if is_current else px(4.5)
        painter.setPen(QPen(QColor(theme.panel), 1.5))
        painter.setBrush(colour)
        for second, y in ((pair.ours_s, _OURS), (pair.theirs_s, _THEIRS)):
            if second is not None:
                painter.drawEllipse(QPointF(self._x(second), px(y)), radius, radius)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The nearest milestone at the height of the click."""
        is_ours = event.position().y() < self._look.px((_OURS + _THEIRS) / 2)
        seconds = [(pair.ours_s if is_ours else pair.theirs_s) for pair in self.pairs]
        near = [
            (abs(self._x(second) - event.position().x()), number)
            for number, second in enumerate(seconds)
            if second is not None
        ]
        if near and min(near)[0] <= self._look.px(14):
            number = min(near)[1]
            self.choose(number)
            QToolTip.showText(event.globalPosition().toPoint(), pair_words(self.pairs[number], self._text), self)
            self.picked.emit(number)
