"""Rows of the orders' board and of one order's units."""

from collections import Counter
from typing import assert_never

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from comms.domain.order import AssignmentState, OrderPriority
from comms.domain.picture import OrderState
from console.store.store import Store
from ui.models.orders import ORDER_ROLE, STATE_ROLE, STEP_ICONS, is_open
from ui.text import Texts
from ui.theme import Look, Theme
from ui.widgets.icons import paint_icon
from ui.widgets.option import place_of, state_of
from ui.words import deadline

_Index = QModelIndex | QPersistentModelIndex
_MIDDLE_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_MIDDLE_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_S = AssignmentState
SOON_S = 300.0
_BAR: tuple[tuple[str, frozenset[AssignmentState]], ...] = (
    ("waiting", frozenset({_S.ISSUED, _S.DELIVERED, _S.READ})),
    ("accepted", frozenset({_S.ACCEPTED})),
    ("en_route", frozenset({_S.EN_ROUTE})),
    ("on_scene", frozenset({_S.ON_SCENE})),
    ("completed", frozenset({_S.COMPLETED})),
    ("verified", frozenset({_S.VERIFIED})),
    ("refused", frozenset({_S.REFUSED})),
    ("cancelled", frozenset({_S.CANCELLED})),
)


def step_colour(state: AssignmentState, theme: Theme) -> str:
    match state:
        case _S.ISSUED | _S.DELIVERED | _S.READ:
            return theme.warn
        case _S.ACCEPTED | _S.EN_ROUTE:
            return theme.info
        case _S.ON_SCENE:
            return theme.violet
        case _S.COMPLETED | _S.VERIFIED:
            return theme.ok
        case _S.REFUSED:
            return theme.danger
        case _S.CANCELLED:
            return theme.text_faint
        case _:
            assert_never(state)


def counts_words(state: OrderState, text: Texts) -> str:
    """How many units are how far, in words; groups that nobody is in are left out."""
    counted = Counter(state.assignments.values())
    parts = []
    for group, states in _BAR:
        count = sum(counted[one] for one in states)
        if count:
            parts.append(text(f"orders.count.{group}", count=count))
    return text("orders.counts", total=len(state.assignments), parts=" · ".join(parts))


