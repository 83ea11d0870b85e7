"""One talkgroup's key at this desk, and what the officer is told about it."""

from dataclasses import dataclass
from typing import assert_never

from comms.domain.floor_participant import FloorParticipant
from comms.domain.ids import TalkgroupId
from comms.domain.participant_steps import ParticipantEffects, ParticipantState, Tone
from comms.protocol import pushes
from console.store.floors import TalkState, TalkView

LINK_LOST = "link_lost"
MICROPHONE_LOST = "microphone_lost"
NO_ANSWER = "no_answer"
"""Faults of ours in `TalkView.fault`, beside the gateway's refusal codes."""
_SHOWN: dict[ParticipantState, TalkState] = {
    ParticipantState.NO_PERMISSION: TalkState.IDLE,
    ParticipantState.PENDING_REQUEST: TalkState.REQUESTING,
    ParticipantState.QUEUED: TalkState.QUEUED,
    ParticipantState.GRANTED_UNPRESSED: TalkState.OFFERED,
    ParticipantState.HAS_PERMISSION: TalkState.TALKING,
    ParticipantState.PENDING_RELEASE: TalkState.RELEASING,
}
TalkPush = (
    pushes.FloorGranted
    | pushes.FloorDenied
    | pushes.FloorQueued
    | pushes.FloorTaken
    | pushes.FloorIdle
    | pushes.FloorRevoked
)


@dataclass(slots=True)
class Key:
    participant: FloorParticipant
    is_open: bool = False
    """Its share of the microphone."""
    cause: int | None = None
    fault: str = ""
    position: int = 0
    size: int = 0
    until: float | None = None
    was_revoked: bool = False
    last_sequence: int | None = None
    shown: TalkView | None = None

    def forget(self) -> None:
        """A fresh press: what was said of the last one is over."""
        self.cause, self.fault, self.position, self.size, self.until = None, "", 0, 0, None
        self.was_revoked = False

    def receive(self, push: TalkPush, *, at: float, now: float) -> ParticipantEffects:
        """What follows from the gateway's word. `at` is the loop's time, `now` Unix seconds."""
        participant = self.participant
        match push:
            case pushes.FloorGranted():
                self.until = now + push.duration_s
                return participant.granted(
                    at, floor_seq=push.floor_seq, frame_ms=push.frame_ms, from_queue=push.from_queue
                )
            case pushes.FloorDenied():
                self.cause = push.cause
                return participant.denied(at)
            case pushes.FloorQueued():
                self.position, self.size = push.position, push.size
                return participant.queued(at, position=push.position)
            case pushes.FloorTaken():
                return participant.taken(at, floor_seq=push.floor_seq, talker=push.talker)
            case pushes.FloorIdle():
                return participant.idle(at, floor_seq=push.floor_seq)
            case pushes.FloorRevoked():
                self.cause, self.was_revoked = push.cause, participant.state is ParticipantState.HAS_PERMISSION
                return participant.revoked(at, floor_seq=push.floor_seq)
            case _:
                assert_never(push)

    def note_tone(self, tone: Tone) -> None:
        if tone is Tone.NO_ANSWER and not self.fault:
            self.fault = NO_ANSWER

    def changed_view(self, talkgroup_id: TalkgroupId, *, now: float) -> TalkView | None:
        """What to tell the officer, or None when it was told; `now` is Unix seconds."""
        state = self._state()
        is_queued = state is TalkState.QUEUED
        view = TalkView(
            talkgroup_id=talkgroup_id,
            state=state,
            cause=self.cause,
            fault=self.fault,
            queue_position=self.position if is_queued else 0,
            queue_size=self.size if is_queued else 0,
            since=now,
            until=self.until if state in (TalkState.TALKING, TalkState.OFFERED) else None,
        )
        if self.shown is not None and not _differs(self.shown, view):
            return None
        self.shown = view
        return view

    def _state(self) -> TalkState:
        state = _SHOWN[self.participant.state]
        if self.participant.is_pressed and self.was_revoked and state in (TalkState.IDLE, TalkState.RELEASING):
            return TalkState.REVOKED
        if self.participant.is_pressed and state is TalkState.IDLE:
            return TalkState.DENIED
        return state


def _differs(before: TalkView, after: TalkView) -> bool:
    """The moment of saying it is no difference."""
    names = ("state", "cause", "fault", "queue_position", "queue_size", "until")
    return any(getattr(before, name) != getattr(after, name) for name in names)
