"""What holds of a floor whatever happens, in whatever order: random inputs of five parties on a virtual clock."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from comms.domain.floor import Floor
from comms.domain.floor_effect import (
    CallInactive,
    CloseVoice,
    Denied,
    Effects,
    FloorEffect,
    Granted,
    Idle,
    OpenVoice,
    Queued,
    Revoked,
    Taken,
    TalkBegan,
    TalkOver,
)
from comms.domain.floor_queue import Rank, effective_rank
from comms.domain.floor_steps import EMERGENCY_TALK_S, FloorRules, FloorState
from comms.domain.ids import PartyId
from tests.support.floor_times import FloorTimes

PARTIES = st.sampled_from([PartyId(f"unit:{n}") for n in range(3)] + [PartyId("officer:a"), PartyId("officer:b")])
SETTLE_S = EMERGENCY_TALK_S * 10
"""More than any chain of timers can last."""


class FloorMachine(RuleBasedStateMachine):
    floor: Floor

    @initialize(cut_in=st.booleans(), size=st.integers(0, 3))
    def begin(self, cut_in: bool, size: int) -> None:
        self.floor = Floor(FloorRules(queue_size=size, audio_cut_in=cut_in))
        self.now = 0.0
        self.voice: PartyId | None = None
        self.draining: PartyId | None = None
        self.talking: PartyId | None = None
        self.rank: dict[PartyId, tuple[Rank, int]] = {}
        self.turn = 0
        self.seen_seq = 0
        self.times = FloorTimes(self.floor)

    # --- carrying out, as the gateway would ------------------------------------------------------------

    def carry_out(self, effects: Effects, *, by_timer: bool = False) -> None:
        self.times.told(self.now, effects, by_timer=by_timer)
        for effect in effects:
            self._carry_out(effect)

    def pass_to(self, now: float) -> None:
        """From timer to timer, so that the moment of each is known."""
        while (at := self.floor.next_deadline) is not None and at <= now:
            self.now = max(self.now, at)
            self.carry_out(self.floor.advance(self.now), by_timer=True)
        self.now = now

    def _carry_out(self, effect: FloorEffect) -> None:
        match effect:
            case OpenVoice(party):
                assert self.voice is None, "two talkers"
                self.voice = party
            case CloseVoice(party, drains):
                assert party in (self.voice, self.draining)
                self.voice, self.draining = None, party if drains else None
            case TalkBegan(party):
                assert self.talking is None
                self.talking = party
                self.rank.pop(party, None)
            case TalkOver(party):
                assert self.talking == party
                assert self.voice is None
                self.talking = self.draining = None
            case Granted(party, floor_seq=seq):
                assert self.voice == party, "granted before the voice was open"
                self.floor_seq_of(seq)
            case Revoked(party, floor_seq=seq):
                assert self.voice == party, "the voice is kept until the grace ends"
                self.floor_seq_of(seq)
            case Taken(floor_seq=seq, to=None) | Idle(floor_seq=seq, to=None):
                self.floor_seq_of(seq)
            case Taken() | Idle() | Queued() | Denied() | CallInactive():
                pass

    def floor_seq_of(self, seq: int) -> None:
        assert seq >= self.seen_seq
        self.seen_seq = seq

    # --- inputs ---------------------------------------------------------------------------------------

    @rule(party=PARTIES, priority=st.integers(0, 7), is_emergency=st.booleans())
    def request(self, party: PartyId, priority: int, is_emergency: bool) -> None:
        state, talker = self.floor.state, self.floor.talker
        effects = self.floor.request(self.now, party, priority=priority, is_emergency=is_emergency)
        rank = effective_rank(party, priority=priority, is_emergency=is_emergency)
        known = self.rank.get(party)
        if party in self.floor.queue and (known is None or known[0] < rank):
            self.turn += 1
            self.rank[party] = (rank, self.turn)
        answered = any(isinstance(e, Granted | Denied | Queued) and e.party == party for e in effects)
        assert answered or state is FloorState.DRAINING, "a request without an answer"
        if state is FloorState.DRAINING and not answered:
            assert party in self.floor.queue
        if talker is not None and not self.floor.rules.audio_cut_in:
            assert self.floor.talker == talker, "the talker keeps the floor until the grace ends"
        self.carry_out(effects)

    @rule(party=PARTIES, last=st.none() | st.integers(0, 65_535))
    def release(self, party: PartyId, last: int | None) -> None:
        is_draining_talker = self.floor.state is FloorState.DRAINING and party == self.floor.talker
        effects = self.floor.release(self.now, party, last_sequence=last)
        assert effects or is_draining_talker, "a release without an answer"
        self.rank.pop(party, None)
        self.carry_out(effects)

    @rule(party=PARTIES)
    def leave(self, party: PartyId) -> None:
        self.carry_out(self.floor.left(self.now, party))
        self.rank.pop(party, None)
        assert self.floor.talker != party
        assert party not in self.floor.queue

    @rule(party=PARTIES)
    def join(self, party: PartyId) -> None:
        effects = self.floor.joined(self.now, party)
        assert effects or party == self.floor.talker
        self.carry_out(effects)

    @rule(party=PARTIES, input_name=st.sampled_from(["media_received", "media_drained", "queue_position"]))
    def say(self, party: PartyId, input_name: str) -> None:
        method: Callable[[float, PartyId], Effects] = getattr(self.floor, input_name)
        if input_name == "media_received":
            self.times.heard(self.now, party)
        self.carry_out(method(self.now, party))

    @rule(party=PARTIES, back=st.integers(0, 2))
    def ack(self, party: PartyId, back: int) -> None:
        floor_seq = self.floor.floor_seq - back
        self.times.acknowledged(party, floor_seq)
        self.carry_out(self.floor.ack(self.now, party, floor_seq=floor_seq))

    @rule(step_s=st.sampled_from([0.0, 0.05, 0.3, 1.0, 2.0, 3.0, 4.5, 31.0]))
    def pass_time(self, step_s: float) -> None:
        self.pass_to(self.now + step_s)

    @rule()
    def wait_for_the_next_timer(self) -> None:
        before = self.floor.next_deadline
        self.pass_to(max(self.now, before or self.now))
        assert before is None or self.floor.next_deadline != before, "a timer that never runs out"

    # --- what always holds ------------------------------------------------------------------------------

    @invariant()
    def voice_belongs_to_the_talker(self) -> None:
        assert self.talking == self.floor.talker
        assert self.voice in (None, self.floor.talker)
        holds = self.floor.state in (FloorState.TAKEN, FloorState.PENDING_REVOKE)
        assert (self.voice is not None) == holds

    @invariant()
    def no_timer_is_late(self) -> None:
        self.times.check(self.now)

    @invariant()
    def an_emergency_never_waits_behind_what_is_none(self) -> None:
        emergencies = [self.rank[party][0].is_emergency for party in self.floor.queue]
        assert emergencies == sorted(emergencies, reverse=True)

    @invariant()
    def queue_is_in_order(self) -> None:
        queue = self.floor.queue
        assert len(set(queue)) == len(queue)
        for party in queue:
            assert party in self.rank
        keys = [(self.rank[party][0], -self.rank[party][1]) for party in queue]
        assert keys == sorted(keys, reverse=True)

    @invariant()
    def only_a_busy_floor_has_a_queue(self) -> None:
        assert not self.floor.queue or self.floor.talker is not None

    def teardown(self) -> None:
        """No floor is stuck: with nobody doing anything, time alone ends every talk, every wait and the call."""
        if not hasattr(self, "floor"):
            return
        self.pass_to(self.now + SETTLE_S)
        assert self.floor.state is FloorState.NO_CALL
        assert self.floor.next_deadline is None
        assert self.floor.queue == ()
        assert self.voice is None


FloorMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestFloorMachine = FloorMachine.TestCase