def _background(painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> QRect:
    place = place_of(option)
    state = state_of(option)
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(place, QColor(theme.chosen))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(place, QColor(theme.hover))
    return place


class OrderDelegate(QStyledItemDelegate):
    """Title and time left over the counts by state, and a bar of how far all are."""

    def __init__(self, store: Store, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._look = look
        self._text = text

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(self._look.px(100), self._look.px(50))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look, theme = self._look, self._look.theme
        state: OrderState = index.data(ORDER_ROLE)
        painter.save()
        place = _background(painter, option, theme)
        inside = place.adjusted(look.px(8), look.px(4), -look.px(8), -look.px(7))
        upper = QRect(inside.left(), inside.top(), inside.width(), inside.height() // 2)
        lower = upper.translated(0, inside.height() // 2)
        right = self._paint_deadline(painter, upper, state)
        left = self._paint_priority(painter, upper, state)
        painter.setFont(look.font(is_bold=True))
        painter.setPen(QColor(theme.text if is_open(state) else theme.text_dim))
        title = QRect(left, upper.top(), right - left - look.px(6), upper.height())
        painter.drawText(title, _MIDDLE_LEFT, _cut(painter, state.order.title, title.width()))
        painter.setFont(look.font(px=12))
        painter.setPen(QColor(theme.text_dim))
        painter.drawText(lower, _MIDDLE_LEFT, _cut(painter, counts_words(state, self._text), lower.width()))
        self._paint_bar(painter, place, state)
        painter.restore()

    def _paint_deadline(self, painter: QPainter, place: QRect, state: OrderState) -> int:
        look, theme = self._look, self._look.theme
        if not is_open(state):
            words, colour = self._text("orders.closed"), theme.text_faint
        else:
            now = self._store.server_now()
            words = deadline(state, now, self._text)
            left = (state.order.deadline_at or now) - now
            colour = theme.danger if left < 0 else theme.warn if left < SOON_S else theme.text_dim
        painter.setFont(look.font(px=12, is_bold=colour == theme.danger))
        painter.setPen(QColor(colour))
        painter.drawText(place, _MIDDLE_RIGHT, words)
        return place.right() - painter.fontMetrics().horizontalAdvance(words)

    def _paint_priority(self, painter: QPainter, place: QRect, state: OrderState) -> int:
        look, theme, priority = self._look, self._look.theme, state.order.priority
        if priority is OrderPriority.NORMAL:
            return place.left()
        is_critical = priority is OrderPriority.CRITICAL
        ground, front = (theme.danger_fill, theme.on_danger) if is_critical else (theme.warn_fill, theme.on_warn)
        painter.setFont(look.font(px=11, is_bold=True))
        words = self._text(f"priority.{priority.value}")
        width = painter.fontMetrics().horizontalAdvance(words) + look.px(8)
        height = look.px(16)
        mark = QRectF(place.left(), place.center().y() - height / 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(mark, look.px(3), look.px(3))
        painter.setPen(QColor(front))
        painter.drawText(mark, int(Qt.AlignmentFlag.AlignCenter), words)
        return place.left() + width + look.px(5)

    def _paint_bar(self, painter: QPainter, place: QRect, state: OrderState) -> None:
        look, theme = self._look, self._look.theme
        counted = Counter(state.assignments.values())
        total = max(1, len(state.assignments))
        room = QRectF(place.left() + look.px(8), place.bottom() - look.px(5), place.width() - look.px(16), look.px(3))
        x = room.left()
        for _, states in reversed(_BAR):
            for one in states:
                width = room.width() * counted[one] / total
                painter.fillRect(QRectF(x, room.top(), width, room.height()), QColor(step_colour(one, theme)))
                x += width
        painter.fillRect(place.left(), place.bottom(), place.width(), 1, QColor(theme.line))


class AssignmentDelegate(QStyledItemDelegate):
    """A unit and how far it is; on a completed one two buttons: verify, send back."""

    verified = Signal(object)
    sentBack = Signal(object)

    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(self._look.px(100), self._look.px(27))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look, theme = self._look, self._look.theme
        state = AssignmentState(index.data(STATE_ROLE))  # Qt hands a StrEnum back as a str
        painter.save()
        place = _background(painter, option, theme)
        colour = step_colour(state, theme)
        side = look.px(13)
        spot = QRectF(place.left() + look.px(8), place.center().y() - side / 2 + 1, side, side)
        paint_icon(painter, STEP_ICONS.get(state.value, "order"), colour, spot)
        painter.setFont(look.font(px=12))
        words = self._text(f"step.{state.value}")
        width = painter.fontMetrics().horizontalAdvance(words)
        right = place.right() - look.px(8)
        if state is AssignmentState.COMPLETED:
            right = self._buttons(place)[0].left() - look.px(8)
            for picture, where in zip(("check", "back"), self._buttons(place), strict=True):
                painter.setPen(QColor(theme.line_strong))
                painter.setBrush(QColor(theme.raised))
                painter.drawRoundedRect(where, look.px(3), look.px(3))
                inner = QRectF(where).adjusted(look.px(5), look.px(3), -look.px(5), -look.px(3))
                square = QRectF(inner.center().x() - inner.height() / 2, inner.top(), inner.height(), inner.height())
                paint_icon(painter, picture, theme.ok if picture == "check" else theme.warn, square)
        painter.setPen(QColor(colour if state is not AssignmentState.CANCELLED else theme.text_dim))
        painter.drawText(QRect(right - width, place.top(), width, place.height()), _MIDDLE_LEFT, words)
        left = int(spot.right()) + look.px(6)
        painter.setPen(QColor(theme.text))
        room = QRect(left, place.top(), right - width - left - look.px(8), place.height())
        painter.drawText(room, _MIDDLE_LEFT, _cut(painter, str(index.data()), room.width()))
        painter.restore()

    def _buttons(self, place: QRect) -> tuple[QRect, QRect]:
        look = self._look
        size = QSize(look.px(34), place.height() - look.px(6))
        back = QRect(place.right() - size.width() - look.px(6), place.top() + look.px(3), size.width(), size.height())
        return back.translated(-size.width() - look.px(4), 0), back

    def editorEvent(
        self, event: QEvent, _model: QAbstractItemModel, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        if event.type() is not QEvent.Type.MouseButtonRelease or not isinstance(event, QMouseEvent):
            return False
        if index.data(STATE_ROLE) != AssignmentState.COMPLETED:
            return False
        where = event.position().toPoint()
        verify, back = self._buttons(place_of(option))
        if verify.contains(where):
            self.verified.emit(QPersistentModelIndex(index))
        elif back.contains(where):
            self.sentBack.emit(QPersistentModelIndex(index))
        else:
            return False
        return True


def _cut(painter: QPainter, words: str, width: int) -> str:
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(0, width))
