"""The parts of the case sheet in their places, without what becomes of them."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.actions.duty import Duty
from console.store.store import Store
from ui.acting import Acting
from ui.case.form import CaseForm
from ui.case.records import CaseRecords
from ui.case.steps import StepGrid
from ui.case.strip import StageStrip
from ui.item.choice import ItemChoice
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.widgets.row import row_of


class CaseFace(QWidget):
    def __init__(
        self,
        *,
        store: Store,
        choice: ItemChoice,
        duty: Duty,
        acting: Acting,
        look: Look,
        text: Texts,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self.name = label(tone="title", parent=self)
        self.where = ElidedLabel(tone="dim", parent=self)
        self.close_button = QPushButton(self)
        self.close_button.setObjectName("case_close_sheet")
        self.close_button.setProperty("tone", "flat")
        self.strip = StageStrip(look, self)
        self.working, self.natural = label(tone="head", parent=self), label(tone="head", parent=self)
        self.paused = ElidedLabel(tone="warn", parent=self)
        self.steps = StepGrid(text, self)
        self.why = ElidedLabel(tone="dim", parent=self)
        self.why.setObjectName("case_why")
        self.form = CaseForm(choice, look, text, self)
        self.records = CaseRecords(store=store, duty=duty, acting=acting, look=look, text=text, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(6)
        column.addLayout(row_of(self.name, self.where, self.close_button))
        column.addWidget(self.strip)
        clocks = row_of(self.working, self.natural, self.paused)
        clocks.setSpacing(24)
        column.addLayout(clocks)
        whole = QHBoxLayout()
        whole.setSpacing(16)
        whole.addLayout(self._left(), 11)
        whole.addWidget(self.records, 10)
        column.addLayout(whole, 1)

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.steps)
        column.addWidget(self.why)
        column.addWidget(self.form, 1)
        return column

    def say_clocks(self, working: tuple[str, str], natural: tuple[str, str], paused: str) -> None:
        for part, (words, tone) in ((self.working, working), (self.natural, natural)):
            part.setText(words)
            part.setVisible(bool(words))
            set_tone(part, tone or "head")
        self.paused.setText(paused)

    def retranslate(self) -> None:
        self.close_button.setText(self._text("case.close"))
        self.steps.retranslate()
        self.form.retranslate()
        self.records.retranslate()
