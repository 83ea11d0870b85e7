"""What handlers work with: the session that asks, and the gateway's parts it may use.

Handlers are `async (Gateway, Session, command) -> Push | Refusal`. They decide; `server.py` sends the answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from comms.domain.events import Event, Recorded
from comms.domain.ids import CommandId, JurisdictionId, OfficerId, PartyId, TalkgroupId, UnitId
from comms.domain.picture import Picture
from comms.domain.unit import VideoConsent
from comms.domain.work_order import Fault
from comms.media.negotiation import Slot
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Push


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected no. `server.py` adds the sentence in the session's language."""

    code: RefusalCode
    retry_after_s: float | None = None
    faults: tuple[Fault, ...] = ()
    """What is still wrong with a work order; each has a sentence of its own."""
    lacking: Mapping[Locale, str] | None = None
    """What is missing, in each language."""
    noted: RefusalCode | None = None
    """What the log says of it, where the peer is told less."""


@dataclass(eq=False, slots=True)
class Session:
    """One signed-in connection of a desk or a terminal. Its `id` is also its media session's."""

    id: str
    party: PartyId
    name: str
    jurisdiction_id: JurisdictionId
    locale: Locale
    unit_id: UnitId | None
    officer_id: OfficerId | None
    send: Callable[[Push], None]
    """Queue a push to this session alone. Never blocks, never raises; a dead connection swallows it."""
    video_consent: VideoConsent = VideoConsent.ASK
    affiliated: tuple[TalkgroupId, ...] = ()
    is_subscribed: bool = False
    has_media: bool = field(default=False)
    """True once the media transport is up (ICE and DTLS done)."""
    media_slots: tuple[Slot, ...] = ()
    """The m-lines of its offer on which it hears or sees, in their order."""
    token_family: str | None = None
    """What ends when a desk signs out: its token and those that could be refreshed from it."""

    address: str = ""
    """Where it comes from, and since when (Unix seconds of the wall clock), and with which program."""
    since: float = 0.0
    program: str = ""
    certificate: str = ""
    """The serial of what its desk has shown, in hexadecimal."""
    must_set_up: bool = False
    """The site asks this officer for a second factor, and there is none yet."""

    @property
    def is_desk(self) -> bool:
        return self.officer_id is not None


class Recorder(Protocol):
    """The one way to make something so."""

    async def record(
        self, actor: PartyId, events: Iterable[Event], *, command_id: CommandId | None = None
    ) -> list[Recorded]:
        """Fold into the picture at once, write durably, then tell every subscribed desk; returns when durable.

        Raises JournalError when the store cannot take it: the picture is as before and nobody was told."""
        ...

    def record_soon(self, actor: PartyId, events: Iterable[Event]) -> None:
        """The same order and the same telling, without waiting: for talk bursts, presence and watching."""
        ...


class Sessions(Protocol):
    """Who is signed in. One session a party."""

    def get(self, party: PartyId) -> Session | None: ...
    def all(self) -> Iterable[Session]: ...
    def desks(self) -> Iterable[Session]: ...
    def in_talkgroup(self, talkgroup_id: TalkgroupId) -> list[Session]:
        """Sessions affiliated to the talkgroup, desks first."""
        ...


class Fanout(Protocol):
    def send(self, sessions: Iterable[Session], push: Push) -> None:
        """One push to many: encoded once, in order, yielding to the loop between chunks of sessions."""
        ...


class Clock(Protocol):
    """Wall and monotonic time of this gateway, and timers on the second."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    def monotonic(self) -> float: ...
    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> "Timer": ...


class Timer(Protocol):
    def cancel(self) -> None: ...


class GatewayPicture(Protocol):
    @property
    def picture(self) -> Picture: ...
