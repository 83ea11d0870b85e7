"""Keeps the names that are searched ready: made beside the interface for each area and each snapshot of units."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import UnitId
from comms.protocol.area import Area
from console.store.notices import AreaLoaded, Changed, Notice, Reset
from console.store.store import Store
from ui.background import Background
from ui.search.finder import Finder
from ui.search.ground_names import GroundNames
from ui.search.unit_names import UnitNames
from ui.watch import follow

AT_ONCE = 1_000
"""So few names are made ready in some milliseconds, on the spot."""
LATE = 500
"""Units that came or changed their names since, looked at one by one; with more of them the index is made again."""


class NamesReady(QObject):
    """`ready` when something can be found that could not be found before."""

    ready = Signal()

    def __init__(self, store: Store, finder: Finder, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._finder = finder
        self._background = background
        self._is_reading_units = False
        self._is_outdated = False
        """What is being read is no longer all: read again when it is done."""
        follow(self, store, self._notice)
        self._read_units()
        self._read_ground()

    def _notice(self, notice: Notice) -> None:
        match notice:
            case AreaLoaded():
                self._read_ground()
            case Reset():
                self._finder.late.clear()
                self._read_units()
            case Changed(noun="unit", id=unit_id):
                self._unit_changed(UnitId(unit_id))

    def _unit_changed(self, unit_id: UnitId) -> None:
        finder, state = self._finder, self._store.picture.units.get(unit_id)
        if state is None or finder.units.known.get(unit_id) is state.unit:
            return
        finder.late[unit_id] = None
        if len(finder.late) > LATE:
            self._read_units()

    def _read_units(self) -> None:
        if self._is_reading_units:
            self._is_outdated = True
            return
        units = tuple(state.unit for state in self._store.picture.units.values())
        if len(units) <= AT_ONCE:
            self._take_units(UnitNames(units))
        else:
            self._is_reading_units = True
            work = partial(UnitNames, units, self._background.stand_back)
            self._background.start(work, self._take_units, failed=self._give_up)

    def _take_units(self, names: UnitNames) -> None:
        """What changed meanwhile is late still; much of it, as after another snapshot, is read at once."""
        self._is_reading_units = False
        finder, states = self._finder, self._store.picture.units
        finder.units = names
        finder.late = {unit_id: None for unit_id in finder.late if names.known.get(unit_id) is not states[unit_id].unit}
        if self._is_outdated:
            self._is_outdated = False
            self._read_units()
        self.ready.emit()

    def _give_up(self) -> None:
        self._is_reading_units = False

    def _read_ground(self) -> None:
        area = self._store.area
        if area is None:
            return
        if _count(area) <= AT_ONCE:
            self._take_ground(GroundNames(area))
        else:
            self._background.start(partial(GroundNames, area, self._background.stand_back), self._take_ground)

    def _take_ground(self, names: GroundNames) -> None:
        if names.area is self._store.area:
            self._finder.ground = names
            self.ready.emit()


def _count(area: Area) -> int:
    return len(area.grids) + len(area.streets) + len(area.places) + len(area.cameras)
