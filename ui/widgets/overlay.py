"""Frames that float over a part of the window without taking anything's place."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QFrame, QWidget


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
        width, height = min(self.wanted_width(), room.width()), min(self.wanted_height(), room.height())
        middle = (room.width() - width) // 2
        match self._corner:
            case Corner.RIGHT:
                self.setGeometry(room.width() - width, 0, width, room.height())
            case Corner.TOP:
                self.setGeometry(middle, self.inset(), width, height)
            case Corner.BOTTOM:
                self.setGeometry(middle, room.height() - height - self.inset(), width, height)
            case Corner.CENTRE:
                self.setGeometry(middle, (room.height() - height) // 2, width, height)
            case Corner.FULL:
                self.setGeometry(room)

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
