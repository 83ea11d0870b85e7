"""Long work of the review: one piece at a time beside the screen, counted, and given up when asked."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from console.drill.run import CannotReadError, Step
from console.gate import Gate
from ui.background import Background, GivenUpError

T = TypeVar("T")


class Work(QObject):
    """`begun` tells what is being done in words, `counted` how far it is (done, of; 0: nobody knows of how many),
    `ended` that nothing is. What cannot be read is `refused` with key and values of a sentence."""

    begun = Signal(str)
    counted = Signal(int, int)
    ended = Signal()
    refused = Signal(str, dict)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(Gate(), self)
        self._number = 0
        self._is_running = False

    @property
    def is_running(self) -> bool:
        return self._is_running

    def start(self, words: str, work: Callable[[Step], T], done: Callable[[T], None], *, of: int = 0) -> None:
        """`work` runs on the thread and calls its step often; the piece in hand, if any, is given up."""
        self._number += 1
        number = self._number
        self._is_running = True
        self.begun.emit(words)

        def step(count: int) -> None:
            if number != self._number:
                raise GivenUpError
            self.counted.emit(count, of)
            self._background.stand_back()

        self._background.start(
            lambda: _told(work, step),
            lambda result: self._finish(number, result, done),
            failed=lambda: self._fail(number),
        )

    def cancel(self) -> None:
        """What has been done so far is thrown away."""
        if self._is_running:
            self._number += 1
            self._end()

    def stop(self) -> None:
        """The window closes."""
        self._number += 1
        self._background.stop()

    def _finish(self, number: int, result: T | CannotReadError, done: Callable[[T], None]) -> None:
        if number != self._number:
            return
        self._end()
        if isinstance(result, CannotReadError):
            self.refused.emit(result.key, result.values)
        else:
            done(result)

    def _fail(self, number: int) -> None:
        """Raised again after this, for the interface's last border."""
        if number == self._number:
            self._end()

    def _end(self) -> None:
        self._is_running = False
        self.ended.emit()


def _told(work: Callable[[Step], T], step: Step) -> T | CannotReadError:
    try:
        return work(step)
    except CannotReadError as error:
        return error
