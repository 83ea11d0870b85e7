"""The fields, list and buttons of the sheet of what lies around a place, without what becomes of them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.lines import LinesModel, lines_view
from ui.widgets.row import row_of
from ui.widgets.sheet_head import SheetHead

OWN = "own"
RADII = ("100", "300", "500", "1000")
"""Metres."""


class AroundForm(QWidget):
    """Buttons by name; whoever owns the form connects them."""

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self.head = SheetHead("around", look, text, self, title="around.title", close="around.close")
        self.radius = Choices((OWN, *RADII), "around_radius", text, self)
        self.summary = label(wraps=True, parent=self)
        self.model = LinesModel(self)
        self.view = lines_view(self.model, look, self)
        self.buttons = {name: QPushButton(self) for name in ("again", "call")}
        for name, button in self.buttons.items():
            button.setObjectName(f"around_{name}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons["call"].setProperty("tone", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(self.radius)
        column.addWidget(self.summary)
        column.addWidget(self.view, 1)
        column.addLayout(row_of(self.buttons["again"], None, self.buttons["call"]))
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        # Three lines whatever they say, so that the list below never moves.
        self.summary.setFixedHeight(3 * self.summary.fontMetrics().lineSpacing() + 4)

    def retranslate(self) -> None:
        text = self._text
        self.view.setAccessibleName(text("around.title"))
        self.radius.setToolTip(text("around.radius_tip"))
        self.buttons["again"].setText(text("around.again"))
        self.buttons["again"].setToolTip(text("around.again_tip"))
        self.buttons["call"].setToolTip(text("around.call_tip"))
        self.radius.retranslate()
