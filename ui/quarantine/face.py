"""What is on the quarantine sheet: the list at the left, the record as it came, the fields, and what can be done."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from comms.domain.quarantine import Part
from console.store.store import Store
from ui.quarantine.form import CorrectionForm
from ui.quarantine.model import WaitingModel
from ui.quarantine.record import Record
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.lines import LineDelegate
from ui.widgets.row import row_of

_TONES = {"release": "primary", "close": "flat"}
_MOST_FITTED = 60
"""Rows whose height is made to fit; more would take too long."""


class RecordView(QStackedWidget):
    """Read only: fields and values, or the words as they are."""

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self.table = QTableWidget(0, 2, self)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.raw = QPlainTextEdit(self)
        self.raw.setReadOnly(True)
        self.raw.setTabChangesFocus(True)
        for page in (self.table, self.raw):
            self.addWidget(page)

    def show_words(self, words: str) -> None:
        self.raw.setPlainText(words)
        self.setCurrentWidget(self.raw)

    def show_record(self, record: Record, parts: dict[str, Part], wrong: frozenset[Part]) -> None:
        """`parts` says which of our fields a name stands for; those that are `wrong` stand out."""
        if not record.fields:
            self.show_words(record.raw + (self._text("quarantine.cut") if record.is_cut else ""))
            return
        danger, theme = QColor(self._look.theme.danger), self._look.theme
        self.table.setRowCount(len(record.fields))
        for row, field in enumerate(record.fields):
            part = parts.get(field.name)
            name = (
                field.name
                if part is None
                else self._text(
                    "quarantine.stands_for", name=field.name, field=self._text(f"quarantine.part.{part.value}")
                )
            )
            for column, words in enumerate((name, field.value)):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                item.setForeground(danger if part in wrong else QColor(theme.text if column else theme.text_dim))
                self.table.setItem(row, column, item)
        self._fit()
        self.table.scrollToTop()
        self.setCurrentWidget(self.table)

    def _fit(self) -> None:
        self.table.setColumnWidth(0, int(self.width() * 0.42))
        if self.table.rowCount() <= _MOST_FITTED:
            self.table.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def retranslate(self) -> None:
        self.table.setHorizontalHeaderLabels([self._text("quarantine.name"), self._text("quarantine.value")])
        for page in (self.table, self.raw):
            page.setAccessibleName(self._text("quarantine.as_it_came"))


class QuarantineFace(QWidget):
    """Buttons by name; whoever owns the face connects them."""

    def __init__(self, store: Store, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._title = label(tone="title", parent=self)
        self.count = label(tone="dim", parent=self)
        self.search_field = QLineEdit(self)
        self.search_field.setObjectName("quarantine_find")
        self.search_field.setClearButtonEnabled(True)
        self.model = WaitingModel(store, text, self)
        self.view = QListView(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(LineDelegate(look, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.name = ElidedLabel(tone="head", parent=self)
        self.why = label(tone="danger", wraps=True, parent=self)
        self._came_caption = label(tone="dim", parent=self)
        self.record = RecordView(look, text, self)
        self._form_caption = label(tone="dim", parent=self)
        self.form = CorrectionForm(text, self)
        self.together = QCheckBox(self)
        self.together.setObjectName("quarantine_together")
        self.note = label(wraps=True, parent=self)
        self.buttons = {name: self._button(name) for name in ("clear", "discard", "release", "close")}
        self._arrange()

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"quarantine_{name}")
        button.setProperty("tone", _TONES.get(name, ""))
        return button

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(row_of(self._title, None, self.buttons["close"]))
        whole = QHBoxLayout()
        whole.setSpacing(14)
        for part, stretch in ((self._left(), 10), (self._middle(), 9), (self._right(), 10)):
            whole.addLayout(part, stretch)
        column.addLayout(whole, 1)
        column.addWidget(self.note)
        column.addLayout(row_of(self.together, None, self.buttons["discard"], self.buttons["release"]))

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.search_field)
        column.addLayout(row_of(self.count, None, self.buttons["clear"]))
        column.addWidget(self.view, 1)
        return column

    def _middle(self) -> QVBoxLayout:
        column = QVBoxLayout()
        for part in (self.name, self.why, self._came_caption):
            column.addWidget(part)
        column.addWidget(self.record, 1)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self._form_caption)
        column.addWidget(self.form, 1)
        return column

    def retranslate(self) -> None:
        text = self._text
        self._title.setText(text("quarantine.title"))
        self.search_field.setPlaceholderText(text("quarantine.find"))
        self.search_field.setAccessibleName(text("quarantine.find"))
        self.view.setAccessibleName(text("quarantine.title"))
        self._came_caption.setText(text("quarantine.as_it_came"))
        self._form_caption.setText(text("quarantine.corrected"))
        self.record.retranslate()
        self.form.retranslate()
        self.model.retell()
        for name, button in self.buttons.items():
            button.setText(text(f"quarantine.button.{name}"))
