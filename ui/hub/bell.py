"""Arriving incidents are heard, the graver the louder, until somebody looks at them, deals with them or says so,
at this desk or another."""

from collections import Counter

from PySide6.QtCore import QObject

from comms.domain.alarm import AlarmPriority
from comms.domain.alarm_load import concerns
from comms.domain.ids import IncidentId, JurisdictionId, PartyId
from comms.domain.order import OrderPriority
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.bell import Ring
from ui.controls import Controls
from ui.watch import follow

_TONES = {
    OrderPriority.NORMAL: AlarmPriority.LOW,
    OrderPriority.URGENT: AlarmPriority.MEDIUM,
    OrderPriority.CRITICAL: AlarmPriority.HIGH,
}
"""A low one is said once, the others go on."""


class HubBell(QObject):
    """What the officer reported himself, and what a snapshot brings, is nothing new to him."""

    def __init__(self, store: Store, controls: Controls, ring: Ring, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._selection = controls.selection
        self._ring = ring
        self._unheeded: dict[IncidentId, OrderPriority] = {}
        self._counts: Counter[OrderPriority] = Counter()
        controls.selection.incidentsChanged.connect(self._look)
        self._hub = controls.hub
        controls.hub.acknowledging.connect(self._acknowledge)
        follow(self, store, self._on_notice)

    @property
    def unheeded(self) -> tuple[IncidentId, ...]:
        return tuple(self._unheeded)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="incident", id=key, is_new=is_new):
                self._follow(IncidentId(key), is_new=is_new)
            case Reset():
                self._heed_all()
            case _:
                pass

    def _follow(self, incident_id: IncidentId, *, is_new: bool) -> None:
        state = self._store.picture.incidents.states.get(incident_id)
        if state is None or not state.stands or state.order_ids or state.acknowledged is not None:
            self._heed(incident_id)
        elif is_new and self._concerns_us(state.incident.jurisdiction_id, state.reported_by):
            self._unheeded[incident_id] = state.incident.priority
            self._counts[state.incident.priority] += 1
            self._tell()

    def _concerns_us(self, jurisdiction_id: JurisdictionId, reported_by: PartyId) -> bool:
        session = self._store.session
        if session is None or reported_by == session.party:
            return False
        return concerns(session.jurisdiction_id, jurisdiction_id)

    def _acknowledge(self) -> None:
        """Silence at once; the gravest are noted as acknowledged, as many as one step may be about."""
        waiting = sorted(self._unheeded, key=lambda one: -_TONES[self._unheeded[one]].rank)
        self._heed_all()
        self._hub.bulk.acknowledge_arrived(tuple(waiting))

    def _look(self) -> None:
        for incident_id in self._selection.incident_ids:
            self._heed(incident_id)

    def _heed(self, incident_id: IncidentId) -> None:
        priority = self._unheeded.pop(incident_id, None)
        if priority is not None:
            self._counts[priority] -= 1
            self._tell()

    def _heed_all(self) -> None:
        self._unheeded.clear()
        self._counts.clear()
        self._tell()

    def _tell(self) -> None:
        waiting = [_TONES[priority] for priority, count in self._counts.items() if count]
        self._ring(max(waiting, key=lambda tone: tone.rank, default=None))
