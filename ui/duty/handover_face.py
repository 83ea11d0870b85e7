"""The fields, list and buttons of the handover: what is on its page, without what becomes of it."""

from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from comms.domain.handover import SectionKind
from ui.duty.export import SUFFIXES
from ui.widgets.labels import label
from ui.widgets.lines import LinesModel, lines_view
from ui.widgets.row import row_of
from ui.workplace import Workplace

STEPS = ("make", "sign", "accept")


class HandoverFace(QWidget):
    """At the left the sheet, at the right the step that is next. Whoever owns the face connects it."""

    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = place.text
        self.state_words = label(tone="head", wraps=True, parent=self)
        self.model = LinesModel(self)
        self.view: QListView = lines_view(self.model, place.look, self)
        self.steps = {name: label(wraps=True, parent=self) for name in STEPS}
        self.notes = QPlainTextEdit(self)
        self.notes.setTabChangesFocus(True)
        self.notes.setMaximumHeight(place.look.px(64))
        self.ticks = {kind: QCheckBox(self) for kind in SectionKind}
        self.keeps = QCheckBox(self)
        self.words, self.password = QLineEdit(self), QLineEdit(self)
        self.words.setMaxLength(1000)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.buttons = {name: self._button(name) for name in (*STEPS, *SUFFIXES)}
        self.signatures = label(wraps=True, parent=self)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        left = QVBoxLayout()
        left.addWidget(self.state_words)
        left.addWidget(self.view, 1)
        whole.addLayout(left, 11)
        whole.addSpacing(14)
        whole.addLayout(self._right(), 9)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"handover_{name}")
        button.setProperty("tone", "primary" if name in STEPS else "")
        return button

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(self.steps["make"])
        column.addWidget(self.notes)
        column.addLayout(row_of(None, self.buttons["make"]))
        column.addWidget(self.steps["sign"])
        column.addWidget(self.words)
        column.addWidget(self.password)
        column.addLayout(row_of(None, self.buttons["sign"]))
        column.addWidget(self.steps["accept"])
        grid = QGridLayout()
        for at, tick in enumerate(self.ticks.values()):
            grid.addWidget(tick, at // 2, at % 2)
        column.addLayout(grid)
        column.addWidget(self.keeps)
        column.addLayout(row_of(None, self.buttons["accept"]))
        column.addWidget(self.signatures)
        column.addStretch(1)
        column.addLayout(row_of(None, *(self.buttons[suffix] for suffix in SUFFIXES)))
        return column

    def retranslate(self) -> None:
        text = self._text
        for name, step in self.steps.items():
            step.setText(text(f"handover.step.{name}"))
            self.buttons[name].setText(text(f"handover.button.{name}"))
        for suffix in SUFFIXES:
            self.buttons[suffix].setText(text(f"duty.export.{suffix}"))
        self.notes.setPlaceholderText(text("handover.notes"))
        self.words.setPlaceholderText(text("handover.words"))
        self.password.setPlaceholderText(text("handover.password"))
        self.keeps.setText(text("handover.keeps"))
        self.view.setAccessibleName(text("handover.paper"))
