"""The alarms of this officer, kept in step with single changes and read once for all who show them.

An early warning in a flood raises hundreds of alarms a minute. Whoever shows alarms is told of the first at once and of
those that follow a few times a second, all that changed together."""

from PySide6.QtCore import QObject, QTimer, Signal

from comms.domain.alarm import AlarmPhase, AlarmState
from comms.domain.alarm_load import Load, concerns, load_of
from comms.domain.ids import AlarmId, JurisdictionId
from console.store.notices import Changed, Notice, Reset, SessionChanged
from console.store.store import Store
from ui.alarm.view import AlarmRow, rows
from ui.watch import follow

TELL_MS = 250
"""So often at most others are told, once there are many alarms."""
MANY = 50
"""Up to so many, reading all of them again costs less than anybody notices: every change is told at once."""
LOAD_AGE_S = 1.0
"""Time alone changes the load; it is counted again after so long."""


class OwnAlarms(QObject):
    """`states`: the alarms that are not over and of which this officer is told."""

    changed = Signal(object)
    """The ids of the alarms that changed; None: anything may have."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.states: dict[AlarmId, AlarmState] = {}
        self._untold: set[AlarmId] = set()
        self._rows: dict[tuple[str, bool], list[AlarmRow]] = {}
        self._load: tuple[float, Load] | None = None
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(TELL_MS)
        self._telling.timeout.connect(self._tell)
        follow(self, store, self._on_notice)
        self._refill()

    @property
    def load(self) -> Load:
        now = self._store.server_now()
        if self._load is None or not 0 <= now - self._load[0] < LOAD_AGE_S:
            onsets = self._store.picture.alarms.onsets
            self._load = now, load_of(onsets, self._own or JurisdictionId("-"), now=now)
        return self._load[1]

    @property
    def is_flood(self) -> bool:
        return self.load.flood_since is not None

    @property
    def is_behind(self) -> bool:
        """True while others are not yet told, or would be told later of what came now."""
        return self._telling.isActive()

    def rows(self, section: str) -> list[AlarmRow]:
        """`section` is `open` or `shelved`; see `ui.alarm.view.rows`."""
        key = section, self.is_flood
        if key not in self._rows:
            self._rows[key] = rows(self.states.values(), section, is_flood=key[1])
        return self._rows[key]

    @property
    def _own(self) -> JurisdictionId | None:
        return self._store.session.jurisdiction_id if self._store.session is not None else None

    def _refill(self) -> None:
        self.states = {}
        for alarm_id in self._store.picture.alarms.states:
            self._take(alarm_id)
        self._forget()

    def _forget(self) -> None:
        self._rows, self._load = {}, None

    def _take(self, alarm_id: AlarmId) -> None:
        state, own = self._store.picture.alarms.states.get(alarm_id), self._own
        if (
            state is None
            or state.phase is AlarmPhase.OVER
            or own is None
            or not concerns(own, state.alarm.jurisdiction_id)
        ):
            self.states.pop(alarm_id, None)
        else:
            self.states[alarm_id] = state

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="alarm", id=key):
                alarm_id = AlarmId(key)
                self._take(alarm_id)
                self._forget()
                self._untold.add(alarm_id)
                if not self._telling.isActive():
                    self._tell()
            case Reset() | SessionChanged():
                self._refill()
                self._untold.clear()
                self.changed.emit(None)
            case _:
                pass

    def _tell(self) -> None:
        if not self._untold:
            return
        told, self._untold = frozenset(self._untold), set()
        if len(self.states) > MANY:
            self._telling.start()
        self.changed.emit(told)
