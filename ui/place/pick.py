"""One click on the map means a place, until it was made or given up."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent

from ui.map.map_widget import MapWidget


class PlacePick(QObject):
    """`picked` carries latitude and longitude."""

    picked = Signal(float, float)

    def __init__(self, desk_map: MapWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._is_waiting = False

    @property
    def is_waiting(self) -> bool:
        return self._is_waiting

    def begin(self) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._map.installEventFilter(self)
            self._map.setCursor(Qt.CursorShape.CrossCursor)
            self._map.setFocus()

    def cancel(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._map.removeEventFilter(self)
            self._map.setCursor(Qt.CursorShape.ArrowCursor)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The click does not reach the map, which would change the selection; the wheel still zooms."""
        kind = event.type()
        if not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return False
        if kind is QEvent.Type.MouseButtonRelease:
            where = event.position()
            lat, lon = self._map.view.place_at(where.x(), where.y())
            self.cancel()
            self.picked.emit(lat, lon)
        return True
