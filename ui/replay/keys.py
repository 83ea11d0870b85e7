"""The keys of a replay's window: play, speed, seek. They are seen where they enter the window, as talk keys are."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from ui.map.map_widget import MapWidget

_Key = Qt.Key
NEAR_S, FAR_S = 5.0, 60.0
_SEEKS = {_Key.Key_Left: -1.0, _Key.Key_Right: 1.0}
_NAMES = {
    _Key.Key_Space: "play",
    _Key.Key_Comma: "slower",
    _Key.Key_Period: "faster",
    _Key.Key_Home: "start",
    _Key.Key_End: "end",
    _Key.Key_B: "bookmark",
    _Key.Key_BracketLeft: "loop_from",
    _Key.Key_BracketRight: "loop_to",
    _Key.Key_Backslash: "loop_clear",
    _Key.Key_PageUp: "previous",
    _Key.Key_PageDown: "next",
}
_OF_LISTS = frozenset({_Key.Key_Left, _Key.Key_Right, _Key.Key_Home, _Key.Key_End, _Key.Key_PageUp, _Key.Key_PageDown})
_WRITING = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class ReplayKeys(QObject):
    """`act` is given a name of the bar's, `seek` seconds to go on or back. Where one writes, letters are letters; in a
    list arrows are the list's; the map is moved by arrows with Ctrl."""

    def __init__(self, window: QWidget, *, act: Callable[[str], None], seek: Callable[[float], None]) -> None:
        super().__init__(window)
        self._window, self._act, self._seek = window, act, seek
        window.winId()
        handle = window.windowHandle()
        assert handle is not None
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or QApplication.activePopupWidget() is not None:
            return False
        assert isinstance(event, QKeyEvent)
        key, focus = Qt.Key(event.key()), QApplication.focusWidget()
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if isinstance(focus, _WRITING) or (isinstance(focus, QComboBox) and focus.isEditable()):
            return False
        if key in _OF_LISTS and isinstance(focus, QAbstractItemView | QTabBar | QComboBox):
            return False
        if key in _SEEKS:
            return self._arrow(key, modifiers, focus)
        if modifiers != Qt.KeyboardModifier.NoModifier or key not in _NAMES:
            return False
        if not event.isAutoRepeat() or key in (_Key.Key_PageUp, _Key.Key_PageDown):
            self._act(_NAMES[key])
        return True

    def _arrow(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, focus: QWidget | None) -> bool:
        if modifiers == Qt.KeyboardModifier.ControlModifier and isinstance(focus, MapWidget):
            QApplication.sendEvent(focus, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
            return True
        if modifiers not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            return False
        self._seek(_SEEKS[key] * (FAR_S if modifiers else NEAR_S))
        return True
