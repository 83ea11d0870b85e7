"""The steps of a case as buttons that never move: those that may be taken, and of the others why not."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from comms.domain.case import CaseStep
from ui.case.words import do_name
from ui.text import Texts
from ui.widgets.labels import label
from ui.widgets.triggered import Triggered

_P = CaseStep
ROWS: dict[str, tuple[CaseStep, ...]] = {
    "acceptor": (_P.REGISTER, _P.VERIFY, _P.VOID),
    "dispatcher": (_P.DISPATCH, _P.RECALL, _P.RETURN, _P.RESUME),
    "handler": (_P.RECEIVE, _P.HAND_BACK, _P.ASK_EXTENSION, _P.ASK_SUSPENSION),
    "checker": (_P.CLOSE, _P.REWORK),
    "supervisor": (_P.REMIND, _P.ESCALATE, _P.EXTEND, _P.SUSPEND, _P.DECLINE, _P.FORCE_CLOSE),
    "appeal": (_P.APPEAL, _P.PASS_APPEAL, _P.GRANT_APPEAL, _P.DENY_APPEAL),
}
"""By whose they are, mostly; what only the gateway does is not among them."""
PROCEDURE = tuple(step for row in ROWS.values() for step in row)
_COLUMNS = 6
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class StepButton(QPushButton):
    """Greyed it still takes the keyboard, so that everybody can learn why; pressing it then only says so."""

    reached = Signal()
    moved = Signal(int, int)
    """By arrow: rows and columns."""

    def __init__(self, step: CaseStep, parent: QWidget) -> None:
        super().__init__(parent)
        self.step = step
        self.reason = ""
        self.setObjectName(f"case_{step.value}")
        self.setCheckable(True)
        self.setProperty("tone", "step")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def forbid(self, reason: str) -> None:
        """Empty: it may be taken."""
        if reason != self.reason:
            self.reason = reason
            self.setToolTip(reason)
            self.setAccessibleDescription(reason)
            self.setProperty("tone", "off" if reason else "step")
            self.style().unpolish(self)
            self.style().polish(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.reached.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is not None:
            self.moved.emit(*arrow)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


class StepGrid(QWidget):
    chosen = Signal(object)
    """This CaseStep is to be taken: what it needs is to be shown."""
    said = Signal(str)
    """Why the step the keyboard is on may not be taken; empty when it may."""

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self.step: CaseStep | None = None
        self.buttons: dict[CaseStep, StepButton] = {}
        self._captions = {name: label(tone="dim", parent=self) for name in ROWS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for row, (name, steps) in enumerate(ROWS.items()):
            grid.addWidget(self._captions[name], row, 0)
            for column, step in enumerate(steps):
                grid.addWidget(self._button(step), row, column + 1)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column + 1, 1)
        self.retranslate()

    def _button(self, step: CaseStep) -> StepButton:
        button = self.buttons[step] = StepButton(step, self)
        button.clicked.connect(Triggered(partial(self._press, step)))
        button.reached.connect(partial(self._reach, step))
        button.moved.connect(partial(self._move, step))
        return button

    def show_reasons(self, reasons: dict[CaseStep, str]) -> None:
        """Of every step why it may not be taken; empty when it may."""
        for step, button in self.buttons.items():
            button.forbid(reasons[step])
        focus = next((button for button in self.buttons.values() if button.hasFocus()), None)
        if focus is not None:
            self.said.emit(focus.reason)

    def choose(self, step: CaseStep | None) -> None:
        """Mark a step without asking anybody."""
        self.step = step
        for one, button in self.buttons.items():
            button.setChecked(one is step)

    def first_allowed(self) -> CaseStep | None:
        return next((step for step in PROCEDURE if not self.buttons[step].reason), None)

    def _press(self, step: CaseStep) -> None:
        if self.buttons[step].reason:
            self.choose(self.step)
            self.said.emit(self.buttons[step].reason)
            return
        self.choose(step)
        self.chosen.emit(step)

    def _reach(self, step: CaseStep) -> None:
        self.said.emit(self.buttons[step].reason)

    def _move(self, step: CaseStep, rows: int, columns: int) -> None:
        lines = list(ROWS.values())
        row = next(row for row, steps in enumerate(lines) if step in steps)
        column = lines[row].index(step) + columns
        row = min(len(lines) - 1, max(0, row + rows))
        column = min(len(lines[row]) - 1, max(0, column))
        self.buttons[lines[row][column]].setFocus()

    def retranslate(self) -> None:
        for name, caption in self._captions.items():
            caption.setText(self._text(f"case.row.{name}"))
        for step, button in self.buttons.items():
            button.setText(do_name(step, self._text))
