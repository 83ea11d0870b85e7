"""A simulated worker's press-to-talk key: the participant's rules, with a mouth and a connection attached."""

import asyncio
from collections.abc import Callable
from typing import assert_never

from comms.domain.floor_participant import FloorParticipant
from comms.domain.ids import PartyId, TalkgroupId
from comms.domain.participant_steps import (
    ParticipantEffect,
    ParticipantEffects,
    ParticipantState,
    Play,
    SendAck,
    SendRelease,
    SendRequest,
    StartTalking,
    StopTalking,
)
from comms.fleet.media_path import Mouth
from comms.fleet.terminal_link import TerminalLink
from comms.link.clock import Clock, Timer
from comms.link.line import LinkLostError
from comms.protocol import pushes
from comms.protocol.commands import FloorAck, FloorRelease, FloorRequest
from comms.protocol.pushes import Push, Refused

FloorAnswer = pushes.FloorGranted | pushes.FloorDenied | pushes.FloorQueued | Refused
FloorPush = (
    pushes.FloorGranted
    | pushes.FloorDenied
    | pushes.FloorQueued
    | pushes.FloorTaken
    | pushes.FloorIdle
    | pushes.FloorRevoked
)


class FloorKey:
    """One talkgroup's key of one terminal, made when it is first pressed."""

    def __init__(
        self,
        talkgroup_id: TalkgroupId,
        *,
        party: PartyId,
        link: TerminalLink,
        mouth: Mouth,
        clock: Clock,
        on_talking: Callable[[], None],
    ) -> None:
        self.talks_on_s = 0.0
        """Fault: after the floor is revoked, goes on talking for so long."""
        self._talkgroup_id = talkgroup_id
        self._participant = FloorParticipant(party)
        self._link = link
        self._mouth = mouth
        self._clock = clock
        self._on_talking = on_talking
        self._answer: asyncio.Future[FloorAnswer] | None = None
        self._last_sequence: int | None = None
        self._timer: Timer | None = None
        self._late: Timer | None = None

    @property
    def state(self) -> ParticipantState:
        return self._participant.state

    def press(self, *, priority: int, is_emergency: bool) -> "asyncio.Future[FloorAnswer]":
        """Granted, denied, queued or refused: whatever comes first. LinkLostError when the connection goes first, or is
        not there; an emergency then brings it back ahead of everybody, to be pressed again when it is up."""
        if is_emergency and not self._link.is_up:
            self._link.hurry()
        if self._answer is None or self._answer.done():
            self._answer = asyncio.get_running_loop().create_future()
        if self.state is ParticipantState.HAS_PERMISSION:
            self._answer.cancel()
            raise ValueError("this key is already held")
        self._apply(self._participant.press(self._clock.monotonic(), priority=priority, is_emergency=is_emergency))
        return self._answer

    def let_go(self) -> int | None:
        """The RTP sequence number of the last packet said, if any was."""
        self._apply(self._participant.let_go(self._clock.monotonic()))
        return self._last_sequence

    def link_lost(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self._mouth.close()
        self._apply(self._participant.link_lost(self._clock.monotonic()))
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LinkLostError("the connection was lost"))
            self._answer.exception()

    def take(self, push: FloorPush) -> None:
        now = self._clock.monotonic()
        participant = self._participant
        match push:
            case pushes.FloorGranted():
                self._apply(
                    participant.granted(
                        now, floor_seq=push.floor_seq, frame_ms=push.frame_ms, from_queue=push.from_queue
                    )
                )
                self._tell(push)
            case pushes.FloorDenied():
                self._apply(participant.denied(now))
                self._tell(push)
            case pushes.FloorQueued():
                self._apply(participant.queued(now, position=push.position))
                self._tell(push)
            case pushes.FloorTaken():
                self._apply(participant.taken(now, floor_seq=push.floor_seq, talker=push.talker))
            case pushes.FloorIdle():
                self._apply(participant.idle(now, floor_seq=push.floor_seq))
            case pushes.FloorRevoked():
                self._be_revoked(participant.revoked(now, floor_seq=push.floor_seq))
            case _:
                assert_never(push)

    def _be_revoked(self, effects: ParticipantEffects) -> None:
        if self.talks_on_s and self._mouth.is_open:
            at = self._clock.monotonic() + self.talks_on_s
            self._late = self._clock.call_at(at, lambda: self._apply(effects))
        else:
            self._apply(effects)

    def _tell(self, answer: FloorAnswer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _apply(self, effects: ParticipantEffects) -> None:
        for effect in effects:
            self._carry_out(effect)
        self._set_timer()

    def _carry_out(self, effect: ParticipantEffect) -> None:
        match effect:
            case SendRequest(priority, is_emergency):
                self._request(priority, is_emergency)
            case SendRelease():
                self._link.send(
                    FloorRelease(
                        id=self._link.asking.new_id(),
                        talkgroup_id=self._talkgroup_id,
                        last_sequence=self._last_sequence,
                    )
                )
            case SendAck(floor_seq):
                self._link.send(
                    FloorAck(id=self._link.asking.new_id(), talkgroup_id=self._talkgroup_id, floor_seq=floor_seq)
                )
            case StartTalking(frame_ms):
                self._last_sequence = None
                self._mouth.open(frame_ms)
                self._on_talking()
            case StopTalking():
                self._last_sequence = self._mouth.close()
            case Play():
                pass  # nobody listens to a simulated loudspeaker
            case _:
                assert_never(effect)

    def _request(self, priority: int, is_emergency: bool) -> None:
        asking = self._link.asking
        answer = asking.request(
            FloorRequest(
                id=asking.new_id(), talkgroup_id=self._talkgroup_id, priority=priority, is_emergency=is_emergency
            )
        )
        answer.add_done_callback(self._requested)

    def _requested(self, future: "asyncio.Future[Push]") -> None:
        if future.cancelled():
            return
        if future.exception() is not None:
            self.link_lost()
            return
        answer = future.result()
        if isinstance(answer, Refused):
            self._apply(self._participant.denied(self._clock.monotonic()))
            self._tell(answer)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._participant.next_deadline
        if deadline is not None:
            self._timer = self._clock.call_at(deadline, self._expire)

    def _expire(self) -> None:
        self._timer = None
        # A timer may fire a hair before its deadline; the participant then names the same one again.
        self._apply(self._participant.advance(self._clock.monotonic()))
