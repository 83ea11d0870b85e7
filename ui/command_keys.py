"""The keys of all commands, on the window."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.commands import COMMANDS
from ui.controls import Controls

KEY_PREFIX = "key_"
"""What the names of the commands' actions begin with."""


class CommandKeys(QObject):
    """A key does nothing while its command may not be carried out; at a locked desk it may answer an emergency."""

    def __init__(self, window: QWidget, controls: Controls) -> None:
        super().__init__(window)
        self._controls = controls
        for command in COMMANDS:
            action = QAction(window)
            action.setObjectName(f"{KEY_PREFIX}{command.id}")
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.setAutoRepeat(False)
            action.setData(command)
            action.triggered.connect(self._run)
            window.addAction(action)

    def _run(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        command = action.data()
        if self._controls.is_locked:
            self._controls.emergency.emit(command.id)
        elif command.is_enabled(self._controls):
            command.run(self._controls)
