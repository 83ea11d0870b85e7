"""What the picture knows of sources and of work orders that are no incidents yet, folded from their events."""

from typing import TypeVar, assert_never

import msgspec

from comms.domain.events import IncidentClosed, IncidentEvent, IncidentLinked, IncidentReported, Recorded
from comms.domain.ids import BlobId, IncidentId, SourceId
from comms.domain.incident import Origin
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
    aside: dict[IncidentId, Aside] = {}
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
                state.incident, state.digest = event.incident, event.digest
                return (Change(INCIDENT, event.incident.id),)
            case WorkOrderAnswered(incident_id=incident_id):
                left = tuple(owed for owed in self.owed.get(incident_id, ()) if owed.state is not event.state)
                self._owe(incident_id, left)
                return (Change(NOUN, incident_id),)
            case WorkOrderSetAside(order=order):
                aside = Aside(order=order, why=event.why, blob_id=event.blob_id, at=recorded.at)
                _keep(self.aside, order.origin.incident_id, aside)
                return (Change(NOUN, order.origin.incident_id, True),)
            case _:
                return self._quarantine(event, recorded.at)

    def _quarantine(
        self, event: WorkOrderQuarantined | WorkOrderReleased | WorkOrderDiscarded, at: float
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
            case WorkOrderDiscarded():
                held = self.quarantine.pop(event.incident_id)
                held.discarded_at, held.reason = at, event.reason
                _keep(self.discarded, event.incident_id, held)
            case _:
                assert_never(event)
        return (Change(NOUN, event.incident_id),)

    def follow(self, event: IncidentEvent, incidents: IncidentBook, *, at: float) -> None:
        """What its source has to be told of an incident that was a work order."""
        incident_id = event.incident.id if isinstance(event, IncidentReported) else event.incident_id
        state = incidents.states.get(incident_id)
        origin = state.incident.origin if state is not None else None
        source = self.sources.get(origin.source) if origin is not None else None
        if origin is None or source is None or not source.is_answered:
            return
        owed = self.owed.get(incident_id, ())
        match event:
            case IncidentReported():
                told = Owed(origin=origin, state=AnswerState.ACCEPTED, at=at)
            case IncidentLinked():
                if state is not None and len(state.order_ids) > 1:
                    return  # that it was dispatched was told with the first order
                told = Owed(origin=origin, state=AnswerState.DISPATCHED, at=at)
            case IncidentClosed():
                told = Owed(
                    origin=origin, state=AnswerState.CLOSED, at=at, outcome=event.outcome.value, note=event.note
                )
            case _:
                assert_never(event)
        self._owe(incident_id, (*(one for one in owed if one.state is not told.state), told))

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
