"""What attaches itself to a case: photos before and after, and the calls, recordings and videos made while it is open
with units that are on it, which is who has open work in an order that names the incident. Pure."""

from enum import StrEnum

import msgspec

from comms.domain.events import CallStarted, Event, IncidentLinked, RecordingSaved, VideoStarted
from comms.domain.ids import BlobId, CallId, IncidentId, OrderId, PartyId, UnitId, VideoId, party_unit, unit_party
from comms.domain.incident import IncidentState
from comms.domain.order import OPEN_STATES, AssignmentState
from comms.domain.states import OrderState

KEPT_A_CASE = 300
"""The newest kept of one case; the journal has all."""
KEPT_CALLS = 200
"""Point calls whose recordings may still come."""


class AttachmentKind(StrEnum):
    PHOTO_BEFORE = "photo_before"
    PHOTO_AFTER = "photo_after"
    CALL = "call"
    RECORDING = "recording"
    VIDEO = "video"


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`party` took the photo, was called, spoke or filmed."""

    kind: AttachmentKind
    at: float
    party: PartyId
    blob_id: BlobId | None = None
    call_id: CallId | None = None
    video_id: VideoId | None = None
    duration_s: float = 0.0


class AttachmentBook(msgspec.Struct, kw_only=True):
    """`on_case` is what a unit was ordered to do about open incidents; what is over leaves when it is looked at."""

    made: dict[IncidentId, list[Attachment]] = {}
    on_case: dict[UnitId, dict[OrderId, IncidentId]] = {}
    calls: dict[CallId, tuple[IncidentId, ...]] = {}

    def follow(
        self,
        event: Event,
        *,
        at: float,
        incidents: dict[IncidentId, IncidentState],
        orders: dict[OrderId, OrderState],
    ) -> tuple[IncidentId, ...]:
        """The incidents that something was attached to."""
        match event:
            case IncidentLinked():
                self._link(event, orders)
            case CallStarted(call=call) if call.callee is not None:
                legs = (call.caller, call.callee)
                cases = {party: self._cases_of(party, incidents, orders) for party in legs}
                return self._called(call.id, at, cases)
            case VideoStarted(video=video):
                party = unit_party(video.unit_id)
                filmed = Attachment(kind=AttachmentKind.VIDEO, at=at, party=party, video_id=video.id)
                return self._attach(filmed, self._cases_of(party, incidents, orders))
            case RecordingSaved():
                spoken = Attachment(
                    kind=AttachmentKind.RECORDING,
                    at=event.started_at,
                    party=event.talker,
                    blob_id=event.blob_id,
                    call_id=event.call_id,
                    duration_s=event.duration_s,
                )
                known = self.calls.get(event.call_id)
                return self._attach(spoken, known or self._cases_of(event.talker, incidents, orders))
            case _:
                pass
        return ()

    def forget(self, incident_id: IncidentId) -> None:
        self.made.pop(incident_id, None)

    def _link(self, event: IncidentLinked, orders: dict[OrderId, OrderState]) -> None:
        order = orders.get(event.order_id)
        for unit_id in order.assignments if order is not None else ():
            self.on_case.setdefault(unit_id, {})[event.order_id] = event.incident_id

    def _called(
        self, call_id: CallId, at: float, cases: dict[PartyId, tuple[IncidentId, ...]]
    ) -> tuple[IncidentId, ...]:
        attached: tuple[IncidentId, ...] = ()
        for party, incident_ids in cases.items():
            called = Attachment(kind=AttachmentKind.CALL, at=at, party=party, call_id=call_id)
            attached += self._attach(called, incident_ids)
        self._remember(call_id, attached)
        return attached

    def _cases_of(
        self, party: PartyId, incidents: dict[IncidentId, IncidentState], orders: dict[OrderId, OrderState]
    ) -> tuple[IncidentId, ...]:
        unit_id = party_unit(party)
        held = self.on_case.get(unit_id) if unit_id is not None else None
        if unit_id is None or held is None:
            return ()
        for order_id, incident_id in list(held.items()):
            incident = incidents.get(incident_id)
            is_over = incident is None or not incident.is_open or orders[order_id].assignments[unit_id] in _OVER
            if is_over:
                del held[order_id]
        working = (incident_id for order_id, incident_id in held.items() if _works(orders[order_id], unit_id))
        return tuple(dict.fromkeys(working))

    def _attach(self, attachment: Attachment, incident_ids: tuple[IncidentId, ...]) -> tuple[IncidentId, ...]:
        for incident_id in incident_ids:
            made = self.made.setdefault(incident_id, [])
            made.append(attachment)
            del made[:-KEPT_A_CASE]
        return incident_ids

    def _remember(self, call_id: CallId, incident_ids: tuple[IncidentId, ...]) -> None:
        if incident_ids:
            self.calls[call_id] = incident_ids
            while len(self.calls) > KEPT_CALLS:
                del self.calls[next(iter(self.calls))]


def _works(order: OrderState, unit_id: UnitId) -> bool:
    return order.assignments[unit_id] in OPEN_STATES


_OVER = frozenset(AssignmentState) - OPEN_STATES - {AssignmentState.COMPLETED}
"""Completed work may be sent back; the rest never opens again."""
