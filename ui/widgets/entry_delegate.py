"""A told entry in a list: time, icon, sentence, and a button on the right when there is something to play or see."""

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
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.models.entries import ACTION_ROLE, ICON_ROLE, TIME_ROLE, TONE_ROLE, WORDS_ROLE
from ui.theme import Look
from ui.widgets.icons import paint_icon
from ui.widgets.option import place_of, state_of

_Index = QModelIndex | QPersistentModelIndex
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


class EntryDelegate(QStyledItemDelegate):
    """`acted` carries the index whose button was pressed. `wraps`: whole sentences, else one line each."""

    acted = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None, *, wraps: bool = False) -> None:
        super().__init__(parent)
        self._look = look
        self._wraps = wraps

    def _left(self, metrics: QFontMetrics) -> int:
        return self._look.px(10) + metrics.horizontalAdvance("00:00:00") + self._look.px(26)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        look = self._look
        metrics = QFontMetrics(look.font(px=12))
        if not self._wraps:
            return QSize(look.px(100), look.px(22))
        width = place_of(option).width() - self._left(metrics) - look.px(26)
        words = str(index.data(WORDS_ROLE) or "")
        height = metrics.boundingRect(QRect(0, 0, max(40, width), 10_000), _WRAP, words).height()
        return QSize(look.px(100), max(look.px(24), height + look.px(7)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look, theme = self._look, self._look.theme
        place = place_of(option)
        state = state_of(option)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(theme.chosen))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(place, QColor(theme.hover))
        painter.setFont(look.font(px=12))
        tone = str(index.data(TONE_ROLE) or "")
        colour = {"danger": theme.danger, "warn": theme.warn, "note": theme.accent, "ok": theme.ok}.get(
            tone, theme.text
        )
        line = look.px(22) if not self._wraps else look.px(24)
        painter.setPen(QColor(theme.text_faint))
        painter.drawText(
            QRect(place.left() + look.px(6), place.top(), place.width(), line),
            int(Qt.AlignmentFlag.AlignVCenter),
            str(index.data(TIME_ROLE)),
        )
        left = place.left() + self._left(painter.fontMetrics())
        side = look.px(13)
        spot = QRectF(left - side - look.px(5), place.top() + (line - side) / 2, side, side)
        paint_icon(painter, str(index.data(ICON_ROLE)), colour if tone else theme.text_dim, spot)
        painter.setPen(QColor(colour))
        self._paint_words(painter, place, left, str(index.data(WORDS_ROLE) or ""))
        action = str(index.data(ACTION_ROLE) or "")
        if action:
            paint_icon(painter, action, theme.accent, QRectF(self._button(place)))
        painter.restore()

    def _paint_words(self, painter: QPainter, place: QRect, left: int, words: str) -> None:
        room = QRect(left, place.top(), place.right() - left - self._look.px(26), place.height())
        if self._wraps:
            painter.drawText(room.adjusted(0, self._look.px(4), 0, 0), _WRAP, words)
        else:
            cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)

    def _button(self, place: QRect) -> QRect:
        side = self._look.px(15)
        return QRect(place.right() - side - self._look.px(6), place.top() + self._look.px(4), side, side)

    def editorEvent(
        self, event: QEvent, _model: QAbstractItemModel, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        if (
            event.type() is QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and index.data(ACTION_ROLE)
        ):
            reach = self._look.px(6)
            where = self._button(place_of(option)).adjusted(-reach, -reach, reach, reach)
            if where.contains(event.position().toPoint()):
                self.acted.emit(QPersistentModelIndex(index))
                return True
        return False
