"""How long nobody has touched this desk: neither key nor mouse, in any of its windows."""

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from shiboken6 import isValid

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)
_LOOK_MS = 1_000


class IdleWatch(QObject):
    """`gone` fires once nobody has touched anything for so long; 0 never. Events are seen where they enter a window,
    which are few, not at each widget."""

    gone = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.limit_s = 0.0
        self._since = QElapsedTimer()
        self._since.start()
        self._windows: list[QWindow] = []
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._follow)
        self._follow(QGuiApplication.focusWindow())

    def begin(self, limit_s: float) -> None:
        """From now on, counted anew."""
        self.limit_s = limit_s
        self.touch()
        if limit_s > 0:
            self._look.start()
        else:
            self._look.stop()

    def touch(self) -> None:
        self._since.restart()

    def look(self, idle_s: float | None = None) -> None:
        """`idle_s` stands in for what was measured."""
        idle_s = self._since.elapsed() / 1000 if idle_s is None else idle_s
        if 0 < self.limit_s <= idle_s:
            self._look.stop()
            self.gone.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._since.restart()
        return False

    def _follow(self, window: QWindow | None) -> None:
        self._windows = [known for known in self._windows if isValid(known)]
        if window is not None and window not in self._windows:
            window.installEventFilter(self)
            self._windows.append(window)
