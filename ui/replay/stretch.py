"""Which stretch of a replay the time line and the lanes of voices show, one scale for both."""

from PySide6.QtCore import QObject, Signal

LEAST_S = 10.0
"""Nothing is to be seen closer."""


class Stretch(QObject):
    """Unix seconds. The whole at first, and again whenever it is zoomed out that far."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.extent = (0.0, LEAST_S)
        self.from_at, self.to_at = self.extent

    @property
    def seconds(self) -> float:
        return self.to_at - self.from_at

    @property
    def is_whole(self) -> bool:
        return (self.from_at, self.to_at) == self.extent

    def set_extent(self, from_at: float, to_at: float) -> None:
        """From the first moment to the last there is so far."""
        extent = (from_at, max(to_at, from_at + LEAST_S))
        if extent != self.extent:
            was_whole, self.extent = self.is_whole, extent
            self._show(*(extent if was_whole else (self.from_at, self.to_at)))

    def zoom(self, factor: float, *, around: float) -> None:
        """Closer by a factor over 1; the moment `around` stays where it is."""
        share = (around - self.from_at) / self.seconds
        seconds = self.seconds / factor
        self._show(around - share * seconds, around + (1 - share) * seconds)

    def pan(self, seconds: float) -> None:
        self._show(self.from_at + seconds, self.to_at + seconds)

    def whole(self) -> None:
        self._show(*self.extent)

    def keep_in_sight(self, at: float) -> None:
        """The moment that is shown has left it: the next page."""
        if not self.from_at <= at <= self.to_at:
            self._show(at - self.seconds * 0.1, at + self.seconds * 0.9)

    def x_of(self, at: float, width: float) -> float:
        return (at - self.from_at) / self.seconds * width

    def at_of(self, x: float, width: float) -> float:
        at = self.from_at + x / max(1.0, width) * self.seconds
        return min(max(at, self.extent[0]), self.extent[1])

    def _show(self, from_at: float, to_at: float) -> None:
        first, last = self.extent
        seconds = min(max(to_at - from_at, LEAST_S), last - first)
        from_at = min(max(from_at, first), last - seconds)
        shown = (first, last) if seconds >= last - first else (from_at, from_at + seconds)
        if shown != (self.from_at, self.to_at):
            self.from_at, self.to_at = shown
            self.changed.emit()
