"""Drivers: what an officer does with the panels, in the officer's words."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from comms.domain.ids import TalkgroupId
from tests.support.scene import Scene
from ui.main_window import MainWindow
from ui.panels.card_face import Tone
from ui.panels.talk_card import TalkCard

LEFT = Qt.MouseButton.LeftButton


class WindowDriver:
    """Shows the main window at 1366×768 and works it by mouse and keys, as they enter the window."""

    def __init__(self, scene: Scene, qtbot: QtBot, *, size: tuple[int, int] = (1366, 768)) -> None:
        self.scene = scene
        self.qtbot = qtbot
        self.window: MainWindow = scene.window()
        qtbot.addWidget(self.window)
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.voice = VoicePanelDriver(self)

    @property
    def parts(self) -> Any:
        return self.window.parts

    def handle(self) -> Any:
        """The window that has the keyboard."""
        window = QApplication.focusWindow()
        assert window is not None
        return window

    def key_down(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyPress(self.handle(), key, modifiers)

    def key_up(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyRelease(self.handle(), key, modifiers)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.handle(), key, modifiers)

    def type(self, words: str) -> None:
        """Into what has the focus, as an input method does: Chinese has no keys."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QPlainTextEdit):
            focus.insertPlainText(words)
        else:
            assert isinstance(focus, QLineEdit)
            focus.insert(words)

    def click(self, widget: QWidget, where: QPoint | None = None) -> None:
        QTest.mouseClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, where or widget.rect().center())

    def button(self, name: str) -> QPushButton:
        """A command's or a panel's button by its object name; of several the one that can be seen."""
        found = self.window.findChildren(QPushButton, name)
        assert found, name
        return next((button for button in found if button.isVisible()), found[0])

    def tool(self, name: str) -> QToolButton:
        found = self.window.findChild(QToolButton, name)
        assert found is not None, name
        return found

    def settle(self) -> None:
        """Let queued events and timers of 0 run."""
        QApplication.processEvents()

    def close(self) -> None:
        self.window.close()


class VoicePanelDriver:
    """The talkgroup bar. `card` is counted from 1, as F1 is."""

    def __init__(self, window: WindowDriver) -> None:
        self._window = window

    def card(self, number: int) -> TalkCard:
        found = self._window.parts.talkgroups.cards[number - 1]
        assert isinstance(found, TalkCard)
        return found

    def press_to_talk(self, number: int = 1) -> None:
        """Mouse down on a card's button."""
        button = self.card(number).button
        QTest.mousePress(button, LEFT, Qt.KeyboardModifier.NoModifier, button.rect().center())

    def let_go(self, number: int = 1) -> None:
        button = self.card(number).button
        QTest.mouseRelease(button, LEFT, Qt.KeyboardModifier.NoModifier, button.rect().center())

    def slip(self, number: int, distance_px: int) -> None:
        """Move the pressed mouse to the right of the button, so far from its edge."""
        button = self.card(number).button
        self._drag(button, QPointF(button.width() + distance_px, button.height() / 2))

    def _drag(self, button: QWidget, to: QPointF) -> None:
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            to,
            QPointF(button.mapToGlobal(to.toPoint())),
            Qt.MouseButton.NoButton,
            LEFT,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(button, move)

    def choose(self, number: int) -> None:
        card = self.card(number)
        QTest.mouseClick(card, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(card.width() // 3, card.height() // 2))

    @property
    def open_floors(self) -> list[TalkgroupId]:
        """Talkgroups whose floor this desk asks for or holds."""
        return self._window.scene.keys.down

    def tone(self, number: int) -> Tone:
        return self.card(number).face.tone

    def headline(self, number: int) -> str:
        return self.card(number).face.headline
