"""When the map paints: soon after news, sometimes without any, and in time with an emergency's beat."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

FRAME_MS = 16
"""At most 60 frames a second, however fast positions come."""
AGEING_MS = 5_000
"""Without news the map is painted so often, for positions grow old by themselves."""
BEAT_MS = 500


class Pulse(QObject):
    """`due` says that a frame is due after news, `aged` that one is due anyway."""

    due = Signal()
    aged = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_beat = False
        """The bright half of an emergency's beat."""
        self._since_frame = QElapsedTimer()
        self._since_frame.start()
        self._frame_timer, self._ageing_timer, self._beat_timer = (QTimer(self) for _ in range(3))
        self._frame_timer.setSingleShot(True)
        self._frame_timer.timeout.connect(self.due)
        self._ageing_timer.timeout.connect(self.aged)
        self._ageing_timer.start(AGEING_MS)
        self._beat_timer.timeout.connect(self._beat)

    def schedule(self) -> None:
        """A frame soon: at once when the last is old enough, else when it will be."""
        if not self._frame_timer.isActive():
            self._frame_timer.start(max(0, FRAME_MS - self._since_frame.elapsed()))

    def painted(self) -> None:
        """A frame is on the screen, with all the news there was: none is due for those."""
        self._since_frame.restart()
        self._frame_timer.stop()

    def set_beating(self, is_beating: bool) -> None:
        if is_beating and not self._beat_timer.isActive():
            self._beat_timer.start(BEAT_MS)
        elif not is_beating:
            self._beat_timer.stop()

    def _beat(self) -> None:
        self.is_beat = not self.is_beat
        self.aged.emit()
