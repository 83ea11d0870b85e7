"""The layers that an area has by the categories of its things, read beside the interface where they are many."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from comms.protocol.area import Area
from console.layers.area import POINT_PARTS, area_layers
from console.layers.layer import Layer
from console.store.notices import AreaLoaded, Notice
from console.store.store import Store
from ui.background import Background
from ui.watch import follow

AT_ONCE = 5_000
"""So many things are looked through in a millisecond, on the spot."""


class AreaTopics(QObject):
    """`changed` when `layers` are those of another area."""

    changed = Signal()

    def __init__(self, store: Store, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        self.layers: tuple[Layer, ...] = ()
        follow(self, store, self._notice)
        self._read()

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, AreaLoaded):
            self._read()

    def _read(self) -> None:
        area = self._store.area
        if area is None:
            return
        if sum(len(getattr(area, part)) for part in POINT_PARTS) <= AT_ONCE:
            self._take(area, area_layers(area))
        else:
            work = partial(area_layers, area, self._background.stand_back)
            self._background.start(work, partial(self._take, area))

    def _take(self, area: Area, layers: tuple[Layer, ...]) -> None:
        if area is self._store.area:
            self.layers = layers
            self.changed.emit()
