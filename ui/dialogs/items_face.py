"""The fields, list and buttons of the item list's sheet: what is on it, without what becomes of it."""

from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from comms.domain.item_list import ItemStep
from ui.dialogs.item_form import ItemForm
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.lines import LinesModel, lines_view
from ui.widgets.row import row_of

SHOWS = ("in_force", "waiting", "all")
STEP_OF = {
    "change": ItemStep.APPLY,
    "break_down": ItemStep.BREAK_DOWN,
    "approve": ItemStep.APPROVE,
    "reject": ItemStep.REJECT,
    "put_in_force": ItemStep.PUT_IN_FORCE,
    "retire": ItemStep.RETIRE,
}
"""Buttons about the item picked."""
_DATED = frozenset({"put_in_force", "retire"})
_TONES = {"send": "primary", "back": "flat", "close": "flat"}


class ItemsFace(QWidget):
    """Buttons by name; whoever owns the face connects them."""

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._title = label(tone="title", parent=self)
        self.search_field = QLineEdit(self)
        self.search_field.setClearButtonEnabled(True)
        self.shows = Choices(SHOWS, "item_shows", text, self)
        self.count = label(tone="dim", parent=self)
        self.model = LinesModel(self)
        self.view: QListView = lines_view(self.model, look, self)
        self.name, self.facts = label(tone="head", parent=self), label(wraps=True, parent=self)
        self.past = label(tone="dim", wraps=True, parent=self)
        self.form = ItemForm(text, self)
        self.fault = label(tone="danger", wraps=True, parent=self)
        self.date = QDateEdit(self)
        self.date.setDisplayFormat("yyyy-MM-dd")
        self.date.setCalendarPopup(True)
        self._date_caption = label(tone="dim", parent=self)
        self.buttons = {name: self._button(name) for name in ("apply", *STEP_OF, "part", "send", "back", "close")}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(row_of(self._title, None, self.buttons["close"]))
        whole = QHBoxLayout()
        whole.addLayout(self._left(), 9)
        whole.addSpacing(14)
        whole.addLayout(self._right(), 11)
        column.addLayout(whole, 1)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"item_{name}")
        button.setProperty("tone", _TONES.get(name, ""))
        return button

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        for part in (self.search_field, self.shows, self.count):
            column.addWidget(part)
        column.addWidget(self.view, 1)
        column.addWidget(self.buttons["apply"])
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        for part in (self.name, self.facts, self.past, self.form):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.fault)
        column.addLayout(row_of(self._date_caption, self.date, None))
        column.addLayout(row_of(*(self.buttons[name] for name in STEP_OF), None))
        column.addLayout(row_of(self.buttons["part"], None, self.buttons["back"], self.buttons["send"]))
        return column

    def show_steps(self, allowed: frozenset[str]) -> None:
        """What can be done with the item picked; the date only where one is needed."""
        for name in STEP_OF:
            self.buttons[name].setVisible(name in allowed)
        for part in (self._date_caption, self.date):
            part.setVisible(bool(allowed & _DATED))

    def show_form(self, is_editing: bool, *, can_part: bool) -> None:
        self.form.setVisible(is_editing)
        self.facts.setVisible(not is_editing)
        self.past.setVisible(not is_editing)
        for name in ("send", "back"):
            self.buttons[name].setVisible(is_editing)
        self.buttons["part"].setVisible(is_editing and can_part)
        frozen: tuple[QWidget, ...] = (self.buttons["apply"], self.view, self.shows, self.search_field)
        for part in frozen:
            part.setEnabled(not is_editing)

    def retranslate(self) -> None:
        text = self._text
        self._title.setText(text("item.title"))
        self.search_field.setPlaceholderText(text("item.find"))
        self.view.setAccessibleName(text("item.title"))
        self._date_caption.setText(text("item.date"))
        self.date.setAccessibleName(text("item.date"))
        self.shows.retranslate()
        self.form.retranslate()
        for name, button in self.buttons.items():
            button.setText(text(f"item.button.{name}"))
