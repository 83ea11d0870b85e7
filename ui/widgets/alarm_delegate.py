"""A row of the alarm list: priority by colour, shape and word; the sentence; when, how often, how it stands."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from comms.domain.alarm import UNSEEN_PHASES, AlarmPhase, AlarmPriority, AlarmState
from console.store.store import Store
from ui.alarm.view import AlarmRow
from ui.alarm.words import rule_score
from ui.models.alarms import ROW_ROLE, STATE_ROLE, headline
from ui.text import Texts
from ui.theme import Look, Theme
from ui.widgets.option import place_of, state_of
from ui.words import clock_minute, clock_time, duration

_Index = QModelIndex | QPersistentModelIndex
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


def priority_colour(priority: AlarmPriority, theme: Theme) -> str:
    return {AlarmPriority.HIGH: theme.danger, AlarmPriority.MEDIUM: theme.warn, AlarmPriority.LOW: theme.info}[priority]


def paint_priority(painter: QPainter, priority: AlarmPriority, theme: Theme, place: QRectF, *, is_filled: bool) -> None:
    """A triangle, a diamond, a circle: told apart without colour. Filled while nobody has acknowledged."""
    middle, side = place.center(), place.width() / 2
    colour = QColor(priority_colour(priority, theme))
    painter.setPen(QPen(colour, max(1.5, side / 4)))
    painter.setBrush(colour if is_filled else Qt.BrushStyle.NoBrush)
    if priority is AlarmPriority.LOW:
        painter.drawEllipse(middle, side * 0.8, side * 0.8)
        return
    corners = [(0, -1), (1, 0.85), (-1, 0.85)] if priority is AlarmPriority.HIGH else [(0, -1), (1, 0), (0, 1), (-1, 0)]
    painter.drawPolygon(QPolygonF([middle + QPointF(x * side, y * side) for x, y in corners]))


class AlarmDelegate(QStyledItemDelegate):
    def __init__(self, store: Store, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._look = look
        self._text = text

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(self._look.px(100), self._look.px(62))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look, theme = self._look, self._look.theme
        row: AlarmRow = index.data(ROW_ROLE)
        state: AlarmState | None = index.data(STATE_ROLE)
        place = place_of(option)
        flags = state_of(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if flags & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(theme.chosen))
        elif flags & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(place, QColor(theme.hover))
        if state is not None:
            inside = place.adjusted(look.px(33), look.px(4), -look.px(8), -look.px(4))
            self._paint_mark(painter, place, state)
            self._paint_words(painter, inside, row, state)
            lower = QRect(inside.left(), inside.bottom() - look.px(17), inside.width(), look.px(17))
            self._paint_standing(painter, lower, row, state)
        painter.fillRect(place.left(), place.bottom(), place.width(), 1, QColor(theme.line))
        painter.restore()

    def _paint_mark(self, painter: QPainter, place: QRect, state: AlarmState) -> None:
        look, theme = self._look, self._look.theme
        is_unseen = state.phase in UNSEEN_PHASES
        if is_unseen:
            bar = QColor(priority_colour(state.alarm.priority, theme))
            painter.fillRect(place.left(), place.top(), look.px(4), place.height() - 1, bar)
        side = look.px(14)
        mark = QRectF(place.left() + look.px(11), place.top() + look.px(8), side, side)
        paint_priority(painter, state.alarm.priority, theme, mark, is_filled=is_unseen)

    def _paint_words(self, painter: QPainter, inside: QRect, row: AlarmRow, state: AlarmState) -> None:
        """Two lines at most; the whole sentence is in the tip."""
        look, theme = self._look, self._look.theme
        upper = QRect(inside.left(), inside.top(), inside.width(), inside.height() - look.px(18))
        painter.setFont(look.font(px=13, is_bold=state.phase in UNSEEN_PHASES))
        painter.setPen(QColor(theme.text if state.phase is not AlarmPhase.OVER else theme.text_faint))
        words = headline(row, state, self._store, self._text)
        room = upper.width() * 2 - look.px(30)
        painter.drawText(upper, _WRAP, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room))

    def _paint_standing(self, painter: QPainter, place: QRect, row: AlarmRow, state: AlarmState) -> None:
        look, theme = self._look, self._look.theme
        painter.setFont(look.font(px=12))
        metrics, when = painter.fontMetrics(), clock_time(state.raised_at)
        painter.setPen(QColor(theme.text_dim))
        painter.drawText(place, _RIGHT, when)
        right = place.width() - metrics.horizontalAdvance(when) - look.px(8)
        painter.setPen(QColor(priority_colour(state.alarm.priority, theme)))
        word = self._text(f"alarm.priority.{state.alarm.priority.value}")
        painter.drawText(place, _LEFT, word)
        left = metrics.horizontalAdvance(word) + look.px(8)
        painter.setPen(QColor(theme.text_dim))
        rest = metrics.elidedText(self._standing(row, state), Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(place.adjusted(left, 0, 0, 0), _LEFT, rest)

    def _standing(self, row: AlarmRow, state: AlarmState) -> str:
        text, now = self._text, self._store.server_now()
        words = [text(f"alarm.phase.{state.phase.value}")]
        if state.shelf is not None:
            left = duration(state.shelf.until_at - now)
            until = clock_minute(state.shelf.until_at)
            words = [text("alarm.shelved_until", time=until, left=left, reason=state.shelf.reason)]
        if state.count > 1 and len(row.ids) == 1:
            words.append(text("alarm.count", count=state.count))
        if state.is_chattering:
            words.append(text("alarm.chattering"))
        if state.is_standing(now):
            words.append(text("alarm.standing"))
        if state.false_reason:
            words.append(text("alarm.false"))
        words.append(rule_score(state.alarm, self._store, text))
        return " · ".join(word for word in words if word)
