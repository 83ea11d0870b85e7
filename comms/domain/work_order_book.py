"""What the picture knows of sources and of work orders that are no incidents yet, folded from their events."""

from typing import TypeVar, assert_never

import msgspec

from comms.domain.events import IncidentClosed, IncidentEvent, IncidentLinked, IncidentReported, Recorded
from comms.domain.hub_events import HubEvent, IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.ids import BlobId, IncidentId, PartyId, SourceId
from comms.domain.incident import IncidentState, Origin
from comms.domain.incident_book import IncidentBook
from comms.domain.source import Source, SourceDefined
from comms.domain.states import Change
from comms.domain.work_order import (
    AnswerState,
    Fault,
    IncidentAmended,
    SetAside,
    WorkOrder,
    WorkOrderAnswered,
    WorkOrderAtSource,
    WorkOrderDiscarded,
    WorkOrderEvent,
    WorkOrderQuarantined,
    WorkOrderReleased,
    WorkOrderSetAside,
)

NOUN, SOURCE, INCIDENT = "work_order", "source", "incident"
KEPT_SETTLED = 200
"""Discarded work orders, and messages set aside, kept to look back at."""

_V = TypeVar("_V")


class Quarantined(msgspec.Struct, kw_only=True, omit_defaults=True):
    order: WorkOrder
    faults: tuple[Fault, ...]
    digest: str
    blob_id: BlobId
    at: float
    discarded_at: float | None = None
    reason: str = ""


class Settled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who got it out of quarantine: an officer, or its source, which sent it right. `reason` of what was discarded."""

    by: PartyId
    at: float
    reason: str = ""


class Aside(msgspec.Struct, kw_only=True, omit_defaults=True):
    order: WorkOrder
    why: SetAside
    blob_id: BlobId
    at: float


class Owed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something a source has still to be told. `note` is the outcome and what the officer wrote."""

    origin: Origin
    state: AnswerState
    at: float
    outcome: str = ""
    note: str = ""


class WorkOrderBook(msgspec.Struct, kw_only=True):
    """`quarantine` holds all that wait, however many; of the settled only the newest are kept."""

    sources: dict[SourceId, Source] = {}
    quarantine: dict[IncidentId, Quarantined] = {}
    discarded: dict[IncidentId, Quarantined] = {}
    settled: dict[IncidentId, Settled] = {}
    """Who dealt with what waited last, so that every desk can say so."""
    aside: dict[IncidentId, Aside] = {}
    closed_there: dict[IncidentId, WorkOrderAtSource] = {}
    """What its source has closed while it is open, or waits, here."""
    owed: dict[IncidentId, tuple[Owed, ...]] = {}
    """In the order in which it happened."""

    def apply(self, event: WorkOrderEvent, recorded: Recorded, incidents: IncidentBook) -> tuple[Change, ...]:
        match event:
            case SourceDefined(source=source):
                is_new = source.id not in self.sources
                self.sources[source.id] = source
                return (Change(SOURCE, source.id, is_new),)
            case IncidentAmended():
                state = incidents.states[event.incident.id]
                state.incident, state.digest, state.amended_at = event.incident, event.digest, recorded.at
                return (Change(INCIDENT, event.incident.id),)
            case WorkOrderAnswered(incident_id=incident_id):
                left = tuple(owed for owed in self.owed.get(incident_id, ()) if owed.state is not event.state)
                self._owe(incident_id, left)
                return (Change(NOUN, incident_id),)
            case WorkOrderAtSource(incident_id=incident_id):
                self.closed_there.pop(incident_id, None)
                if event.is_closed:
                    self.closed_there[incident_id] = event
                return (Change(NOUN, incident_id), *self._of_incident(incident_id, incidents))
            case WorkOrderSetAside(order=order):
                aside = Aside(order=order, why=event.why, blob_id=event.blob_id, at=recorded.at)
                _keep(self.aside, order.origin.incident_id, aside)
                return (Change(NOUN, order.origin.incident_id, True),)
            case _:
                return self._quarantine(event, recorded.at, recorded.actor)

    def _of_incident(self, incident_id: IncidentId, incidents: IncidentBook) -> tuple[Change, ...]:
        return (Change(INCIDENT, incident_id),) if incident_id in incidents.states else ()

    def _quarantine(
        self, event: WorkOrderQuarantined | WorkOrderReleased | WorkOrderDiscarded, at: float, actor: PartyId
    ) -> tuple[Change, ...]:
        match event:
            case WorkOrderQuarantined(order=order):
                incident_id = order.origin.incident_id
                is_new = incident_id not in self.quarantine
                self.quarantine[incident_id] = Quarantined(
                    order=order, faults=event.faults, digest=event.digest, blob_id=event.blob_id, at=at
                )
                return (Change(NOUN, incident_id, is_new),)
            case WorkOrderReleased():
                self.quarantine.pop(event.incident_id)
                _keep(self.settled, event.incident_id, Settled(by=actor, at=at))
            case WorkOrderDiscarded():
                held = self.quarantine.pop(event.incident_id)
                held.discarded_at, held.reason = at, event.reason
                self.closed_there.pop(event.incident_id, None)
                _keep(self.discarded, event.incident_id, held)
                _keep(self.settled, event.incident_id, Settled(by=actor, at=at, reason=event.reason))
            case _:
                assert_never(event)
        return (Change(NOUN, event.incident_id),)

    def follow(self, event: IncidentEvent | HubEvent, incidents: IncidentBook, *, at: float) -> None:
        """What sources are to be told of incidents that were work orders; what is merged fares as its main one."""
        match event:
            case IncidentReported(incident=incident):
                self._tell(incidents.states[incident.id], AnswerState.ACCEPTED, at)
            case IncidentLinked(incident_id=incident_id):
                state = incidents.states[incident_id]
                if len(state.order_ids) == 1:  # with the first order all were told that somebody was sent
                    self._tell(state, AnswerState.DISPATCHED, at)
                    self._tell_sent(incidents.merged_into(state), at)
            case IncidentClosed(incident_id=incident_id):
                self.closed_there.pop(incident_id, None)
                self._tell(incidents.states[incident_id], AnswerState.CLOSED, at)
            case IncidentMerged(incident_id=incident_id, into=main_id):
                if incidents.states[main_id].order_ids:
                    self._tell_sent([incidents.states[incident_id]], at)
            case IncidentUnmerged() | IncidentAcknowledged():
                pass
            case _:
                assert_never(event)

    def _tell_sent(self, merged: list[IncidentState], at: float) -> None:
        for state in merged:
            if state.is_open and not state.order_ids:
                self._tell(state, AnswerState.DISPATCHED, at)

    def _tell(self, state: IncidentState, told: AnswerState, at: float) -> None:
        origin = state.incident.origin
        source = self.sources.get(origin.source) if origin is not None else None
        if origin is None or source is None or not source.is_answered:
            return
        owed = self.owed.get(state.incident.id, ())
        outcome = state.outcome.value if state.outcome is not None else ""
        now = Owed(origin=origin, state=told, at=at, outcome=outcome, note=state.note)
        self._owe(state.incident.id, (*(one for one in owed if one.state is not told), now))

    def _owe(self, incident_id: IncidentId, owed: tuple[Owed, ...]) -> None:
        if owed:
            self.owed[incident_id] = owed
        else:
            self.owed.pop(incident_id, None)


def _keep(things: dict[IncidentId, _V], key: IncidentId, thing: _V) -> None:
    things.pop(key, None)
    things[key] = thing
    if len(things) > KEPT_SETTLED:
        del things[next(iter(things))]
