"""The rehearsal's hands and eyes: real keys and clicks into the real window, and pictures of what it shows."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from console.store.notices import Notice
from console.store.store import Store
from ui.main_window import MainWindow

LOOK_S = 0.03


class Hands:
    """Keys go where a keyboard's would: to the window, which finds out what they mean."""

    def __init__(self, window: MainWindow, pictures: Path) -> None:
        self._window = window
        self._pictures = pictures
        self.taken: list[str] = []

    def come_forward(self) -> None:
        self._window.activateWindow()
        self._window.parts.map.setFocus()

    async def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        await _outside(partial(QTest.keyClick, self._window.windowHandle(), key, modifier))

    async def hold(self, key: Qt.Key) -> None:
        await _outside(partial(QTest.keyPress, self._window.windowHandle(), key))

    async def let_go(self, key: Qt.Key) -> None:
        await _outside(partial(QTest.keyRelease, self._window.windowHandle(), key))

    async def click(self, widget: QWidget) -> None:
        await _outside(
            partial(
                QTest.mouseClick,
                widget,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
                widget.rect().center(),
            )
        )

    def command(self, command_id: str) -> None:
        """As its button, its menu or the palette would."""
        action = self._window.findChild(QAction, f"key_{command_id}")
        if action is None:
            raise KeyError(command_id)
        action.trigger()

    def write(self, field: QLineEdit | QPlainTextEdit, words: str) -> None:
        """Into a field, as an input method does: Chinese has no keys."""
        field.setFocus()
        if isinstance(field, QLineEdit):
            field.insert(words)
        else:
            field.insertPlainText(words)

    def picture_now(self, name: str) -> None:
        """Keep what the window shows."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        self._window.grab().save(str(self._pictures / f"{name}.png"))
        self.taken.append(f"{name}.png")


async def _outside(act: Callable[[], object]) -> None:
    """Do it from Qt's own loop: synthetic input turns that loop within itself, which no task may be in."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def run() -> None:
        act()
        if not done.done():
            done.set_result(None)

    QTimer.singleShot(0, run)
    await done


class Eyes:
    """Waits for what the Store tells; every wait has a deadline."""

    def __init__(self, store: Store) -> None:
        self._moved = asyncio.Event()
        self.unsubscribe = store.subscribe(self._on_notice)

    def _on_notice(self, notice: Notice) -> None:
        self._moved.set()

    async def see(self, claim: Callable[[], bool], *, within_s: float) -> None:
        """Raises TimeoutError when it does not become so."""
        async with asyncio.timeout(within_s):
            while not claim():
                self._moved.clear()
                await self._moved.wait()

    async def see_turning(self, claim: Callable[[], bool], *, within_s: float) -> None:
        """For what the Store does not tell, as a picture that moves: looked at on every turn of the wall's clock."""
        async with asyncio.timeout(within_s):
            while not claim():
                await asyncio.sleep(LOOK_S)
