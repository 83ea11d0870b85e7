"""What the integration port asks: whose key it is, how much more may come, and where a work order stands."""

from collections.abc import Iterable

from comms.adapters.intake import Listing, Message, Received, Shut, Standing, Status, Taken
from comms.domain.ids import IncidentId, SourceId
from comms.domain.incident import IncidentState, Origin
from comms.domain.picture import Picture
from comms.domain.source import Source
from comms.gateway.allowance import Allowance
from comms.gateway.attempts import FREE_TRIES_BY_ADDRESS, Attempts
from comms.gateway.cap_intake import take_message
from comms.gateway.context import Clock
from comms.gateway.hub import Hub
from comms.gateway.settings import Settings
from comms.journal.journal import Journal
from comms.journal.source_keys import SourceKeys

KEY_KEPT_S = 5.0
"""How long a key that was looked up is believed; one that ends is refused that much later at most."""


class Door:
    """An `Intake`. A key opens it for one source, and for what that source itself has sent."""

    def __init__(self, *, hub: Hub, journal: Journal, clock: Clock, settings: Settings) -> None:
        self._hub = hub
        self._journal = journal
        self._clock = clock
        self._settings = settings
        self._keys = SourceKeys(journal, now=clock.now)
        self._attempts = Attempts(free_tries=FREE_TRIES_BY_ADDRESS)
        self._seen: dict[str, tuple[float, SourceId]] = {}
        self._allowances: dict[SourceId, Allowance] = {}

    @property
    def _picture(self) -> Picture:
        return self._journal.picture

    async def admit(self, key: str, *, address: str) -> Source | Shut:
        now = self._clock.monotonic()
        seen = self._seen.get(key)
        if seen is not None and now - seen[0] < KEY_KEPT_S:
            return self._picture.work_orders.sources.get(seen[1], Shut())
        wait_s = self._attempts.wait_s(address, now=now)
        if wait_s is not None:
            return Shut(wait_s)
        source_id = await self._keys.source_of(key)
        source = self._picture.work_orders.sources.get(source_id) if source_id is not None else None
        if source is None:
            self._seen.pop(key, None)
            self._attempts.failed(address, now=now)
            return Shut()
        self._seen[key] = (now, source.id)
        return source

    def wait_s(self, source: Source, *, records: int) -> float | None:
        now, settings = self._clock.monotonic(), self._settings
        if source.id not in self._allowances:
            rate, burst = settings.source_rate, settings.source_burst
            self._allowances[source.id] = Allowance(rate=rate, burst=burst, now=now)
        return self._allowances[source.id].take(now, amount=records)

    async def take(self, source: Source, received: Received) -> Taken:
        return await self._hub.take(source, received)

    async def take_message(self, source: Source, message: Message) -> Taken:
        return await take_message(self._hub, source, message)

    async def status_of(self, source: Source, source_id: str) -> Status | None:
        origin = Origin(source=source.id, source_id=source_id)
        at_hand = self._at_hand(source, origin.incident_id)
        if at_hand is not None:
            return at_hand
        if await self._journal.was_accepted(origin):
            return Status(source_id, origin.incident_id, Standing.CLOSED)
        return None

    def find(self, source: Source, incident_ids: Iterable[IncidentId]) -> list[Status]:
        found = (self._at_hand(source, incident_id) for incident_id in incident_ids)
        return [status for status in found if status is not None]

    def newest(self, source: Source, listing: Listing) -> list[Status]:
        own: list[Status] = []
        skipped = 0
        for state in reversed(self._picture.incidents.states.values()):
            if len(own) == listing.limit:
                break
            origin = state.incident.origin
            if origin is None or origin.source != source.id or not _is_listed(state, listing):
                continue
            if skipped < listing.skip:
                skipped += 1
            else:
                own.append(self._status(state, origin))
        return own

    def _at_hand(self, source: Source, incident_id: IncidentId) -> Status | None:
        """None also for what is another's: whether it exists is not this source's business."""
        book = self._picture.work_orders
        state = self._picture.incidents.states.get(incident_id)
        if state is not None:
            origin = state.incident.origin
            is_own = origin is not None and origin.source == source.id
            return self._status(state, origin) if origin is not None and is_own else None
        held = book.quarantine.get(incident_id) or book.discarded.get(incident_id)
        if held is None or held.order.origin.source != source.id:
            return None
        standing = Standing.QUARANTINED if held.discarded_at is None else Standing.DISCARDED
        return Status(held.order.origin.source_id, incident_id, standing, reported_at=held.at, note=held.reason)

    def _status(self, state: IncidentState, origin: Origin) -> Status:
        is_sent = self._picture.incidents.is_sent(state)
        standing = Standing.DISPATCHED if is_sent else Standing.ACCEPTED
        return Status(
            origin.source_id,
            state.incident.id,
            standing if state.is_open else Standing.CLOSED,
            incident=state.incident,
            reported_at=state.reported_at,
            closed_at=state.closed_at,
            changed_at=_changed_at(state),
            outcome=state.outcome.value if state.outcome is not None else "",
            note=state.note,
        )


def _changed_at(state: IncidentState) -> float:
    return max(state.reported_at, state.amended_at or 0.0, state.closed_at or 0.0)


def _is_listed(state: IncidentState, listing: Listing) -> bool:
    return (
        listing.reported_from <= state.reported_at <= listing.reported_until
        and listing.changed_from <= _changed_at(state) <= listing.changed_until
        and listing.is_open in (None, state.is_open)
        and (not listing.kinds or state.incident.kind in listing.kinds)
    )
