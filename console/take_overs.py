"""From a moment of a replay a new drill goes on: started beside this window, with a desk for who directs it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from console.drill.host import HostedDrill, HostFault
from console.drill.hosting import Hosting
from ui.main_window import MainWindow
from ui.text import Texts

SEED = 7
READY_AFTER_MS = 2_000
"""Before that the replay itself needs the machine."""
FOLLOWED_MS = 500
"""So long after the replay has moved the program that waits is told where it stands."""


class TakeOvers(QObject):
    """`begin` is told the moment, a Unix second; `at` is where the replay stands. One at a time: what is being made is
    not made twice."""

    def __init__(
        self,
        window: MainWindow,
        hosting: Hosting,
        *,
        record: Path,
        cache: Path,
        at: Callable[[], float],
        text: Texts,
    ) -> None:
        super().__init__(window)
        self._window, self._hosting, self._text = window, hosting, text
        self._record, self._cache, self._at = record, cache, at
        self._is_busy = False
        self._later = QTimer(self, singleShot=True, interval=READY_AFTER_MS)
        self._later.timeout.connect(self._make_ready)
        self._soon = QTimer(self, singleShot=True, interval=FOLLOWED_MS)
        self._soon.timeout.connect(self._follow)

    def get_ready(self) -> None:
        """So that what is taken over next begins at once."""
        self._later.start()

    def stop(self) -> None:
        """Nothing is begun by itself any more."""
        self._later.stop()
        self._soon.stop()

    def _make_ready(self) -> None:
        self._window.acting.start(self._hosting.keep_ready(), self._follow)

    def moved(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _follow(self, _: object = None) -> None:
        self._window.acting.start(self._hosting.stand_at(self._record, self._at(), cache=self._cache))

    def begin(self, at: float) -> None:
        if self._is_busy:
            return
        self._is_busy = True
        acting = self._window.acting
        acting.tell("ok", self._text("replay.taking_over", time=f"{datetime.fromtimestamp(at):%H:%M:%S}"))
        work = self._hosting.take_over(self._record, at, cache=self._cache, seed=SEED)
        acting.start(work, self._started, failed=self._failed)

    def _started(self, answer: HostedDrill | HostFault | None) -> None:
        self._is_busy = False
        acting = self._window.acting
        if isinstance(answer, HostedDrill):
            told = self._text("replay.taken_over", url=answer.url, password=answer.wish.password)
            acting.tell("ok", told, str(answer.wish.folder))
            self.get_ready()
        else:
            acting.tell("danger", self._text("replay.not_taken_over"), answer.words if answer is not None else "")

    def _failed(self) -> None:
        self._is_busy = False
