"""Open incidents as the index of duplicates holds them, kept in step with what happens; and reasons in words."""

from PySide6.QtCore import QObject, QTimer

from comms.domain.duplicates import Duplicate, DuplicateIndex
from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentState
from comms.domain.merge import Ground, Reason
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.text import Texts
from ui.watch import follow
from ui.words import distance, duration

PORTION = 200
"""So many of a snapshot's are taken into the index at once, some milliseconds."""
PAUSE_MS = 20


class DuplicateWatch(QObject):
    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._index = DuplicateIndex()
        self._waiting: list[IncidentId] = []
        """Of a snapshot, those that are not in the index yet."""
        self._next = QTimer(self)
        self._next.setInterval(PAUSE_MS)
        self._next.timeout.connect(self._put_some)
        follow(self, store, self._on_notice)
        self._begin()

    def suggest(self, state: IncidentState) -> list[Duplicate]:
        """Open incidents that may tell of the same thing, the likeliest first."""
        return self._index.suggest(state.incident, at=state.reported_at)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="incident", id=key):
                self._put(IncidentId(key))
            case Reset():
                self._begin()
            case _:
                pass

    def _begin(self) -> None:
        self._index = DuplicateIndex()
        self._waiting = list(self._store.picture.incidents.states)
        self._put_some()

    def _put_some(self) -> None:
        now, self._waiting = self._waiting[:PORTION], self._waiting[PORTION:]
        for incident_id in now:
            self._put(incident_id)
        if self._waiting:
            self._next.start()
        else:
            self._next.stop()

    def _put(self, incident_id: IncidentId) -> None:
        state = self._store.picture.incidents.states.get(incident_id)
        if state is None or not state.stands:
            self._index.drop(incident_id)
        elif incident_id not in self._index:
            self._index.add(state.incident, at=state.reported_at)


def reasons_in_words(reasons: tuple[Reason, ...], text: Texts) -> str:
    return text("list.separator").join(_words(reason, text) for reason in reasons)


def _words(reason: Reason, text: Texts) -> str:
    match reason.ground:
        case Ground.PLACE:
            return text("hub.duplicate.place", away=distance(reason.value, text))
        case Ground.TIME:
            return text("hub.duplicate.time", time=duration(reason.value))
        case Ground.TEXT:
            return text("hub.duplicate.text", percent=round(100 * reason.value))
        case _:
            return text("hub.duplicate.same_kind")
