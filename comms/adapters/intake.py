"""What the HTTP port asks of the gateway, which alone decides."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Protocol

from comms.domain.ids import IncidentId
from comms.domain.incident import Incident
from comms.domain.source import Source
from comms.domain.weather import WeatherArea, WeatherKind, WeatherLevel
from comms.domain.work_order import Fault, SetAside, WorkOrder


class Outcome(StrEnum):
    """What came of something that was sent in."""

    ACCEPTED = "accepted"
    UPDATED = "updated"
    KNOWN = "known"
    """Sent before, word for word; nothing was done again."""
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"
    """An officer said, with a reason, that it is nothing to deal with."""
    CLOSED = "closed"
    """Dealt with before; nothing was changed."""
    SET_ASIDE = "set_aside"
    """An exercise, a test, a draft, a notice: kept, and no incident."""
    ALERTED = "alerted"
    """It is a weather alert now."""
    ENDED = "ended"
    """A weather alert that it takes back is over."""


@dataclass(frozen=True, slots=True)
class Received:
    """One record, as far as its format could be read. `body` is kept when it cannot be taken."""

    order: WorkOrder
    faults: tuple[Fault, ...] = ()
    body: bytes = field(default=b"", repr=False)
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Warned:
    """A weather alert, as a warning system told it. `area` None: the whole jurisdiction of the source."""

    received: Received
    kind: WeatherKind
    level: WeatherLevel
    area: WeatherArea | None
    from_at: float
    until_at: float
    text: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Message:
    """A CAP message. `earlier` are the source's numbers of those it speaks of; `aside` says why it is no incident."""

    content: Received | Warned
    earlier: tuple[str, ...] = ()
    is_cancel: bool = False
    aside: SetAside | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    source_id: str
    incident_id: IncidentId
    outcome: Outcome
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Shut:
    """The door stays shut: for so many seconds, or (None) until another key is shown."""

    retry_after_s: float | None = None


class Standing(StrEnum):
    """Where a work order stands, as its source may know it."""

    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    CLOSED = "closed"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Status:
    """`incident` is None before it is one, and when it was closed long ago. Times are Unix seconds."""

    source_id: str
    incident_id: IncidentId
    standing: Standing
    incident: Incident | None = None
    reported_at: float | None = None
    closed_at: float | None = None
    changed_at: float | None = None
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which of a source's own are wanted: those reported, or changed, from a time and until another (Unix seconds),
    after so many others."""

    limit: int
    skip: int = 0
    reported_from: float = -inf
    reported_until: float = inf
    changed_from: float = -inf
    changed_until: float = inf
    is_open: bool | None = None
    kinds: frozenset[str] = frozenset()


class Intake(Protocol):
    async def admit(self, key: str, *, address: str) -> Source | Shut:
        """Whose key it is; wrong keys are answered ever more slowly to an address that shows many."""
        ...

    def wait_s(self, source: Source, *, records: int) -> float | None:
        """None when a source may send so many more, else in how many seconds it may."""
        ...

    async def take(self, source: Source, received: Received) -> Taken:
        """Durable when it returns. Raises JournalError: then nothing happened, and it may be sent again."""
        ...

    async def take_message(self, source: Source, message: Message) -> Taken:
        """The same for CAP."""
        ...

    async def status_of(self, source: Source, source_id: str) -> Status | None:
        """Of one of its own work orders, by the number the source gave it."""
        ...

    def find(self, source: Source, incident_ids: tuple[IncidentId, ...]) -> list[Status]:
        """Those of them that are its own and still at hand."""
        ...

    def newest(self, source: Source, listing: Listing) -> list[Status]:
        """The source's own incidents at hand, the newest first."""
        ...
