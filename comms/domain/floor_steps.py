"""What floor control does in each case: grants, queues, revokes, takes back. `comms.domain.floor` says when."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from comms.domain.call import HANG_TIME_S, TalkEnd
from comms.domain.floor_effect import (
    CallInactive,
    CloseVoice,
    Denied,
    DenyCause,
    FloorEffect,
    Granted,
    Idle,
    OpenVoice,
    Queued,
    RevokeCause,
    Revoked,
    Taken,
    TalkBegan,
    TalkOver,
)
from comms.domain.floor_queue import LOWEST, FloorQueue, Rank
from comms.domain.ids import PartyId

END_OF_MEDIA_S = 4.0
"""T1, TS 24.380 table 11.1.2: 4 s, at most 6."""
MAX_TALK_S = 30.0
"""T2: at most 30 s. A talkgroup may set its own."""
EMERGENCY_TALK_S = 3600.0
"""In place of T2 for an emergency, which the talk limit does not cut: the longest group call (TNG3)."""
GRACE_S = 3.0
"""T3, stop talking grace; 0 in talkgroups with audio cut-in."""
REVOKE_RESEND_S = 1.0
"""T8."""
GRANT_RESEND_S = 1.0
"""T20, for grants from the queue, until they are acknowledged or used."""
GRANT_SENDS = 3
"""C20: sent this often in all; then the floor is taken back."""
DRAIN_S = 0.25
"""Our own: a released floor is free at the latest after this, should the forwarder never say it has drained
(it does so within 100 ms)."""


class FloorState(StrEnum):
    NO_CALL = "no_call"
    """Start-stop: nobody has talked, or the call ended for want of talk."""
    IDLE = "idle"
    TAKEN = "taken"
    PENDING_REVOKE = "pending_revoke"
    """The talker was told to stop; what he says is still relayed until he does or T3 expires."""
    DRAINING = "draining"
    """The talker released; his last packets are still on their way to the listeners."""


class FloorTimer(StrEnum):
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T8 = "T8"
    T20 = "T20"
    DRAIN = "drain"


TIMERS_OF: dict[FloorState, frozenset[FloorTimer]] = {
    FloorState.NO_CALL: frozenset(),
    FloorState.IDLE: frozenset({FloorTimer.T4}),
    FloorState.TAKEN: frozenset({FloorTimer.T1, FloorTimer.T2, FloorTimer.T20}),
    FloorState.PENDING_REVOKE: frozenset({FloorTimer.T1, FloorTimer.T3, FloorTimer.T8}),
    FloorState.DRAINING: frozenset({FloorTimer.DRAIN}),
}
"""The timers that mean something in a state; entering it stops the others."""


@dataclass(frozen=True, slots=True)
class FloorRules:
    """What a talkgroup sets. Durations in seconds, `queue_size` in waiting parties."""

    queue_size: int = 8
    audio_cut_in: bool = False
    max_talk_s: float = MAX_TALK_S
    end_of_media_s: float = END_OF_MEDIA_S
    grace_s: float = GRACE_S
    hang_time_s: float = HANG_TIME_S


@dataclass(frozen=True, slots=True)
class _Talk:
    party: PartyId
    rank: Rank
    until: float
    """When T2 expires."""
    from_queue: bool
    end: TalkEnd = TalkEnd.RELEASED
    """How it will have ended, once it is certain that it ends."""


@dataclass(frozen=True, slots=True)
class Given:
    """An input: who said it, and what came with it."""

    party: PartyId
    rank: Rank = LOWEST
    last_sequence: int | None = None
    floor_seq: int = 0


class FloorSteps:
    """One talkgroup's floor, changed a step at a time; what a step asks for gathers in `effects`."""

    def __init__(self, rules: FloorRules) -> None:
        self.rules = rules
        self.state = FloorState.NO_CALL
        self.floor_seq = 0
        self.now = -inf
        self.queue = FloorQueue()
        self.deadlines: dict[FloorTimer, float] = {}
        self.effects: list[FloorEffect] = []
        self._talk: _Talk | None = None
        self._grant_sends = 0

    @property
    def talker(self) -> PartyId | None:
        return self._talk.party if self._talk else None

    def _start(self, timer: FloorTimer, duration_s: float) -> None:
        self.deadlines[timer] = self.now + duration_s

    def _enter(self, state: FloorState) -> None:
        """Change state; timers that mean nothing there are stopped."""
        self.state = state
        self.deadlines = {timer: at for timer, at in self.deadlines.items() if timer in TIMERS_OF[state]}

    def _held(self) -> _Talk:
        """The talk under way. States that lead here have one."""
        assert self._talk is not None
        return self._talk

    # --- requests -----------------------------------------------------------------------------------

    def grant_free(self, given: Given) -> None:
        self._grant(given.party, given.rank, from_queue=False)

    def request_taken(self, given: Given) -> None:
        talk = self._held()
        preempts = given.rank > talk.rank
        if given.party == talk.party:
            self._request_again(talk, given.rank)
        elif self._wait(given, is_entitled=preempts) and preempts:
            self._revoke(TalkEnd.REVOKED_PREEMPTED)

    def _request_again(self, talk: _Talk, rank: Rank) -> None:
        """The talker asks again: he missed his grant, or what he says has become an emergency."""
        if rank.is_emergency and not talk.rank.is_emergency:
            self._talk = replace(talk, rank=rank, until=self.now + EMERGENCY_TALK_S)
            self._start(FloorTimer.T2, EMERGENCY_TALK_S)
            self.floor_seq += 1
            self._tell_grant()
        else:
            self.effects.append(self._granted())

    def request_revoking(self, given: Given) -> None:
        self._wait(given, is_entitled=given.rank > self._held().rank)

    def request_draining(self, given: Given) -> None:
        highest = self.queue.highest
        self._wait(given, is_entitled=highest is None or given.rank > highest)

    def _wait(self, given: Given, *, is_entitled: bool) -> bool:
        """False when the queue is full and the request is not entitled to come before all of it."""
        is_full = len(self.queue) >= self.rules.queue_size
        if is_full and not is_entitled and not self.queue.place(given.party):
            self.effects.append(Denied(given.party, DenyCause.QUEUE_FULL))
            return False
        self.queue.put(given.party, given.rank)
        return True

    def _grant(self, party: PartyId, rank: Rank, *, from_queue: bool) -> None:
        self._enter(FloorState.TAKEN)
        self.deadlines.clear()  # none of the last talk's timers may run on in this one
        limit_s = EMERGENCY_TALK_S if rank.is_emergency else self.rules.max_talk_s
        self._talk = _Talk(party, rank, until=self.now + limit_s, from_queue=from_queue)
        self._start(FloorTimer.T1, self.rules.end_of_media_s)
        self._start(FloorTimer.T2, limit_s)
        if from_queue:
            self._grant_sends = 1
            self._start(FloorTimer.T20, GRANT_RESEND_S)
        self.floor_seq += 1
        self.effects.append(OpenVoice(party, rank.is_emergency))
        self._tell_grant()
        self.effects.append(TalkBegan(party, rank.is_emergency))

    # --- what the others say --------------------------------------------------------------------------

    def release(self, given: Given) -> None:
        was_queued = self.queue.remove(given.party)
        if given.party == self.talker and self.state is not FloorState.DRAINING:
            self._enter(FloorState.DRAINING)
            self._start(FloorTimer.DRAIN, DRAIN_S)
            self.effects.append(CloseVoice(given.party, drains=True, last_sequence=given.last_sequence))
        elif was_queued:
            self.effects.append(Queued(given.party, 0, len(self.queue)))
        else:
            self.join(given)

    def join(self, given: Given) -> None:
        if self._talk is None:
            self.effects.append(Idle(self.floor_seq, to=given.party))
        elif given.party != self._talk.party:
            is_emergency = self._talk.rank.is_emergency
            self.effects.append(Taken(self._talk.party, is_emergency, self.floor_seq, to=given.party))

    def leave(self, given: Given) -> None:
        self.queue.remove(given.party)
        if given.party == self.talker:
            self._cut(self._held().end if self.state is FloorState.DRAINING else TalkEnd.LEFT)

    def tell_position(self, given: Given) -> None:
        self.effects.append(Queued(given.party, self.queue.place(given.party), len(self.queue)))

    def hear(self, given: Given) -> None:
        if given.party == self.talker:
            self.deadlines.pop(FloorTimer.T20, None)
            self._start(FloorTimer.T1, self.rules.end_of_media_s)

    def acknowledge(self, given: Given) -> None:
        if given.party == self.talker and given.floor_seq == self.floor_seq:
            self.deadlines.pop(FloorTimer.T20, None)

    def drained(self, given: Given) -> None:
        if given.party == self.talker:
            self._end_talk(self._held().end)

    # --- timers and the end of a talk -------------------------------------------------------------------

    def lose_media(self) -> None:
        self._cut(TalkEnd.MEDIA_LOST)

    def exceed_talk(self) -> None:
        self._revoke(TalkEnd.REVOKED_TOO_LONG)

    def force_end(self) -> None:
        self._cut(self._held().end)

    def end_call(self) -> None:
        self._enter(FloorState.NO_CALL)
        self.effects.append(CallInactive())

    def revoke_again(self) -> None:
        self._start(FloorTimer.T8, REVOKE_RESEND_S)
        self._tell_revoke(self.deadlines[FloorTimer.T3] - self.now)

    def grant_again(self) -> None:
        if self._grant_sends == GRANT_SENDS:
            self._cut(TalkEnd.MEDIA_LOST)
            return
        self._grant_sends += 1
        self._start(FloorTimer.T20, GRANT_RESEND_S)
        self.effects.append(self._granted())

    def _revoke(self, end: TalkEnd) -> None:
        self._talk = replace(self._held(), end=end)
        grace_s = 0.0 if self.rules.audio_cut_in else self.rules.grace_s
        self.floor_seq += 1
        self._tell_revoke(grace_s)
        if grace_s == 0.0:
            self._cut(end)
            return
        self._enter(FloorState.PENDING_REVOKE)
        self._start(FloorTimer.T3, grace_s)
        self._start(FloorTimer.T8, REVOKE_RESEND_S)

    def _cut(self, end: TalkEnd) -> None:
        self.effects.append(CloseVoice(self._held().party))
        self._end_talk(end)

    def _end_talk(self, end: TalkEnd) -> None:
        self.effects.append(TalkOver(self._held().party, end))
        self._talk = None
        if len(self.queue):
            party, rank, was_told = self.queue.pop()
            self._grant(party, rank, from_queue=was_told)
            return
        self._enter(FloorState.IDLE)
        self._start(FloorTimer.T4, self.rules.hang_time_s)
        self.floor_seq += 1
        self.effects.append(Idle(self.floor_seq))

    # --- telling ------------------------------------------------------------------------------------

    def _granted(self) -> Granted:
        talk = self._held()
        return Granted(talk.party, talk.until - self.now, self.floor_seq, talk.from_queue)

    def _tell_grant(self) -> None:
        talk = self._held()
        self.effects.append(self._granted())
        self.effects.append(Taken(talk.party, talk.rank.is_emergency, self.floor_seq))

    def _tell_revoke(self, grace_s: float) -> None:
        talk = self._held()
        cause = RevokeCause.PREEMPTED if talk.end is TalkEnd.REVOKED_PREEMPTED else RevokeCause.TOO_LONG
        self.effects.append(Revoked(talk.party, cause, grace_s, self.floor_seq))

    def tell_queue(self) -> None:
        """While the floor drains nobody is told: the first gets the floor itself in the next tenth of a second."""
        if self.state is not FloorState.DRAINING:
            self.effects.extend(self.queue.news())
