"""Cells of the units' table: status as shape and word, battery with a warning colour when it matters.

A full list is two hundred cells: what they share is made once, and a cell costs a handful of Qt's calls."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from comms.domain.unit import UnitStatus
from ui.models.unit_cells import AGE, BATTERY, DISTANCE, NAME, STATUS, Cell
from ui.models.units import UnitsModel
from ui.theme import Look
from ui.widgets.option import place_of
from ui.widgets.shapes import paint_status

ROW_PX = 26
SHAPE_PX, PAD_PX = 11, 4
_Index = QModelIndex | QPersistentModelIndex
_SELECTED, _HOVERED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_MouseOver.value
"""As numbers: a flag that is computed is an object made anew, and a cell's dearest line."""
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class UnitCellDelegate(QStyledItemDelegate):
    def __init__(self, units: UnitsModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._units = units
        self._look = look
        look.changed.connect(self._dress)
        self._dress()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(self._look.px(40), self._look.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        column = index.column()
        cell = self._units.cell(index.row(), column)
        place = place_of(option)  # PySide's stubs leave it out
        state: int = option.state.value  # type: ignore[attr-defined]  # as above
        if state & _SELECTED:
            painter.fillRect(place, self._chosen)
        elif state & _HOVERED:
            painter.fillRect(place, self._hover)
        left, width = place.left() + self._pad, place.width() - 2 * self._pad
        if column == STATUS:
            shape, side = self._shape(cell.status, painter.device().devicePixelRatio()), self._side
            painter.drawPixmap(left, place.top() + (place.height() - side) // 2, shape)
            left, width = left + side + self._pad, width - side - self._pad
        if not cell.words:
            return
        painter.setFont(self._fonts[column == NAME])
        painter.setPen(self._colour(cell, column))
        words = cell.words
        if column in (STATUS, NAME):
            words = self._metrics[column == NAME].elidedText(words, Qt.TextElideMode.ElideRight, width + 1)
        side_flag = _RIGHT if column in (DISTANCE, BATTERY, AGE) else _LEFT
        painter.drawText(left, place.top(), width, place.height(), side_flag, words)

    def _colour(self, cell: Cell, column: int) -> QColor:
        if cell.is_warning:
            return self._danger
        return self._text if column == NAME and cell.status is not UnitStatus.OFFLINE else self._dim

    def _dress(self) -> None:
        look, theme = self._look, self._look.theme
        self._pad, self._side = look.px(PAD_PX), look.px(SHAPE_PX)
        self._fonts = (look.font(px=12), look.font(px=13))
        self._metrics = tuple(QFontMetrics(font) for font in self._fonts)
        self._chosen, self._hover, self._danger = QColor(theme.chosen), QColor(theme.hover), QColor(theme.danger)
        self._text, self._dim = QColor(theme.text), QColor(theme.text_dim)
        self._shapes: dict[tuple[UnitStatus, float], QPixmap] = {}

    def _shape(self, status: UnitStatus, pixel_ratio: float) -> QPixmap:
        found = self._shapes.get((status, pixel_ratio))
        if found is None:
            found = QPixmap(round(self._side * pixel_ratio), round(self._side * pixel_ratio))
            found.setDevicePixelRatio(pixel_ratio)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_status(painter, status, self._look.theme, QRectF(0, 0, self._side, self._side))
            painter.end()
            self._shapes[status, pixel_ratio] = found
        return found
