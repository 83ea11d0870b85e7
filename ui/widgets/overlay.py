"""Frames that float over a part of the window without taking anything's place."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid

from ui.widgets.drill_mark import crown_of, show_mark


class Corner(StrEnum):
    RIGHT = "right"
    """The whole height at the right edge."""
    TOP = "top"
    """In the middle of the top edge."""
    BOTTOM = "bottom"
    CENTRE = "centre"
    FULL = "full"


class Overlay(QFrame):
    """Keeps its place over `host` as the host's size changes. Hidden at first."""

    bears_mark = True
    """Of a drill, in one. What comes and goes in a moment does not."""

    def __init__(self, host: QWidget, corner: Corner, name: str) -> None:
        super().__init__(host)
        self._host = host
        self._corner = corner
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()
        host.installEventFilter(self)

    def wanted_width(self) -> int:
        return self.sizeHint().width()

    def wanted_height(self) -> int:
        return self.sizeHint().height()

    def inset(self) -> int:
        """Distance from the top or bottom edge."""
        return 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.place()
        return False

    def place(self) -> None:
        """Take the place again; call after the wanted size changed."""
        room = self._host.rect()
        top = crown_of(self._host)
        room.setTop(top)
        width, height = min(self.wanted_width(), room.width()), min(self.wanted_height(), room.height())
        middle = (room.width() - width) // 2
        match self._corner:
            case Corner.RIGHT:
                self.setGeometry(room.width() - width, top, width, room.height())
            case Corner.TOP:
                self.setGeometry(middle, top + self.inset(), width, height)
            case Corner.BOTTOM:
                self.setGeometry(middle, top + room.height() - height - self.inset(), width, height)
            case Corner.CENTRE:
                self.setGeometry(middle, top + (room.height() - height) // 2, width, height)
            case Corner.FULL:
                self.setGeometry(room)

    def showEvent(self, event: QShowEvent) -> None:
        self.read_mark()
        super().showEvent(event)

    def read_mark(self) -> None:
        """Whatever lies over a window of a drill says that it is one."""
        if self.bears_mark and show_mark(self):
            self.place()

    def dismiss(self) -> None:
        """Go, and give the keyboard back to what lies beneath."""
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self._host)
        self.hide()
        if had_focus:
            self._host.setFocus()

    def appear(self) -> None:
        self.place()
        self.show()
        self.raise_()


class Sheet(Overlay):
    """An overlay to write in. The keyboard stays within while it is there: Tab goes round, and what nothing in here
    takes does not reach the map beneath, where letters are tools. Then it returns to where it was before."""

    def __init__(self, host: QWidget, corner: Corner) -> None:
        super().__init__(host, corner, "sheet")
        self._before: QWidget | None = None

    def confirm(self) -> None:
        """What Ctrl+Enter does."""

    def appear(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self._before = focus
        super().appear()

    def dismiss(self) -> None:
        focus, before = QApplication.focusWidget(), self._before
        self._before = None
        self.hide()
        if focus is None or self.isAncestorOf(focus):
            is_there = before is not None and isValid(before) and before.isVisible() and before.isEnabled()
            (before if before is not None and is_there else self._host).setFocus()

    def focusNextPrevChild(self, is_forward: bool) -> bool:
        """Also asked when what has the keyboard is greyed out, as a button is while its answer is awaited."""
        focus = QApplication.focusWidget() or self
        reason = Qt.FocusReason.TabFocusReason if is_forward else Qt.FocusReason.BacktabFocusReason
        at = _beside(focus, is_forward)
        while at is not focus:
            if self.isAncestorOf(at) and _takes_tab(at):
                at.setFocus(reason)
                return True
            at = _beside(at, is_forward)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.confirm()
        event.accept()


def _beside(widget: QWidget, is_forward: bool) -> QWidget:
    beside = widget.nextInFocusChain() if is_forward else widget.previousInFocusChain()
    assert beside is not None  # the chain is a ring
    return beside


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    return takes and widget.focusProxy() is None and widget.isVisible() and widget.isEnabled()
