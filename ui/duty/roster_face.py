"""The fields, list and buttons of the roster: what is on its page, without what becomes of it."""

from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDateTimeEdit,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ui.widgets.labels import label
from ui.widgets.lines import LinesModel, lines_view
from ui.widgets.row import row_of
from ui.workplace import Workplace

_BUTTONS = ("sign_on", "sign_off", "swap", "agree", "decline", "plan", "remove", "import", "new_post")
_FIELDS = ("name", "start", "end", "officer", "deputy")


class RosterFace(QWidget):
    """Buttons by name; whoever owns the face connects them."""

    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = place.text
        self.on_duty, self.coming = label(tone="head", wraps=True, parent=self), label(wraps=True, parent=self)
        self.month = QDateEdit(QDate.currentDate(), self)
        self.month.setDisplayFormat("yyyy-MM")
        self.model = LinesModel(self)
        self.view: QListView = lines_view(self.model, place.look, self)
        self.buttons = {name: self._button(name) for name in _BUTTONS}
        self.reason, self.post_name, self.name = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.to, self.other = QComboBox(self), QComboBox(self)
        self.start, self.end = QDateTimeEdit(self), QDateTimeEdit(self)
        for edit in (self.start, self.end):
            edit.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.officer, self.deputy, self.days = QComboBox(self), QComboBox(self), QSpinBox(self)
        self.days.setRange(1, 31)
        self.swap_words = label(wraps=True, parent=self)
        self._captions = {key: label(tone="dim", parent=self) for key in (*_FIELDS, "days")}
        self._heads = {key: label(tone="head", parent=self) for key in ("mine", "planning")}
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._left(), 10)
        whole.addSpacing(14)
        whole.addLayout(self._right(), 9)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"duty_{name}")
        button.setProperty("tone", "primary" if name == "sign_on" else "")
        return button

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.on_duty)
        column.addWidget(self.coming)
        column.addLayout(row_of(self.month, None, self.buttons["import"]))
        column.addWidget(self.view, 1)
        named = row_of(self.post_name, self.buttons["new_post"])
        named.setStretch(0, 1)
        column.addLayout(named)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self._heads["mine"])
        column.addWidget(self.reason)
        column.addLayout(row_of(self.buttons["sign_on"], self.buttons["sign_off"], None))
        swapping = row_of(self.to, self.other, self.buttons["swap"])
        swapping.setStretch(0, 2)
        swapping.setStretch(1, 3)
        column.addLayout(swapping)
        column.addWidget(self.swap_words)
        column.addLayout(row_of(self.buttons["agree"], self.buttons["decline"], None))
        column.addSpacing(10)
        column.addWidget(self._heads["planning"])
        grid = QGridLayout()
        fields = (self.name, self.start, self.end, self.officer, self.deputy, self.days)
        for row, (key, field) in enumerate(zip(self._captions, fields, strict=True)):
            grid.addWidget(self._captions[key], row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addLayout(row_of(None, self.buttons["remove"], self.buttons["plan"]))
        column.addStretch(1)
        return column

    def retranslate(self) -> None:
        text = self._text
        for name, button in self.buttons.items():
            button.setText(text(f"duty.button.{name}"))
        for key, caption in self._captions.items():
            caption.setText(text(f"duty.field.{key}"))
        for key, head in self._heads.items():
            head.setText(text(f"duty.head.{key}"))
        self.reason.setPlaceholderText(text("duty.reason"))
        self.post_name.setPlaceholderText(text("duty.post_name"))
        self.view.setAccessibleName(text("duty_page.roster"))
        self.to.setAccessibleName(text("duty.button.swap"))
        self.other.setAccessibleName(text("duty.nothing_back"))
