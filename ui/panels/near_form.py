"""The fields, list and buttons of the sheet of the nearest units, without what becomes of them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from comms.domain.street_graph import Travel
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.icons import icon
from ui.widgets.labels import label
from ui.widgets.lines import LinesModel, lines_view
from ui.widgets.row import row_of
from ui.widgets.sheet_head import SheetHead

ANY_SKILL = ""
COUNTS = ("3", "5", "10", "20")
"""How many of the first to call together, or to send."""


class NearForm(QWidget):
    """Buttons by name; whoever owns the form connects them."""

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self.head = SheetHead("near", look, text, self, title="near.head", close="near.close")
        self.basis = label(tone="warn", wraps=True, parent=self)
        self.travel = Choices(tuple(travel.value for travel in Travel), "travel", text, self)
        self.count = Choices(COUNTS, "near_count", text, self)
        self.skill = QComboBox(self)
        self.skill.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.model = LinesModel(self)
        self.view = lines_view(self.model, look, self)
        self.nobody = label(tone="dim", wraps=True, parent=self)
        self.buttons = {name: QPushButton(self) for name in ("again", "call", "group", "order")}
        self._arrange()
        look.changed.connect(self._restyle)
        self._restyle()

    def _arrange(self) -> None:
        buttons = self.buttons
        for name, button in buttons.items():
            button.setObjectName(f"near_{name}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        buttons["order"].setProperty("tone", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(4)
        column.addWidget(self.head)
        for parts in ((self.travel, self.skill), (self.count,)):
            column.addLayout(row_of(*parts))
        column.addWidget(self.basis)
        column.addWidget(self.nobody)
        column.addWidget(self.view, 1)
        column.addLayout(row_of(buttons["again"], None, buttons["call"], buttons["group"], buttons["order"]))

    @property
    def skills(self) -> frozenset[str]:
        """What is needed."""
        chosen = str(self.skill.currentData() or ANY_SKILL)
        return frozenset({chosen}) if chosen else frozenset()

    def offer_skills(self, skills: list[str]) -> None:
        """What was chosen stays chosen."""
        chosen = self.skill.currentData()
        self.skill.clear()
        self.skill.addItem(self._text("near.any_skill"), ANY_SKILL)
        for skill in skills:
            self.skill.addItem(skill, skill)
        self.skill.setCurrentIndex(max(0, self.skill.findData(chosen)))

    def _restyle(self) -> None:
        theme = self._look.theme
        self.buttons["call"].setIcon(icon("phone", theme.text_dim, theme.text_faint))

    def retranslate(self) -> None:
        text = self._text
        self.nobody.setText(text("near.nobody"))
        self.skill.setAccessibleName(text("near.skill"))
        self.view.setAccessibleName(text("near.head"))
        self.buttons["again"].setText(text("near.again"))
        self.buttons["again"].setToolTip(text("near.again_tip"))
        self.buttons["call"].setText(text("near.call"))
        for name in ("call", "group", "order"):
            self.buttons[name].setToolTip(text(f"near.{name}_tip"))
        self.count.setToolTip(text("near.count_tip"))
        self.count.retranslate()
        self.travel.retranslate()
