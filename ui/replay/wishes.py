"""Where the officer wants to be: while one moment is read he may want another, and the last wish wins."""

from PySide6.QtCore import QObject, Signal

from console.replay.player import Player
from ui.acting import Acting


class Wishes(QObject):
    changed = Signal(object)
    """A moment that is being read, or None."""
    fulfilled = Signal()

    def __init__(self, player: Player, acting: Acting, parent: QObject) -> None:
        super().__init__(parent)
        self._player, self._acting = player, acting
        self.at: float | None = None
        self._under_way = 0

    def seek(self, at: float) -> None:
        first, last = self._player.extent
        is_done = self._player.replay.made.is_done
        self.at = min(max(at, first), last) if is_done else max(at, first)
        self.changed.emit(self.at)
        if not self._under_way or not is_done:  # a seek beyond what was gone through waits, and must not be waited for
            self._acting.start(self._follow())

    def seek_by(self, seconds: float) -> None:
        self.seek((self._player.at if self.at is None else self.at) + seconds)

    async def _follow(self) -> None:
        self._under_way += 1
        try:
            while (wish := self.at) is not None:
                if not await self._player.seek(wish):
                    break  # a newer one
                if self.at == wish:
                    self.at = None
        finally:
            self._under_way -= 1
        if not self._under_way:
            self.at = None
            self.changed.emit(None)
            self.fulfilled.emit()
