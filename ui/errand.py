"""A long piece of work as its owner sees it: how far it is, and whether its result is still wanted."""

from collections.abc import Callable

from PySide6.QtWidgets import QProgressBar

from comms.domain.pause import never


class Errand:
    """Handed to the work as its Progress. One thread writes each value, the other reads it: no lock is needed."""

    def __init__(self, stand_back: Callable[[], None] = never) -> None:
        """`stand_back` see `console.gate`."""
        self._stand_back = stand_back
        self.done = 0
        self.total = 0
        """0 while it is not known."""
        self.is_wanted = True

    def __call__(self, done: int, total: int) -> bool:
        self._stand_back()
        self.done, self.total = done, total
        return self.is_wanted

    @property
    def percent(self) -> int | None:
        return min(99, 100 * self.done // self.total) if self.total else None


def show_errand(bar: QProgressBar, errand: Errand | None) -> None:
    """Empty without one; moving to and fro while its length is not known."""
    percent = errand.percent if errand is not None else None
    bar.setRange(0, 0 if errand is not None and percent is None else 100)
    bar.setValue(percent or 0)
