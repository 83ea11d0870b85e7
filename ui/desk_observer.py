"""Tells the gateway what this desk has on the screen, so that a replay can show it as it was."""

from PySide6.QtCore import QObject, QTimer

from comms.domain.desk_view import DeskView
from comms.protocol.pushes import Done
from console.actions.duty import Duty
from console.actions.requester import Outcome
from console.store.link import LinkPhase
from console.store.notices import LinkChanged, Notice
from console.store.store import Store
from ui.acting import Spawn
from ui.desk_view import view_of
from ui.main_window import MainWindow
from ui.watch import follow

LOOK_MS = 2_000


class DeskObserver(QObject):
    """At most every two seconds, and only what is another. That it could not be told bothers nobody."""

    def __init__(self, window: MainWindow, *, store: Store, duty: Duty, spawn: Spawn) -> None:
        super().__init__(window)
        self._window, self._store, self._duty, self._spawn = window, store, duty, spawn
        self._told: DeskView | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        follow(self, store, self._on_notice)

    def look(self) -> None:
        if self._store.link.phase is not LinkPhase.ONLINE or not self._store.is_in_sync:
            return
        view = view_of(self._window)
        if view != self._told:
            self._told = view
            self._spawn(self._tell(view))

    async def _tell(self, view: DeskView) -> None:
        answer: Outcome = await self._duty.tell_view(view)
        if not isinstance(answer, Done) and self._told == view:
            self._told = None

    def _on_notice(self, notice: Notice) -> None:
        if isinstance(notice, LinkChanged) and self._store.link.phase is not LinkPhase.ONLINE:
            self._told = None  # another session tells it anew
