"""The event hub's door: decides what becomes of each work order, exactly once for each number of each source."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from comms.adapters.intake import Outcome, Received, Taken
from comms.domain.events import Event, IncidentReported, Recorded
from comms.domain.ids import BlobId, CommandId, IncidentId, PartyId, source_party
from comms.domain.incident import Incident, IncidentState, Origin
from comms.domain.picture import Picture
from comms.domain.position import FUTURE_TOLERANCE_S
from comms.domain.source import Source
from comms.domain.work_order import (
    Fault,
    FaultCode,
    IncidentAmended,
    WorkOrder,
    WorkOrderQuarantined,
    WorkOrderReleased,
)
from comms.domain.work_order_book import Quarantined
from comms.gateway.context import Clock
from comms.gateway.ground import Ground
from comms.gateway.locating import Located, locate
from comms.gateway.turns import Turns
from comms.journal.blobs import Blobs
from comms.journal.journal import Journal

FUTURE_LIMIT_S = 86_400.0
"""A source whose clock is ahead by less is believed, but for the time; by more, something is wrong with the record."""
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is of a work order already."""

    state: IncidentState | None
    held: Quarantined | None


class Hub:
    """`take` is safe to repeat: the same record again answers the same and does nothing."""

    def __init__(self, *, journal: Journal, blobs: Blobs, ground: Ground, clock: Clock) -> None:
        self._journal = journal
        self._blobs = blobs
        self.ground = ground
        self._clock = clock
        self.turns: Turns[IncidentId] = Turns()
        """Who wants to change what becomes of a work order waits for his turn."""

    @property
    def picture(self) -> Picture:
        return self._journal.picture

    def now(self) -> float:
        return self._clock.now()

    async def has_taken(self, source: Source, origin: Origin) -> Recorded | None:
        """The event under which a number was taken in, unless it went straight into an incident."""
        return await self._journal.find_command(source_party(source.id), CommandId(origin.source_id))

    async def keep(self, received: Received) -> BlobId:
        """The record as it came, for ever."""
        return await self._blobs.put(received.body, received.media_type)

    async def take(self, source: Source, received: Received) -> Taken:
        """Durable when it returns. Raises JournalError: then nothing happened."""
        origin = received.order.origin
        async with self.turns.of(origin.incident_id):
            outcome, faults = await self._take(source, received)
        return Taken(origin.source_id, origin.incident_id, outcome, faults)

    async def _take(self, source: Source, received: Received) -> tuple[Outcome, tuple[Fault, ...]]:
        order, digest = received.order, digest_of(received)
        incident_id = order.origin.incident_id
        known = _Known(
            self.picture.incidents.states.get(incident_id), self.picture.work_orders.quarantine.get(incident_id)
        )
        if known.held is not None and known.held.digest == digest:
            return Outcome.QUARANTINED, known.held.faults
        if known.state is None:
            settled = await self._settled(source, order, digest)
            if settled is not None:
                return settled, ()
        if known.state is not None and not known.state.is_open:
            return Outcome.CLOSED, ()
        if known.state is not None and known.state.digest == digest:
            return await self._as_before(source, incident_id, known)
        found = await locate(order, source, self.ground)
        faults = received.faults + self._time_faults(order)
        if isinstance(found, Fault) and not (faults and found.code is FaultCode.NO_PLACE):
            faults += (found,)
        if faults or isinstance(found, Fault):
            await self._put_in_quarantine(source, received, faults, known)
            return Outcome.QUARANTINED, faults
        return await self._accept(source, order, found, digest, known), ()

    async def _settled(self, source: Source, order: WorkOrder, digest: str) -> Outcome | None:
        """Whether it was dealt with so long ago that the picture has nothing of it, or was discarded as it is."""
        discarded = self.picture.work_orders.discarded.get(order.origin.incident_id)
        if discarded is not None and discarded.digest == digest:
            return Outcome.DISCARDED
        if await self._journal.was_accepted(order.origin):
            return Outcome.CLOSED
        if discarded is not None or order.origin.incident_id in self.picture.work_orders.quarantine:
            return None
        first = await self.has_taken(source, order.origin)
        if first is not None and isinstance(first.event, WorkOrderQuarantined) and first.event.digest == digest:
            return Outcome.DISCARDED
        return None

    async def _as_before(
        self, source: Source, incident_id: IncidentId, known: _Known
    ) -> tuple[Outcome, tuple[Fault, ...]]:
        """What made the incident was sent again; a faulty change that waits is taken back by that."""
        if known.held is not None:
            await self.record(source_party(source.id), [WorkOrderReleased(incident_id=incident_id)])
        return Outcome.KNOWN, ()

    def _time_faults(self, order: WorkOrder) -> tuple[Fault, ...]:
        at = order.occurred_at
        if at is not None and at > self._clock.now() + FUTURE_LIMIT_S:
            return (Fault(FaultCode.BAD_TIME, str(at)),)
        return ()

    async def _put_in_quarantine(
        self, source: Source, received: Received, faults: tuple[Fault, ...], known: _Known
    ) -> None:
        order = received.order
        blob_id = await self.keep(received)
        event = WorkOrderQuarantined(order=order, faults=faults, digest=digest_of(received), blob_id=blob_id)
        party = source_party(source.id)
        is_first = known.state is None and await self.has_taken(source, order.origin) is None
        await self.record(party, [event], command_id=CommandId(order.origin.source_id) if is_first else None)

    async def _accept(self, source: Source, order: WorkOrder, found: Located, digest: str, known: _Known) -> Outcome:
        incident = self.incident_of(source, order, found, known.state)
        events: list[Event] = []
        if known.held is not None:
            events.append(WorkOrderReleased(incident_id=incident.id))
        if known.state is None:
            events.append(IncidentReported(incident=incident, digest=digest))
        else:
            events.append(IncidentAmended(incident=incident, digest=digest))
        await self.record(source_party(source.id), events)
        return Outcome.ACCEPTED if known.state is None else Outcome.UPDATED

    def incident_of(self, source: Source, order: WorkOrder, found: Located, before: IncidentState | None) -> Incident:
        """What a work order is as an incident; photos that were added here stay."""
        at = order.occurred_at
        return Incident(
            id=order.origin.incident_id,
            kind=order.kind,
            place=found.place,
            jurisdiction_id=found.jurisdiction_id,
            priority=order.priority,
            text=order.text,
            source=source.name,
            photos=before.incident.photos if before is not None else (),
            occurred_at=at if at is not None and at <= self._clock.now() + FUTURE_TOLERANCE_S else None,
            origin=order.origin,
            is_place_approximate=found.is_approximate,
        )

    async def record(self, actor: PartyId, events: Iterable[Event], *, command_id: CommandId | None = None) -> None:
        await self._journal.record(actor, events, command_id=command_id)


def digest_of(received: Received) -> str:
    """Of what was said, so that the same said again is known however it was written."""
    said = (received.order, received.faults, received.body if received.faults else b"")
    return hashlib.sha256(_encoder.encode(said)).hexdigest()[:32]
