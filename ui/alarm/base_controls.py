"""What all that is set off about alarms, geofences and alerts works with."""

from PySide6.QtCore import QObject

from console.actions.alarm import Alarming
from console.store.store import Store
from ui.acting import Acting
from ui.selection import Selection
from ui.text import Texts


class AlarmingControls(QObject):
    def __init__(
        self,
        *,
        store: Store,
        alarming: Alarming,
        selection: Selection,
        acting: Acting,
        text: Texts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._alarming = alarming
        self._selection = selection
        self._acting = acting
        self._text = text
