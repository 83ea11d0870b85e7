"""How many units are where: counts kept in step with single changes, so that nothing walks a thousand units."""

from collections import Counter

from comms.domain.ids import TalkgroupId, UnitId
from comms.domain.unit import UnitStatus
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store


class Presence:
    """`statuses` counts units by what the officer sees; `hearing` counts those online in each talkgroup."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[UnitId, tuple[UnitStatus, tuple[TalkgroupId, ...]]] = {}
        self.statuses: Counter[UnitStatus] = Counter()
        self.hearing: Counter[TalkgroupId] = Counter()
        self.refill()

    @property
    def total(self) -> int:
        return len(self._known)

    @property
    def online(self) -> int:
        return self.total - self.statuses[UnitStatus.OFFLINE]

    def refill(self) -> None:
        self._known.clear()
        self.statuses.clear()
        self.hearing.clear()
        for unit_id in self._store.picture.units:
            self._count(unit_id)

    def notice(self, notice: Notice) -> bool:
        """Follow one notice; True when a count may have changed."""
        match notice:
            case Reset():
                self.refill()
                return True
            case Changed(noun="unit", id=unit_id):
                return self._count(UnitId(unit_id))
            case _:
                return False

    def _count(self, unit_id: UnitId) -> bool:
        state = self._store.picture.units[unit_id]
        now = (state.shown_status, state.affiliated if state.is_online else ())
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
