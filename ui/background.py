"""Work too long for the screen: one thread, one piece after the other, each result handed over on the UI thread."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from console.gate import Gate

T = TypeVar("T")
_Piece = tuple[Callable[[], object], Callable[[object], None], Callable[[], None] | None]


@dataclass(frozen=True, slots=True)
class _Broken:
    """A piece that raised, and what."""

    error: Exception


class GivenUpError(Exception):
    """The window closes; carried out of the piece in hand, and told to nobody."""


class Background(QObject):
    """`stop` when the window closes: it returns after the step in hand, or the piece if that has no steps. Nobody gets
    its result any more."""

    _finished = Signal(object, object)

    def __init__(self, gate: Gate, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._let_others_go = gate.latecomer()
        self._pieces: SimpleQueue[_Piece | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        self._finished.connect(self._hand_over)

    def start(
        self, work: Callable[[], T], done: Callable[[T], None], *, failed: Callable[[], None] | None = None
    ) -> None:
        """`work` runs on the thread and may touch nothing of Qt or the store. What it raises is raised again on the
        UI thread, after `failed`: there the interface's last border catches it."""
        if self._is_stopped:
            return
        # What work gives is what done takes, piece by piece: one queue cannot say that of all its pieces.
        self._pieces.put((work, done, failed))  # type: ignore[arg-type]  # of any result
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="desk-background", daemon=True)
            self._thread.start()

    def stand_back(self) -> None:
        """For the work to call between its steps, see `console.gate`. Raises GivenUpError once nobody wants its
        result any more; so not for work that paints, which would leave a painter behind."""
        if self._is_stopped:
            raise GivenUpError
        self._let_others_go()

    def stop(self) -> None:
        self._is_stopped = True
        if self._thread is not None:
            self._pieces.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if self._is_stopped:
                continue
            try:
                self._finished.emit(piece, _result(piece[0]))
            except GivenUpError:
                pass

    def _hand_over(self, piece: _Piece, result: object) -> None:
        if self._is_stopped:
            return
        _, done, failed = piece
        if isinstance(result, _Broken):
            if failed is not None:
                failed()
            raise result.error
        done(result)


def _result(work: Callable[[], object]) -> object:
    try:
        return work()
    except GivenUpError:
        raise
    except Exception as error:  # noqa: BLE001 (carried to the UI thread and raised there)
        return _Broken(error)
