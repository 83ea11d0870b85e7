"""A list of told lines: an icon, a title, a detail beneath it and a figure at the right. Values change in place."""

from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme import Look
from ui.widgets.icons import paint_icon
from ui.widgets.option import place_of, state_of

_Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Line:
    """`key` says which thing this is: a line with the same key is the same line. A head divides the list and cannot be
    picked."""

    key: object
    title: str
    detail: str = ""
    figure: str = ""
    icon: str = ""
    tone: str = ""
    is_head: bool = False


class LinesModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """The same keys in the same order: only what reads differently is drawn anew."""
        if [line.key for line in lines] == [line.key for line in self.lines]:
            changed = [row for row, line in enumerate(lines) if line != self.lines[row]]
            self.lines = lines
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return "  ".join(part for part in (line.title, line.figure, line.detail) if part)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self.lines[index.row()].is_head:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)


class LineDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        line: Line = index.data(LINE_ROLE)
        return QSize(self._look.px(80), self._look.px(42 if line.detail else 26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look, theme = self._look, self._look.theme
        line: Line = index.data(LINE_ROLE)
        place = place_of(option)
        state = state_of(option)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(theme.chosen))
        elif state & QStyle.StateFlag.State_MouseOver and not line.is_head:
            painter.fillRect(place, QColor(theme.hover))
        top = QRect(place.left() + look.px(8), place.top(), place.width() - look.px(16), look.px(26))
        if line.icon:
            side = look.px(15)
            colour = {"danger": theme.danger, "warn": theme.warn}.get(line.tone, theme.accent)
            paint_icon(painter, line.icon, colour, QRectF(top.left(), top.center().y() - side / 2, side, side))
            top.setLeft(top.left() + look.px(23))
        self._write_top(painter, line, QRect(top))
        if line.detail:
            painter.setFont(look.font(px=12))
            painter.setPen(QColor(theme.text_dim))
            beneath = QRect(top.left(), place.top() + look.px(22), top.width(), look.px(17))
            self._write(painter, line.detail, beneath)
        painter.restore()

    def _write_top(self, painter: QPainter, line: Line, room: QRect) -> None:
        look, theme = self._look, self._look.theme
        if line.figure:
            painter.setFont(look.font(px=12))
            painter.setPen(QColor(theme.text if not line.is_head else theme.text_dim))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(room, right, line.figure)
            room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(line.figure) - look.px(8))
        font = look.font(px=12) if line.is_head else look.font()
        font.setBold(line.is_head)
        painter.setFont(font)
        colour = {"danger": theme.danger, "warn": theme.warn}.get(line.tone, theme.text)
        painter.setPen(QColor(theme.text_dim if line.is_head else colour))
        self._write(painter, line.title, room)

    def _write(self, painter: QPainter, words: str, room: QRect) -> None:
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(0, room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)


V = TypeVar("V", bound=QListView)


def lines_view(model: LinesModel, look: Look, parent: QWidget) -> QListView:
    """A list of lines, worked by arrow keys and Enter."""
    return dressed(QListView(parent), model, look)


def dressed(view: V, model: LinesModel, look: Look) -> V:
    """A list that becomes one of lines."""
    view.setModel(model)
    view.setItemDelegate(LineDelegate(look, view))
    view.setMouseTracking(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    return view


def keep_shown(view: QListView, model: LinesModel, lines: tuple[Line, ...]) -> None:
    """Other lines in the view: the one picked stays picked while it is among them, and nothing scrolls."""
    line = view.currentIndex().data(LINE_ROLE)
    scrolled = view.verticalScrollBar().value()
    model.show_lines(lines)
    row = next((row for row, other in enumerate(lines) if line is not None and other.key == line.key), None)
    if row is not None:
        view.setCurrentIndex(model.index(row))
    view.verticalScrollBar().setValue(scrolled)
