"""How many units are where: counts kept in step with single changes, so that nothing walks a thousand units."""

from collections import Counter
from itertools import chain

from PySide6.QtCore import QObject, QTimer, Signal

from comms.domain.ids import TalkgroupId, UnitId
from comms.domain.states import UnitState
from comms.domain.unit import UnitStatus
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.watch import follow

_Known = tuple[UnitStatus, tuple[TalkgroupId, ...]]
TELL_MS = 100
"""A thousand terminals that come back at once are one change to whoever shows a count."""


class Presence(QObject):
    """`statuses` counts units by what the officer sees; `hearing` counts those online in each talkgroup."""

    changed = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._known: dict[UnitId, _Known] = {}
        self.statuses: Counter[UnitStatus] = Counter()
        self.hearing: Counter[TalkgroupId] = Counter()
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(TELL_MS)
        self._telling.timeout.connect(self.changed)
        follow(self, store, self._on_notice)
        self._refill()

    @property
    def total(self) -> int:
        return len(self._known)

    @property
    def online(self) -> int:
        return self.total - self.statuses[UnitStatus.OFFLINE]

    def _refill(self) -> None:
        self._known = {unit_id: _known(state) for unit_id, state in self._store.picture.units.items()}
        self.statuses = Counter(status for status, _ in self._known.values())
        self.hearing = Counter(chain.from_iterable(heard for _, heard in self._known.values()))

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Reset():
                self._refill()
                self.changed.emit()
            case Changed(noun="unit", id=unit_id):
                if self._count(UnitId(unit_id)) and not self._telling.isActive():
                    self._telling.start()
            case _:
                pass

    def _count(self, unit_id: UnitId) -> bool:
        """True when a count changed."""
        now = _known(self._store.picture.units[unit_id])
        before = self._known.get(unit_id)
        if before == now:
            return False
        if before is not None:
            self.statuses[before[0]] -= 1
            self.hearing.subtract(before[1])
        self._known[unit_id] = now
        self.statuses[now[0]] += 1
        self.hearing.update(now[1])
        return True


def _known(state: UnitState) -> _Known:
    return state.shown_status, state.affiliated if state.is_online else ()
