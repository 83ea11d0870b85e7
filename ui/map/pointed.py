"""The place pointed at, in words: coordinates and grid at once, what has a name nearby as often as it can be read."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from ui.map.status_line import StatusLine

ADDRESS_MS = 50
"""Between two look-ups: a moving pointer asks more often than anybody reads."""


class Pointed(QObject):
    """`address` says what is near a latitude and longitude; whoever knows sets it."""

    def __init__(self, status_line: StatusLine, parent: QObject) -> None:
        super().__init__(parent)
        self.address: Callable[[float, float], str] = _unknown
        self._status_line = status_line
        self._place = self._grid = self._near = ""
        self._spot: tuple[float, float] | None = None
        self._asked: tuple[float, float] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ADDRESS_MS)
        self._timer.timeout.connect(self._look_up)

    def say(self, place: str, grid: str, spot: tuple[float, float]) -> None:
        self._place, self._grid, self._spot = place, grid, spot
        if not self._timer.isActive():
            self._look_up()
        self._show()

    def clear(self) -> None:
        self._place = self._grid = self._near = ""
        self._spot = self._asked = None
        self._show()

    def _look_up(self) -> None:
        if self._spot is not None and self._spot != self._asked:
            self._asked = self._spot
            self._near = self.address(*self._spot)
            self._timer.start()
            self._show()

    def _show(self) -> None:
        self._status_line.say_place(near=self._near, coordinates=self._place, grid=self._grid)


def _unknown(lat: float, lon: float) -> str:
    return ""
