"""From a moment of a replay a new drill goes on: started beside this window, with a desk for who directs it."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject

from console.drill.host import HostedDrill, HostFault
from console.drill.hosting import Hosting
from ui.main_window import MainWindow
from ui.text import Texts

SEED = 7


class TakeOvers(QObject):
    """`begin` is told the moment, a Unix second. One at a time: what is being made is not made twice."""

    def __init__(self, window: MainWindow, hosting: Hosting, *, record: Path, cache: Path, text: Texts) -> None:
        super().__init__(window)
        self._window, self._hosting, self._text = window, hosting, text
        self._record, self._cache = record, cache
        self._is_busy = False

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
        else:
            acting.tell("danger", self._text("replay.not_taken_over"), answer.words if answer is not None else "")

    def _failed(self) -> None:
        self._is_busy = False
