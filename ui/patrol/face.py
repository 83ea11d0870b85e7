"""Lists, words and buttons of the sheet of patrols: what is on it, without what becomes of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListView, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ui.patrol.plan_form import PlanForm
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.lines import LinesModel, lines_view
from ui.widgets.row import row_of

SHOWS = ("plans", "due", "overdue", "done", "missed")
OF_PLAN = ("change", "end", "print")
OF_PLACE = ("excuse", "renew", "print_one", "map")
_TONES = {"send": "primary", "back": "flat", "close": "flat"}


class PatrolFace(QWidget):
    """Buttons by name; whoever owns the face connects them."""

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._title = label(tone="title", parent=self)
        self.shows = Choices(SHOWS, "patrol_shows", text, self)
        self.count = label(tone="dim", wraps=True, parent=self)
        self.model = LinesModel(self)
        self.view: QListView = lines_view(self.model, look, self)
        self.name = label(tone="head", wraps=True, parent=self)
        self.words = QPlainTextEdit(self)
        self.words.setReadOnly(True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.words.setTabChangesFocus(True)
        self.form = PlanForm(text, self)
        self.fault = label(tone="danger", wraps=True, parent=self)
        names = ("new", "more", *OF_PLAN, *OF_PLACE, "send", "back", "close")
        self.buttons = {name: self._button(name) for name in names}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(row_of(self._title, None, self.buttons["close"]))
        column.addWidget(self.shows)
        whole = QHBoxLayout()
        whole.addLayout(self._left(), 10)
        whole.addSpacing(14)
        whole.addLayout(self._right(), 11)
        column.addLayout(whole, 1)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"patrol_{name}")
        button.setProperty("tone", _TONES.get(name, ""))
        return button

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.count)
        column.addWidget(self.view, 1)
        column.addLayout(row_of(self.buttons["new"], self.buttons["more"], None))
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.name)
        column.addWidget(self.words, 1)
        column.addWidget(self.form, 1)
        column.addWidget(self.fault)
        column.addLayout(row_of(*(self.buttons[name] for name in (*OF_PLAN, *OF_PLACE)), None))
        column.addLayout(row_of(None, self.buttons["back"], self.buttons["send"]))
        return column

    def show_buttons(self, names: frozenset[str]) -> None:
        """What can be done now; the others are gone."""
        for name in (*OF_PLAN, *OF_PLACE, "more", "new"):
            self.buttons[name].setVisible(name in names)

    def show_form(self, is_editing: bool) -> None:
        self.form.setVisible(is_editing)
        self.words.setVisible(not is_editing)
        for name in ("send", "back"):
            self.buttons[name].setVisible(is_editing)
        frozen: tuple[QWidget, ...] = (self.view, self.shows)
        for part in frozen:
            part.setEnabled(not is_editing)

    def retranslate(self) -> None:
        text = self._text
        self._title.setText(text("patrol.title"))
        self.view.setAccessibleName(text("patrol.title"))
        self.words.setAccessibleName(text("patrol.words"))
        self.shows.retranslate()
        self.form.retranslate()
        for name, button in self.buttons.items():
            button.setText(text(f"patrol.button.{name}"))
