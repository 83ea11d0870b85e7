"""How the support page looks: a line for each thing that can be well or not, and what to do beneath it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.support.judging import Finding, Grade, Topic
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.row import row_of
from ui.widgets.sheet_head import SheetHead

BUTTONS = ("refresh", "copy", "bundle", "cancel")
_TONES = {Grade.GOOD: "ok", Grade.LOOK: "warn", Grade.ACT: "danger", Grade.UNKNOWN: "faint"}
_MARKS = {Grade.GOOD: "●", Grade.LOOK: "▲", Grade.ACT: "■", Grade.UNKNOWN: "○"}
"""Told apart without colours, too."""


class SupportFace(QWidget):
    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text, self._look = text, look
        self.head = SheetHead("support", look, text, self, title="support.title", close="support.close")
        self.buttons = {name: self._button(name) for name in BUTTONS}
        self.buttons["bundle"].setProperty("tone", "primary")
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(look.px(8))
        self.told = label(tone="dim", wraps=True, parent=self)
        self._lines = {topic: _Line(self) for topic in Topic}
        self._arrange()

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"support_{name}")
        return button

    def _arrange(self) -> None:
        px = self._look.px
        inner = QWidget(self)
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, px(4), px(8), px(4))
        grid.setHorizontalSpacing(px(10))
        grid.setVerticalSpacing(px(5))
        grid.setColumnStretch(2, 1)
        for row, line in enumerate(self._lines.values()):
            grid.addWidget(line.mark, 2 * row, 0)
            grid.addWidget(line.topic, 2 * row, 1)
            grid.addWidget(line.words, 2 * row, 2)
            grid.addWidget(line.advice, 2 * row + 1, 2)
        grid.setRowStretch(2 * len(self._lines), 1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(14))
        column.addWidget(self.head)
        column.addWidget(area, 1)
        column.addWidget(self.told)
        buttons = self.buttons
        column.addWidget(self.progress)
        column.addLayout(row_of(buttons["refresh"], buttons["copy"], None, buttons["cancel"], buttons["bundle"]))

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            line = self._lines[finding.topic]
            line.mark.setText(_MARKS[finding.grade])
            line.mark.setProperty("tone", _TONES[finding.grade])
            line.words.setText(self._text(f"support.{finding.words}", **finding.values))
            line.advice.setText(self._text(f"support.advice.{finding.advice}") if finding.advice else "")
            line.advice.setVisible(bool(finding.advice))
            for one in (line.mark, line.words, line.advice):
                one.style().polish(one)

    def retranslate(self) -> None:
        for topic, line in self._lines.items():
            line.topic.setText(self._text(f"support.topic.{topic.value}"))
        for name, button in self.buttons.items():
            button.setText(self._text(f"support.{name}"))


class _Line:
    def __init__(self, parent: QWidget) -> None:
        self.mark: QLabel = label(parent=parent)
        self.topic = label(tone="head", parent=parent)
        self.words = label(wraps=True, parent=parent)
        self.advice = label(tone="dim", wraps=True, parent=parent)
        self.advice.hide()
