"""What a desk notices of itself while it runs: how often its screen stood still, and how often the connection went."""

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

from console.store.link import LinkPhase
from console.store.notices import LinkChanged, Notice
from console.store.store import Store
from console.support.judging import STALL_MS, DeskFigures
from ui.watch import follow

_LOOK_MS = 500
_KEPT_S = 600.0


class DeskWatch(QObject):
    """Made with the window. A look costs some microseconds."""

    def __init__(self, store: Store, parent: QObject, *, now_s: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(parent)
        self._store, self._now_s = store, now_s
        self._stalls: deque[tuple[float, float]] = deque(maxlen=1000)
        self._losses = 0
        self._was_online = store.link.phase is LinkPhase.ONLINE
        self._due_s = now_s() + _LOOK_MS / 1000
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        follow(self, store, self._on_notice)

    def look(self) -> None:
        now_s = self._now_s()
        late_ms = 1000 * (now_s - self._due_s)
        if late_ms >= STALL_MS:
            self._stalls.append((now_s, late_ms))
        self._due_s = now_s + _LOOK_MS / 1000

    def _on_notice(self, notice: Notice) -> None:
        if isinstance(notice, LinkChanged):
            is_online = self._store.link.phase is LinkPhase.ONLINE
            self._losses += self._was_online and not is_online
            self._was_online = is_online

    def figures(self) -> DeskFigures:
        store, since_s = self._store, self._now_s() - _KEPT_S
        recent = [late_ms for at_s, late_ms in self._stalls if at_s >= since_s]
        media, session = store.media, store.session
        return DeskFigures(
            is_online=store.link.phase is LinkPhase.ONLINE,
            latency_ms=store.link.latency_ms,
            losses=self._losses,
            stall_ms=max(recent, default=0.0),
            stalls=len(recent),
            is_media_up=media.is_up,
            media_fault=media.fault,
            microphone_fault=media.microphone_fault,
            speaker_fault=media.speaker_fault,
            clock_offset_s=None if session is None or session.is_drill else session.clock_offset_s,
        )
