"""A file that is no scenario: its text, every line that is wrong, and the way to mend it on the spot."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from comms.scenario.scenario_file import ScenarioFileError
from ui.scenario.inputs import FIXED_LETTERS
from ui.scenario.sense import Sense
from ui.widgets.labels import label
from ui.widgets.row import row_of

_LINE = Qt.ItemDataRole.UserRole


class Broken(QWidget):
    """`checkWanted` carries the text as it is written now."""

    checkWanted = Signal(str)

    def __init__(self, data: bytes, error: ScenarioFileError, sense: Sense, parent: QWidget) -> None:
        super().__init__(parent)
        self._sense = sense
        self._head = label(tone="title", wraps=True, parent=self)
        self.problems = QListWidget(self)
        self.problems.setObjectName("scenario_problems")
        self.problems.setWordWrap(True)
        self.problems.setAccessibleName(sense.text("scenario.faults"))
        self.problems.itemActivated.connect(self._go)
        self.problems.itemClicked.connect(self._go)
        self.edit = QPlainTextEdit(data.decode("utf-8", errors="replace"), self)
        self.edit.setObjectName("scenario_source")
        self.edit.setAccessibleName(sense.text("scenario.section.file"))
        self.edit.setStyleSheet(FIXED_LETTERS)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.check = QPushButton(sense.text("scenario.read_again"), self)
        self.check.setObjectName("scenario_read_again")
        self.check.setProperty("tone", "primary")
        self.check.clicked.connect(lambda: self.checkWanted.emit(self.edit.toPlainText()))
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.edit)
        split.addWidget(self.problems)
        split.setStretchFactor(0, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([sense.look.px(460), sense.look.px(150)])
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self._head)
        column.addWidget(split, 1)
        column.addLayout(row_of(None, self.check))
        self.say(error)

    def say(self, error: ScenarioFileError) -> None:
        self._head.setText(self._sense.text("scenario.broken_head", count=len(error.problems)))
        self.problems.clear()
        for problem in error.problems:
            item = QListWidgetItem(problem.words(self._sense.text.locale.value), self.problems)
            item.setData(_LINE, problem.line)
        self.problems.setCurrentRow(0)
        self._go_to(error.problems[0].line)

    def _go(self, item: QListWidgetItem) -> None:
        self._go_to(int(item.data(_LINE)))
        self.edit.setFocus()

    def _go_to(self, line: int) -> None:
        block = self.edit.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.edit.setTextCursor(cursor)
        self.edit.centerCursor()
