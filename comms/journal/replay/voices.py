"""Who spoke when: talk bursts and legs of point calls, put together from what the journal tells of them bit by bit."""

from collections.abc import Iterable

import msgspec

from comms.domain.events import CallEnded, CallStarted, Recorded, RecordingSaved, TalkEnded, TalkStarted
from comms.domain.ids import BlobId, BurstId, CallId, PartyId, TalkgroupId

VoiceEvent = CallStarted | CallEnded | TalkStarted | TalkEnded | RecordingSaved


class Burst(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One party's talk. Unix seconds; `to_at` is None while it goes on. Without a talkgroup: a leg of a point call."""

    burst_id: BurstId
    call_id: CallId
    talker: PartyId
    from_at: float
    to_at: float | None = None
    talkgroup_id: TalkgroupId | None = None
    is_emergency: bool = False
    blob_id: BlobId | None = None
    """Of its recording, whose first sample was heard at `sound_from_at`."""
    sound_from_at: float = 0.0
    sound_s: float = 0.0

    @property
    def sound_to_at(self) -> float:
        return self.sound_from_at + self.sound_s


class Voices:
    """Fold voice events in order; `bursts` has them in the order they began to be known."""

    def __init__(self, known: Iterable[Burst] = ()) -> None:
        self._bursts: dict[BurstId, Burst] = {burst.burst_id: burst for burst in known}
        self._open: dict[CallId, BurstId] = {
            burst.call_id: burst.burst_id for burst in self._bursts.values() if burst.to_at is None
        }
        self._groups: dict[CallId, TalkgroupId] = {}

    @property
    def bursts(self) -> tuple[Burst, ...]:
        return tuple(self._bursts.values())

    def apply(self, recorded: Recorded) -> None:
        match recorded.event:
            case CallStarted(call=call):
                if call.talkgroup_id is not None:
                    self._groups[call.id] = call.talkgroup_id
            case CallEnded() as ended:
                self._end(ended.call_id, recorded.at)
                self._groups.pop(ended.call_id, None)
            case TalkStarted() as began:
                self._end(began.call_id, recorded.at)
                self._begin(began, recorded.at)
            case TalkEnded() as over:
                if self._open.get(over.call_id) == over.burst_id:
                    self._end(over.call_id, recorded.at)
            case RecordingSaved() as saved:
                self._save(saved)
            case _:
                pass

    def _begin(self, began: TalkStarted, at: float) -> None:
        self._open[began.call_id] = began.burst_id
        burst = Burst(
            burst_id=began.burst_id,
            call_id=began.call_id,
            talkgroup_id=began.talkgroup_id,
            talker=began.talker,
            from_at=at,
            is_emergency=began.is_emergency,
        )
        known = self._bursts.get(began.burst_id)
        if known is not None:  # its recording, beforehand
            burst = msgspec.structs.replace(
                burst, blob_id=known.blob_id, sound_from_at=known.sound_from_at, sound_s=known.sound_s
            )
        self._bursts[began.burst_id] = burst

    def _end(self, call_id: CallId, at: float) -> None:
        burst_id = self._open.pop(call_id, None)
        if burst_id is not None:
            self._bursts[burst_id] = msgspec.structs.replace(self._bursts[burst_id], to_at=at)

    def _save(self, saved: RecordingSaved) -> None:
        burst = self._bursts.get(saved.burst_id) or Burst(
            burst_id=saved.burst_id,
            call_id=saved.call_id,
            talkgroup_id=self._groups.get(saved.call_id),
            talker=saved.talker,
            from_at=saved.started_at,
            to_at=saved.started_at + saved.duration_s,
        )
        self._bursts[saved.burst_id] = msgspec.structs.replace(
            burst, blob_id=saved.blob_id, sound_from_at=saved.started_at, sound_s=saved.duration_s
        )
