"""Injects down a line of time. Those by a second stand at it and can be drawn to another; those that wait for something
stand where they can come at the soonest. Below, how long each expectation has."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QWidget

from comms.domain.inject import AtTime
from console.scenario.run_rows import RunRow, run_rows
from ui.scenario.sense import Sense
from ui.scenario.words import part_words, type_words, when_words
from ui.words import duration

STEP_S, LONG_STEP_S, SNAP_S = 10.0, 60.0, 5.0
_ROW_PX, _GAP_PX, _RULE_PX = 38, 4, 52
_MINUTE_PX, _LEAST_MINUTE_PX, _LONG_PX = 34, 3, 2400
"""A minute is as high as the first, or lower where a day would be longer than the last."""
_EACH_PX = 14
"""Every minute has its number where there is so much room."""
NEVER = "∞"


@dataclass(frozen=True, slots=True)
class Card:
    """One inject: its place in the file, and where it is drawn."""

    at: int
    row: RunRow
    where: QRectF


class TimeLine(QWidget):
    """`chosen` carries the place of an inject in the file, `moved` that and by how many seconds."""

    chosen = Signal(int)
    moved = Signal(int, float)

    def __init__(self, sense: Sense, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("scenario_line")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(sense.text("scenario.section.injects"))
        self._sense = sense
        self._cards: tuple[Card, ...] = ()
        self._at = -1
        self._held: tuple[Card, float] | None = None
        self._by_s = 0.0
        self._minute_px = self._px(_MINUTE_PX)

    def refresh(self) -> None:
        scenario = self._sense.scenario()
        self._minute_px = self._px(max(_LEAST_MINUTE_PX, min(_MINUTE_PX, _LONG_PX / scenario.length_min)))
        places = {inject.id: at for at, inject in enumerate(scenario.injects)}
        y, cards = 0.0, []
        for row in run_rows(scenario):
            y = max(y, self._y_of(row.at_s) if row.at_s is not None else y)
            cards.append(Card(places[row.inject.id], row, QRectF(0, y, 0, self._px(_ROW_PX))))
            y += self._px(_ROW_PX + _GAP_PX)
        self._cards = tuple(cards)
        self.setFixedHeight(round(max(y, self._y_of(scenario.length_s)) + self._px(20)))
        self.update()

    def choose(self, at: int) -> None:
        self._at = at
        card = self._card()
        if card is not None:
            words = f"{when_words(card.row.inject, self._sense)} {part_words(card.row.inject, self._sense)}"
            self.setAccessibleDescription(words)
            self._bring(card)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._sense.look.px(380), self.height())

    def cards(self) -> tuple[Card, ...]:
        """As they are drawn, from the top."""
        return tuple(Card(card.at, card.row, self._box(card)) for card in self._cards)

    # --- where ------------------------------------------------------------------------------------------------

    def _px(self, size: float) -> float:
        return float(self._sense.look.px(size))

    def _y_of(self, second: float) -> float:
        return self._px(10) + second / 60 * self._minute_px

    def _box(self, card: Card) -> QRectF:
        left = self._px(_RULE_PX + (0 if isinstance(card.row.inject.when, AtTime) else 18))
        return QRectF(left, card.where.y(), max(40.0, self.width() - left - self._px(6)), card.where.height())

    def _card(self) -> Card | None:
        return next((card for card in self._cards if card.at == self._at), None)

    def _bring(self, card: Card) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea):
            area.ensureVisible(0, round(card.where.center().y()), 0, round(card.where.height()))

    # --- by hand ------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = next((card for card in self._cards if self._box(card).contains(event.position())), None)
        if hit is not None and event.button() is Qt.MouseButton.LeftButton:
            self._held, self._by_s = (hit, event.position().y()), 0.0
            self.chosen.emit(hit.at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            card, from_y = self._held
            by_s = (event.position().y() - from_y) / self._minute_px * 60
            self._by_s = max(round(by_s / SNAP_S) * SNAP_S, -card.row.inject.when.s)
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        held, by_s = self._held, self._by_s
        self._held, self._by_s = None, 0.0
        if held is not None and by_s:
            self.moved.emit(held[0].at, by_s)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_up, is_down = event.key() == Qt.Key.Key_Up, event.key() == Qt.Key.Key_Down
        if not (is_up or is_down) or not self._cards:
            super().keyPressEvent(event)
            return
        way = -1 if is_up else 1
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            step = LONG_STEP_S if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP_S
            self.moved.emit(self._at, way * step)
            return
        order = [card.at for card in self._cards]
        at = order.index(self._at) + way if self._at in order else 0
        self.chosen.emit(order[max(0, min(len(order) - 1, at))])

    # --- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_rule(painter, event)
        for card in self._cards:
            if event.rect().intersects(self._box(card).toRect()):
                self._paint(painter, card)

    def _paint_rule(self, painter: QPainter, event: QPaintEvent) -> None:
        theme, x = self._sense.look.theme, self._px(_RULE_PX - 8)
        length_s = self._sense.scenario().length_s
        painter.setPen(QPen(self._sense.look.colour(theme.line_strong), 1))
        painter.drawLine(QPointF(x, self._y_of(0)), QPointF(x, self._y_of(length_s)))
        painter.setFont(self._sense.look.font(px=11))
        for minute in range(int(length_s // 60) + 1):
            y = self._y_of(minute * 60)
            if not event.rect().top() - 20 <= y <= event.rect().bottom() + 20:
                continue
            is_long = minute % (5 if self._minute_px >= self._px(_EACH_PX) else 30) == 0
            if not is_long and self._minute_px < self._px(_EACH_PX):
                continue
            painter.setPen(self._sense.look.colour(theme.line_strong))
            painter.drawLine(QPointF(x - self._px(6 if is_long else 3), y), QPointF(x, y))
            painter.setPen(self._sense.look.colour(theme.text_dim if is_long else theme.text_faint))
            box = QRectF(0, y - 9, x - self._px(8), 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{minute}′")

    def _paint(self, painter: QPainter, card: Card) -> None:
        look, theme, inject = self._sense.look, self._sense.look.theme, card.row.inject
        is_held = self._held is not None and self._held[0].at == card.at
        box = self._box(card).translated(0, self._by_s / 60 * self._minute_px if is_held else 0)
        if card.row.at_s is not None and not is_held:
            painter.setPen(QPen(look.colour(theme.line), 1))
            rule = QPointF(self._px(_RULE_PX - 8), self._y_of(card.row.at_s))
            painter.drawLine(rule, QPointF(box.left(), box.center().y()))
        is_chosen = card.at == self._at
        line = theme.accent if is_chosen else theme.warn if inject.is_contingency else theme.line_strong
        waits = not isinstance(inject.when, AtTime)
        pen = QPen(look.colour(line), 2 if is_chosen else 1, Qt.PenStyle.DashLine if waits else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(look.colour(theme.chosen if is_chosen else theme.raised))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
        self._paint_words(painter, card, box.adjusted(self._px(8), self._px(2), -self._px(6), -self._px(2)), is_held)

    def _paint_words(self, painter: QPainter, card: Card, box: QRectF, is_held: bool) -> None:
        look, theme, inject, half = self._sense.look, self._sense.look.theme, card.row.inject, box.height() / 2
        when = duration(inject.when.s + self._by_s) if is_held else when_words(inject, self._sense)
        upper, lower = QRectF(box.topLeft(), QSize(int(box.width()), int(half)).toSizeF()), box.adjusted(0, half, 0, 0)
        painter.setFont(look.font(is_bold=True))
        painter.setPen(look.colour(theme.text))
        self._line(painter, upper, part_words(inject, self._sense))
        painter.setFont(look.font(px=11))
        painter.setPen(look.colour(theme.text_dim))
        never = "" if card.row.at_s is not None else f"{NEVER} "
        self._line(painter, lower, f"{never}{type_words(type(inject.what), self._sense.text)} · {when}")

    def _line(self, painter: QPainter, box: QRectF, words: str) -> None:
        cut = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
