"""Floor control of one talkgroup call: who may talk, who waits, who is cut off. The server's side, without I/O.

After 3GPP TS 24.380 §6.3.4 (the general machine) with the per-participant machines of §6.3.5 folded in: what they
hold for each participant is here the talker, the queue, and nothing. Every method takes `now` in seconds of any
clock that does not go back, and returns effects to carry out in their order. An input for which `_TABLE` has no
line in the present state is discarded and the state kept (§6.3.4.1).
"""

from collections.abc import Callable
from enum import StrEnum

from comms.domain.floor_effect import Effects
from comms.domain.floor_queue import effective_rank
from comms.domain.floor_steps import FloorRules, FloorState, FloorSteps, FloorTimer, Given
from comms.domain.ids import PartyId


class FloorInput(StrEnum):
    REQUEST = "request"
    RELEASE = "release"
    MEDIA = "media"
    DRAINED = "drained"
    JOINED = "joined"
    LEFT = "left"
    QUEUE_POSITION = "queue_position"
    ACK = "ack"


class Floor:
    """One talkgroup's floor. `next_deadline` says when `advance` has something to do."""

    def __init__(self, rules: FloorRules) -> None:
        self._steps = FloorSteps(rules)

    @property
    def rules(self) -> FloorRules:
        """May be replaced at any time; what is under way keeps the times it began with."""
        return self._steps.rules

    @rules.setter
    def rules(self, rules: FloorRules) -> None:
        self._steps.rules = rules

    @property
    def state(self) -> FloorState:
        return self._steps.state

    @property
    def floor_seq(self) -> int:
        """Rises with every grant, revoke and idle: of two messages it tells which is the newer."""
        return self._steps.floor_seq

    @property
    def talker(self) -> PartyId | None:
        return self._steps.talker

    @property
    def queue(self) -> tuple[PartyId, ...]:
        return self._steps.queue.parties

    @property
    def next_deadline(self) -> float | None:
        return min(self._steps.deadlines.values(), default=None)

    # --- inputs -------------------------------------------------------------------------------------

    def request(self, now: float, party: PartyId, *, priority: int = 0, is_emergency: bool = False) -> Effects:
        rank = effective_rank(party, priority=priority, is_emergency=is_emergency)
        return self._handle(now, FloorInput.REQUEST, Given(party, rank))

    def release(self, now: float, party: PartyId, *, last_sequence: int | None = None) -> Effects:
        """Also leaves the queue. Answered in any state, so that a release sent again finds its answer too."""
        return self._handle(now, FloorInput.RELEASE, Given(party, last_sequence=last_sequence))

    def media_received(self, now: float, party: PartyId) -> Effects:
        return self._handle(now, FloorInput.MEDIA, Given(party))

    def media_drained(self, now: float, party: PartyId) -> Effects:
        return self._handle(now, FloorInput.DRAINED, Given(party))

    def joined(self, now: float, party: PartyId) -> Effects:
        """Late entry: the newcomer learns at once who talks."""
        return self._handle(now, FloorInput.JOINED, Given(party))

    def left(self, now: float, party: PartyId) -> Effects:
        return self._handle(now, FloorInput.LEFT, Given(party))

    def queue_position(self, now: float, party: PartyId) -> Effects:
        return self._handle(now, FloorInput.QUEUE_POSITION, Given(party))

    def ack(self, now: float, party: PartyId, *, floor_seq: int) -> Effects:
        return self._handle(now, FloorInput.ACK, Given(party, floor_seq=floor_seq))

    def advance(self, now: float) -> Effects:
        """Let the timers due at `now` expire, each at its own time: a late call finds what a punctual one would."""
        self._run_timers(now)
        return self._take_effects()

    # --- the machine --------------------------------------------------------------------------------

    def _handle(self, now: float, kind: FloorInput, given: Given) -> Effects:
        self._run_timers(now)
        step = _TABLE.get((self.state, kind))
        if step is not None:
            step(self._steps, given)
            self._steps.tell_queue()
        return self._take_effects()

    def _run_timers(self, now: float) -> None:
        steps = self._steps
        while steps.deadlines:
            timer = min(steps.deadlines, key=lambda each: steps.deadlines[each])
            if steps.deadlines[timer] > now:
                break
            steps.now = max(steps.now, steps.deadlines.pop(timer))
            _EXPIRY[timer](steps)
            steps.tell_queue()
        steps.now = max(steps.now, now)

    def _take_effects(self) -> Effects:
        effects = tuple(self._steps.effects)
        self._steps.effects.clear()
        return effects


_S, _I, _T = FloorState, FloorInput, FloorTimer
_TALKED = (_S.TAKEN, _S.PENDING_REVOKE)
_TABLE: dict[tuple[FloorState, FloorInput], Callable[[FloorSteps, Given], None]] = {
    (_S.NO_CALL, _I.REQUEST): FloorSteps.grant_free,
    (_S.IDLE, _I.REQUEST): FloorSteps.grant_free,
    (_S.TAKEN, _I.REQUEST): FloorSteps.request_taken,
    (_S.PENDING_REVOKE, _I.REQUEST): FloorSteps.request_revoking,
    (_S.DRAINING, _I.REQUEST): FloorSteps.request_draining,
    **{(state, _I.RELEASE): FloorSteps.release for state in _S},
    **{(state, _I.JOINED): FloorSteps.join for state in _S},
    **{(state, _I.QUEUE_POSITION): FloorSteps.tell_position for state in _S},
    **{(state, _I.LEFT): FloorSteps.leave for state in (*_TALKED, _S.DRAINING)},
    **{(state, _I.MEDIA): FloorSteps.hear for state in _TALKED},
    (_S.TAKEN, _I.ACK): FloorSteps.acknowledge,
    (_S.DRAINING, _I.DRAINED): FloorSteps.drained,
}
"""What is done with each input in each state. No line: discarded."""
_EXPIRY: dict[FloorTimer, Callable[[FloorSteps], None]] = {
    _T.T1: FloorSteps.lose_media,
    _T.T2: FloorSteps.exceed_talk,
    _T.T3: FloorSteps.force_end,
    _T.T4: FloorSteps.end_call,
    _T.T8: FloorSteps.revoke_again,
    _T.T20: FloorSteps.grant_again,
    _T.DRAIN: FloorSteps.force_end,
}
