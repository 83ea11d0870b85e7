"""What group calls, point calls and video need of the gateway, and the small things they all do with it."""

from dataclasses import dataclass, field
from typing import Protocol

from comms.domain import events as ev
from comms.domain.call import HANG_TIME_S, RING_TIMEOUT_S
from comms.domain.floor_steps import END_OF_MEDIA_S, GRACE_S
from comms.domain.ids import BlobId, PartyId, party_officer, party_unit
from comms.domain.picture import Picture
from comms.domain.realm import Realm
from comms.domain.video import CONSENT_TIMEOUT_S, UNWATCHED_TIMEOUT_S
from comms.gateway.context import Clock, Fanout, Recorder, Sessions
from comms.gateway.footing import Footing
from comms.media.forwarder import Forwarder


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of calls and video, in seconds; tests and drills may set their own."""

    end_of_media_s: float = END_OF_MEDIA_S
    grace_s: float = GRACE_S
    hang_time_s: float = HANG_TIME_S
    ring_s: float = RING_TIMEOUT_S
    consent_s: float = CONSENT_TIMEOUT_S
    unwatched_s: float = UNWATCHED_TIMEOUT_S


class Journal(Recorder, Protocol):
    @property
    def picture(self) -> Picture: ...


class Blobs(Protocol):
    async def put(self, data: bytes, media_type: str) -> BlobId: ...


@dataclass(slots=True)
class Exchange:
    footing: Footing
    sessions: Sessions
    fanout: Fanout
    forwarder: Forwarder
    journal: Journal
    blobs: Blobs
    timing: Timing = field(default_factory=Timing)

    @property
    def clock(self) -> Clock:
        return self.footing.clock

    def new_id(self) -> str:
        """For calls, bursts and videos; never the same again."""
        return self.footing.new_id()

    @property
    def realm(self) -> Realm:
        return self.footing.realm

    @property
    def picture(self) -> Picture:
        return self.journal.picture

    def record_soon(self, actor: PartyId, event: ev.Event) -> None:
        """Voice and video go on when the store fails, so an event may find that the picture never heard of its
        call or video: then it is not recorded either."""
        if self._is_known(event):
            self.journal.record_soon(actor, [event])

    def _is_known(self, event: ev.Event) -> bool:
        match event:
            case ev.CallAnswered(call_id=call_id) | ev.CallEnded(call_id=call_id):
                return call_id in self.picture.calls
            case ev.VideoEnded(video_id=key) | ev.VideoWatched(video_id=key) | ev.VideoUnwatched(video_id=key):
                return key in self.picture.videos
            case _:
                return True

    def name_of(self, party: PartyId) -> str:
        """As an officer would say it; the bare id for one that is not in the picture."""
        unit_id, officer_id = party_unit(party), party_officer(party)
        if unit_id is not None and unit_id in self.picture.units:
            return self.picture.units[unit_id].unit.name
        if officer_id is not None and officer_id in self.picture.officers:
            return self.picture.officers[officer_id].name
        return party
