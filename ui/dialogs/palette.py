"""The command palette: type, arrow keys, Enter. Finds anything the desk knows by name."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.search.finder import Finder, Finding
from ui.text import Texts
from ui.theme import Look
from ui.widgets.command_button import key_words
from ui.widgets.icons import paint_icon
from ui.widgets.labels import label
from ui.widgets.option import place_of, state_of
from ui.widgets.overlay import Corner, Overlay

_AnyIndex = QModelIndex | QPersistentModelIndex
FINDING_ROLE = int(Qt.ItemDataRole.UserRole)
BEGINS_ROLE = FINDING_ROLE + 1
"""True where another kind begins."""
ROWS_SHOWN = 9


class FindingsModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._findings: list[Finding] = []

    def show_findings(self, findings: list[Finding]) -> None:
        self.beginResetModel()
        self._findings = findings
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._findings)

    def data(self, index: _AnyIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        finding = self._findings[index.row()]
        if role == FINDING_ROLE:
            return finding
        if role == BEGINS_ROLE:
            return index.row() > 0 and self._findings[index.row() - 1].kind is not finding.kind
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return finding.title
        return None


class FindingDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        return QSize(self._look.px(100), self._look.px(30))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        look, theme = self._look, self._look.theme
        finding: Finding = index.data(FINDING_ROLE)
        place = place_of(option)
        state = state_of(option)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(theme.chosen))
        if index.data(BEGINS_ROLE):
            painter.setPen(QColor(theme.line))
            painter.drawLine(place.topLeft(), place.topRight())
        side = look.px(15)
        spot = QRectF(place.left() + look.px(8), place.center().y() - side / 2, side, side)
        paint_icon(painter, finding.icon, theme.accent, spot)
        inside = place.adjusted(look.px(32), 0, -look.px(8), 0)
        kind = key_words(finding.key) if finding.key else self._text(f"finding.{finding.kind.value}")
        painter.setFont(look.font(px=11))
        painter.setPen(QColor(theme.text_faint))
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), kind)
        inside.setRight(inside.right() - painter.fontMetrics().horizontalAdvance(kind) - look.px(10))
        painter.setFont(look.font())
        painter.setPen(QColor(theme.text))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        title = painter.fontMetrics().elidedText(finding.title, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, middle, title)
        inside.setLeft(inside.left() + painter.fontMetrics().horizontalAdvance(title) + look.px(10))
        painter.setFont(look.font(px=12))
        painter.setPen(QColor(theme.text_dim))
        detail = painter.fontMetrics().elidedText(finding.detail, Qt.TextElideMode.ElideRight, max(0, inside.width()))
        painter.drawText(inside, middle, detail)
        painter.restore()


class CommandPalette(Overlay):
    def __init__(self, host: QWidget, *, finder: Finder, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.TOP, "palette")
        self._finder = finder
        self._look = look
        self._text = text
        self._before: QWidget | None = None
        self._field = QLineEdit(self)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._model = FindingsModel(self)
        self._view = QListView(self)
        self._view.setModel(self._model)
        self._view.setItemDelegate(FindingDelegate(look, text, self._view))
        self._view.setUniformItemSizes(True)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.clicked.connect(self._choose)
        self._nothing = label(tone="dim", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._field)
        column.addWidget(self._nothing)
        column.addWidget(self._view, 1)

    @property
    def finder(self) -> Finder:
        return self._finder

    @property
    def field(self) -> QLineEdit:
        return self._field

    @property
    def findings(self) -> list[Finding]:
        return [self._model.index(row).data(FINDING_ROLE) for row in range(self._model.rowCount())]

    def wanted_width(self) -> int:
        return self._look.px(620)

    def wanted_height(self) -> int:
        rows = min(ROWS_SHOWN, self._model.rowCount())
        words = 0 if self._nothing.isHidden() else 20
        return self._look.px(56 + 30 * rows + words)

    def inset(self) -> int:
        """Below the strip of alerts, which stays in sight."""
        return self._look.px(68)

    def open(self) -> None:
        self._before = self.window().focusWidget()
        self._field.setPlaceholderText(self._text("palette.hint"))
        self._field.clear()
        self._search("")
        self.appear()
        self._field.setFocus()

    def dismiss(self) -> None:
        """The focus goes back to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
            self._before = None

    def refresh(self) -> None:
        """More names can be found: what is chosen stays chosen."""
        if self.isVisible():
            chosen = self._view.currentIndex().data(FINDING_ROLE)
            self._search(self._field.text())
            rows = [row for row, one in enumerate(self.findings) if _is_same(one, chosen)]
            self._view.setCurrentIndex(self._model.index(rows[0] if rows else 0))

    def _search(self, words: str) -> None:
        self._model.show_findings(self._finder.find(words))
        is_empty, is_ready = self._model.rowCount() == 0, self._finder.is_ready
        self._nothing.setText(self._text("palette.nothing" if is_ready else "palette.preparing"))
        self._nothing.setVisible(is_empty or not is_ready)
        self._view.setVisible(not is_empty)
        self._view.setCurrentIndex(self._model.index(0))
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        if watched is self._field and isinstance(event, QFocusEvent) and event.lostFocus():
            self.hide()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.dismiss()
            case Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_PageDown:
                self._step(ROWS_SHOWN)
            case Qt.Key.Key_PageUp:
                self._step(-ROWS_SHOWN)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self._view.currentIndex())
            case _:
                return False
        return True

    def _step(self, rows: int) -> None:
        last = self._model.rowCount() - 1
        row = min(last, max(0, self._view.currentIndex().row() + rows))
        self._view.setCurrentIndex(self._model.index(row))

    def _choose(self, index: QModelIndex) -> None:
        finding = index.data(FINDING_ROLE)
        if isinstance(finding, Finding):
            self.dismiss()
            finding.go()


def _is_same(finding: Finding, chosen: Finding | None) -> bool:
    return chosen is not None and (finding.kind, finding.title, finding.detail) == (
        chosen.kind,
        chosen.title,
        chosen.detail,
    )
