"""Rows of the hub: how grave as the map's own shape and colour, words, and clocks that warn.

A narrow list has two lines a row, a wide one a column for everything. What cells share is made once."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from comms.domain.order import OrderPriority
from ui.map.incident_marks import draw_incident
from ui.models.hub import HubModel
from ui.models.hub_cells import Tone
from ui.models.hub_columns import PRIORITIES
from ui.models.hub_order import AGE, CLOCK, KIND, PRIORITY, TEXT
from ui.theme import Look

WIDE_ROW_PX, NARROW_ROW_PX = 26, 38
MARK_PX, PAD_PX = 14, 4
_Index = QModelIndex | QPersistentModelIndex
_SELECTED, _HOVERED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_MouseOver.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class HubDelegate(QStyledItemDelegate):
    def __init__(self, hub: HubModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._look = look
        self.is_narrow = True
        look.changed.connect(self._dress)
        self._dress()

    def row_px(self) -> int:
        return self._look.px(NARROW_ROW_PX if self.is_narrow else WIDE_ROW_PX)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(self._look.px(40), self.row_px())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        place: QRect = option.rect  # type: ignore[attr-defined]  # PySide's stubs leave it out
        state: int = option.state.value  # type: ignore[attr-defined]  # as above
        row = self._hub.known_at(index.row())
        if row < 0:
            self._paint_group(painter, place, index.row(), is_current=bool(state & _FOCUSED))
            return
        if state & _SELECTED:
            painter.fillRect(place, self._chosen)
        elif state & _HOVERED:
            painter.fillRect(place, self._hover)
        inside = place.adjusted(self._pad, 0, -self._pad, 0)
        column = index.column()
        if column == PRIORITY:
            self._paint_mark(painter, inside, PRIORITIES[self._hub.columns.priority[row]])
        elif self.is_narrow:
            upper, lower = self._lines(inside)
            paint = self._paint_what if column == KIND else self._paint_when
            paint(painter, upper, lower, row)
        else:
            cell = self._hub.cells.cell(row, column)
            side = _RIGHT if column in (AGE, CLOCK) else _LEFT
            self._paint_words(painter, inside, cell.words, self._colours[cell.tone], is_bold=column == KIND, side=side)

    def _lines(self, inside: QRect) -> tuple[QRect, QRect]:
        half = inside.height() // 2
        upper = QRect(inside.left(), inside.top() + self._pad // 2, inside.width(), half)
        return upper, QRect(inside.left(), upper.bottom() - self._pad // 2, inside.width(), half)

    def _paint_when(self, painter: QPainter, upper: QRect, lower: QRect, row: int) -> None:
        """The clock, and below it the age."""
        clock, since = self._hub.cells.cell(row, CLOCK), self._hub.cells.cell(row, AGE)
        self._paint_words(painter, upper, clock.words, self._colours[clock.tone], side=_RIGHT)
        self._paint_words(painter, lower, since.words, self._colours[since.tone], side=_RIGHT)

    def _paint_what(self, painter: QPainter, upper: QRect, lower: QRect, row: int) -> None:
        cells = self._hub.cells
        kind = cells.cell(row, KIND)
        self._paint_words(painter, upper, kind.words, self._colours[kind.tone], is_bold=True)
        used = self._metrics[True].horizontalAdvance(kind.words) + 2 * self._pad
        rest = upper.adjusted(used, 0, 0, 0)
        if rest.width() > self._look.px(30):
            self._paint_words(painter, rest, cells.cell(row, TEXT).words, self._colours[Tone.PLAIN])
        self._paint_words(painter, lower, cells.details(row), self._colours[Tone.DIM])

    def _paint_words(
        self,
        painter: QPainter,
        place: QRect,
        words: str,
        colour: QColor,
        *,
        is_bold: bool = False,
        side: int = _LEFT,
    ) -> None:
        if not words:
            return
        painter.setFont(self._fonts[is_bold])
        painter.setPen(colour)
        cut = self._metrics[is_bold].elidedText(words, Qt.TextElideMode.ElideRight, place.width() + 1)
        painter.drawText(place, side, cut)

    def _paint_mark(self, painter: QPainter, place: QRect, priority: OrderPriority) -> None:
        side = self._side
        top = place.top() + (self._pad if self.is_narrow else (place.height() - side) // 2)
        painter.drawPixmap(place.left(), top, self._mark(priority, painter.device().devicePixelRatio()))

    def _paint_group(self, painter: QPainter, place: QRect, row: int, *, is_current: bool) -> None:
        """Across all columns: each cell paints its own piece of the same line."""
        painter.fillRect(place, self._hover if is_current else self._raised)
        view = self.parent()
        assert isinstance(view, QWidget)
        painter.save()
        painter.setClipRect(place)
        line = QRect(self._pad * 2, place.top(), view.width() - 4 * self._pad, place.height())
        painter.setFont(self._fonts[True])
        painter.setPen(self._colours[Tone.PLAIN])
        painter.drawText(line, _LEFT, self._hub.group_words(row))
        painter.restore()

    def _dress(self) -> None:
        look, theme = self._look, self._look.theme
        self._pad, self._side = look.px(PAD_PX), look.px(MARK_PX)
        self._fonts = (look.font(px=12), look.font(px=13, is_bold=True))
        self._metrics = tuple(QFontMetrics(font) for font in self._fonts)
        self._chosen, self._hover, self._raised = QColor(theme.chosen), QColor(theme.hover), QColor(theme.raised)
        self._colours = {
            Tone.PLAIN: QColor(theme.text),
            Tone.DIM: QColor(theme.text_dim),
            Tone.WARN: QColor(theme.warn),
            Tone.DANGER: QColor(theme.danger),
        }
        self._marks: dict[tuple[OrderPriority, float], QPixmap] = {}

    def _mark(self, priority: OrderPriority, pixel_ratio: float) -> QPixmap:
        found = self._marks.get((priority, pixel_ratio))
        if found is None:
            found = QPixmap(round(self._side * pixel_ratio), round(self._side * pixel_ratio))
            found.setDevicePixelRatio(pixel_ratio)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = QPointF(self._side / 2, self._side / 2)
            draw_incident(painter, middle, priority, self._look.theme.map, self._side / 2.5)
            painter.end()
            self._marks[priority, pixel_ratio] = found
        return found
