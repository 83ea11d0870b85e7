"""Cells of the units' table: status as shape and word, battery and age with a warning colour when they matter."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from comms.domain.unit import UnitStatus
from ui.models.units import AGE, BATTERY, DISTANCE, NAME, SORT_ROLE, STATUS, STATUS_ROLE
from ui.theme import Look
from ui.widgets.shapes import paint_status
from ui.words import LOW_BATTERY_PCT

ROW_PX = 26
_Index = QModelIndex | QPersistentModelIndex


class UnitCellDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(self._look.px(40), self._look.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look, theme = self._look, self._look.theme
        place: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(theme.chosen))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(place, QColor(theme.hover))
        inside = place.adjusted(look.px(4), 0, -look.px(4), 0)
        status = UnitStatus(index.data(STATUS_ROLE))  # Qt hands a StrEnum back as a str
        painter.setFont(look.font(px=13 if index.column() == NAME else 12))
        if index.column() == STATUS:
            side = look.px(11)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            shape = QRectF(inside.left(), inside.top() + (inside.height() - side) / 2, side, side)
            paint_status(painter, status, theme, shape)
            inside.setLeft(inside.left() + side + look.px(4))
        painter.setPen(QColor(self._colour(index, status)))
        side_flag = (
            Qt.AlignmentFlag.AlignRight if index.column() in (DISTANCE, BATTERY, AGE) else Qt.AlignmentFlag.AlignLeft
        )
        words = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, inside.width() + 1
        )
        painter.drawText(inside, int(side_flag | Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()

    def _colour(self, index: _Index, status: UnitStatus) -> str:
        theme = self._look.theme
        if index.column() == BATTERY and float(index.data(SORT_ROLE)) <= LOW_BATTERY_PCT:
            return theme.danger
        if index.column() == NAME:
            return theme.text if status is not UnitStatus.OFFLINE else theme.text_dim
        return theme.text_dim
