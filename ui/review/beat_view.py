"""Injects over the drill's time, and beneath each what was expected of it: until when, when it was done, or that it was
not."""

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from comms.domain.expectation_watch import Outcome
from console.drill.beats import Beat, Response
from ui.drill.aar import clock_of
from ui.review.words import said_here
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import paint_icon

ROW, NAMES, RIGHT, HEAD = 24, 330, 96, 26
"""Pixels at scale 1: a line, the names at the left, the outcomes at the right, the scale on top."""
_TONES = {Outcome.MET: "ok", Outcome.LATE: "warn", Outcome.MISSED: "danger"}
_ICONS = {Outcome.MET: "check", Outcome.LATE: "clock", Outcome.MISSED: "close"}
_STEPS_S = (10, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_TICKS = 14


@dataclass(frozen=True, slots=True)
class _Row:
    beat: Beat
    response: Response | None


class Mark(NamedTuple):
    """Where something is drawn that can be clicked: its second of the drill."""

    place: QRectF
    at_s: float


class BeatView(QWidget):
    """`picked` tells a second of the drill. Up and down choose a line, Enter its moment."""

    picked = Signal(float)

    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._rows: tuple[_Row, ...] = ()
        self._length_s = 1.0
        self._marks: list[Mark] = []
        self.current = 0
        self.setObjectName("review_beats")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look.changed.connect(self._fit)

    def show_beats(self, beats: tuple[Beat, ...], length_s: float) -> None:
        rows = [
            _Row(beat, response)
            for beat in beats
            for response in (None, *sorted(beat.responses, key=lambda each: each.due_s))
        ]
        ends = [each.due_s for beat in beats for each in beat.responses]
        self._rows, self._length_s = tuple(rows), max(1.0, length_s, *ends)
        self.current = min(self.current, max(0, len(rows) - 1))
        self.setAccessibleName(self._text("review.beats"))
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(self._look.px(HEAD + ROW * len(self._rows)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(900), self._look.px(HEAD + ROW * len(self._rows)))

    def _x(self, at_s: float) -> float:
        px = self._look.px
        room = self.width() - px(NAMES) - px(RIGHT)
        return px(NAMES) + room * min(1.0, max(0.0, at_s / self._length_s))

    # --- painting -----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, theme = self._look.px, self._look.theme
        painter.setFont(self._look.font(px=12))
        self._marks = []
        self._paint_scale(painter)
        for at, row in enumerate(self._rows):
            top = px(HEAD) + at * px(ROW)
            if at == self.current and self.hasFocus():
                painter.fillRect(QRectF(0, top, self.width(), px(ROW)), QColor(theme.chosen))
            elif row.response is None:
                painter.fillRect(QRectF(0, top, self.width(), px(ROW)), QColor(theme.panel))
            self._paint_row(painter, row, top)
        painter.end()

    def _paint_scale(self, painter: QPainter) -> None:
        px, theme = self._look.px, self._look.theme
        step = next((one for one in _STEPS_S if self._length_s / one <= _MOST_TICKS), _STEPS_S[-1])
        painter.setPen(QPen(QColor(theme.line)))
        for second in range(0, int(self._length_s) + 1, step):
            x = self._x(second)
            painter.setPen(QPen(QColor(theme.line)))
            painter.drawLine(QPoint(round(x), px(HEAD)), QPoint(round(x), self.height()))
            painter.setPen(QColor(theme.text_dim))
            box = QRectF(x - px(30), 0, px(60), px(HEAD))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), clock_of(second))

    def _paint_row(self, painter: QPainter, row: _Row, top: float) -> None:
        px, theme = self._look.px, self._look.theme
        is_beat = row.response is None
        words = said_here(row.beat.title if row.response is None else row.response.words, self._text)
        painter.setFont(self._look.font(px=12, is_bold=is_beat))
        painter.setPen(QColor(theme.text if is_beat else theme.text_dim))
        left = px(8) if is_beat else px(24)
        room = QRectF(left, top, px(NAMES) - left - px(10), px(ROW))
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)
        if row.response is None:
            self._paint_beat(painter, row.beat, top)
        else:
            self._paint_response(painter, row.beat.at_s or 0.0, row.response, top)

    def _paint_beat(self, painter: QPainter, beat: Beat, top: float) -> None:
        px, theme = self._look.px, self._look.theme
        painter.setFont(self._look.font(px=12))
        if beat.at_s is None:
            self._say_right(painter, "review.not_played", theme.text_faint, "", top)
            return
        side = px(14)
        place = QRectF(self._x(beat.at_s) - side / 2, top + (px(ROW) - side) / 2, side, side)
        paint_icon(painter, "bell", theme.accent, place)
        self._marks.append(Mark(place.adjusted(-4, -4, 4, 4), beat.at_s))
        self._say_right(painter, "", theme.text_dim, "", top, clock_of(beat.at_s))

    def _paint_response(self, painter: QPainter, since_s: float, response: Response, top: float) -> None:
        px, theme = self._look.px, self._look.theme
        colour = QColor(getattr(theme, _TONES.get(response.outcome, "text_faint")))
        middle = top + px(ROW) / 2
        left, due = self._x(since_s), self._x(response.due_s)
        painter.fillRect(QRectF(left, middle - px(3), max(2.0, due - left), px(6)), QColor(theme.line_strong))
        if response.done_s is not None:
            done = self._x(response.done_s)
            painter.fillRect(QRectF(left, middle - px(3), max(2.0, done - left), px(6)), colour)
            place = QRectF(done - px(4), middle - px(8), px(8), px(16))
            painter.fillRect(place, colour)
            self._marks.append(Mark(place.adjusted(-4, -4, 4, 4), response.done_s))
        painter.setPen(QPen(QColor(theme.text_dim), 1.5))
        painter.drawLine(QPoint(round(due), round(middle - px(8))), QPoint(round(due), round(middle + px(8))))
        key = f"review.outcome.{response.outcome.value}"
        self._say_right(painter, key, colour.name(), _ICONS.get(response.outcome, "info"), top)

    def _say_right(self, painter: QPainter, key: str, colour: str, icon: str, top: float, words: str = "") -> None:
        px = self._look.px
        left = self.width() - px(RIGHT) + px(12)
        if icon:
            side = px(14)
            paint_icon(painter, icon, colour, QRectF(left, top + (px(ROW) - side) / 2, side, side))
        painter.setPen(QColor(colour))
        room = QRectF(left + px(19), top, px(RIGHT) - px(31), px(ROW))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words or self._text(key))

    # --- hands --------------------------------------------------------------------------------------------

    def row_words(self, at: int) -> str:
        """What a line tells, whole."""
        row, text = self._rows[at], self._text
        if row.response is None:
            when = text("review.not_played") if row.beat.at_s is None else clock_of(row.beat.at_s)
            return f"{said_here(row.beat.title, text)}  {when}"
        response = row.response
        done = "—" if response.done_s is None else clock_of(response.done_s)
        return text(
            "review.response_tip",
            words=said_here(response.words, text),
            due=clock_of(response.due_s),
            done=done,
            outcome=text(f"review.outcome.{response.outcome.value}"),
            by=text("review.and").join(response.by) or "—",
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        at = int((event.position().y() - self._look.px(HEAD)) // self._look.px(ROW))
        if 0 <= at < len(self._rows):
            self.current = at
            QToolTip.showText(event.globalPosition().toPoint(), self.row_words(at), self)
        hit = next((mark for mark in self._marks if mark.place.contains(event.position())), None)
        if hit is not None:
            self.picked.emit(hit.at_s)
        elif 0 <= at < len(self._rows):
            self._pick_row()
        self.update()

    def _pick_row(self) -> None:
        row = self._rows[self.current]
        response = row.response
        at_s = row.beat.at_s if response is None else response.done_s if response.done_s is not None else response.due_s
        if at_s is not None:
            self.picked.emit(at_s)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self._rows:
            self.current = min(len(self._rows) - 1, max(0, self.current + step))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._rows:
            self._pick_row()
        else:
            super().keyPressEvent(event)
