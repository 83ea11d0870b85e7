"""One server and three participants over ordered, delayed connections: whatever is pressed, dropped or late,
in the end nobody talks without the floor, nobody waits for ever, and the next press works."""

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from comms.domain.floor import Floor
from comms.domain.floor_effect import CloseVoice, Denied, Effects, Granted, Idle, OpenVoice, Queued, Revoked, Taken
from comms.domain.floor_participant import FloorParticipant
from comms.domain.floor_steps import FloorRules
from comms.domain.ids import PartyId
from comms.domain.participant_steps import (
    ParticipantEffects,
    ParticipantState,
    SendAck,
    SendRelease,
    SendRequest,
    StartTalking,
    StopTalking,
)

A, B, DESK = PartyId("unit:a"), PartyId("unit:b"), PartyId("officer:d")
PARTIES = st.sampled_from([A, B, DESK])
Message = tuple[str, dict[str, object]]
"""The participant's method and what it is given."""


class FloorTogether(RuleBasedStateMachine):
    @initialize(cut_in=st.booleans(), stays=st.booleans())
    def begin(self, cut_in: bool, stays: bool) -> None:
        self.now = 0.0
        self.floor = Floor(FloorRules(queue_size=1, audio_cut_in=cut_in))
        self.people = {party: FloorParticipant(party, stays_queued=stays) for party in (A, B, DESK)}
        self.up: dict[PartyId, deque[ParticipantEffects]] = {party: deque() for party in self.people}
        self.down: dict[PartyId, deque[Message]] = {party: deque() for party in self.people}
        self.speaking: set[PartyId] = set()
        self.voice: PartyId | None = None

    # --- the wire -----------------------------------------------------------------------------------

    def from_server(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case OpenVoice(party):
                    assert self.voice is None
                    self.voice = party
                case CloseVoice():
                    self.voice = None
                case Granted(party, _, seq, from_queue):
                    self.tell(party, "granted", floor_seq=seq, from_queue=from_queue)
                case Denied(party):
                    self.tell(party, "denied")
                case Queued(party, place):
                    self.tell(party, "queued", position=place)
                case Revoked(party, floor_seq=seq):
                    self.tell(party, "revoked", floor_seq=seq)
                case Taken(talker, _, seq, to):
                    for party in self.people if to is None else [to]:
                        self.tell(party, "taken", floor_seq=seq, talker=talker)
                case Idle(seq, to):
                    for party in self.people if to is None else [to]:
                        self.tell(party, "idle", floor_seq=seq)
                case _:
                    pass

    def tell(self, party: PartyId, name: str, **given: object) -> None:
        self.down[party].append((name, given))

    def from_participant(self, party: PartyId, effects: ParticipantEffects) -> None:
        for effect in effects:
            match effect:
                case StartTalking():
                    assert party not in self.speaking
                    self.speaking.add(party)
                case StopTalking():
                    self.speaking.remove(party)
                case SendRequest() | SendRelease() | SendAck():
                    self.up[party].append((effect,))
                case _:
                    pass

    def deliver_up(self, party: PartyId) -> None:
        (message,) = self.up[party].popleft()
        match message:
            case SendRequest(priority, is_emergency):
                self.from_server(self.floor.request(self.now, party, priority=priority, is_emergency=is_emergency))
            case SendRelease():
                self.from_server(self.floor.release(self.now, party))
            case SendAck(seq):
                self.from_server(self.floor.ack(self.now, party, floor_seq=seq))
            case _:
                raise AssertionError(message)

    def deliver_down(self, party: PartyId) -> None:
        name, given = self.down[party].popleft()
        self.from_participant(party, getattr(self.people[party], name)(self.now, **given))

    # --- what may happen ----------------------------------------------------------------------------

    @rule(party=PARTIES, is_emergency=st.booleans())
    def press(self, party: PartyId, is_emergency: bool) -> None:
        self.from_participant(party, self.people[party].press(self.now, is_emergency=is_emergency))

    @rule(party=PARTIES)
    def let_go(self, party: PartyId) -> None:
        self.from_participant(party, self.people[party].let_go(self.now))

    @rule(party=PARTIES)
    def carry_up(self, party: PartyId) -> None:
        if self.up[party]:
            self.deliver_up(party)

    @rule(party=PARTIES)
    def carry_down(self, party: PartyId) -> None:
        if self.down[party]:
            self.deliver_down(party)

    @rule(party=PARTIES)
    def lose_link(self, party: PartyId) -> None:
        self.up[party].clear()
        self.down[party].clear()
        self.from_participant(party, self.people[party].link_lost(self.now))
        self.from_server(self.floor.left(self.now, party))

    @rule(step_s=st.sampled_from([0.05, 0.3, 1.0, 2.0, 4.0]))
    def pass_time(self, step_s: float) -> None:
        self.now += step_s
        if self.voice in self.speaking:
            assert self.voice is not None
            self.from_server(self.floor.media_received(self.now, self.voice))
        self.from_server(self.floor.advance(self.now))
        for party, person in self.people.items():
            self.from_participant(party, person.advance(self.now))

    @invariant()
    def who_speaks_thinks_he_may(self) -> None:
        for party, person in self.people.items():
            assert (party in self.speaking) == (person.state is ParticipantState.HAS_PERMISSION)

    def quieten(self) -> None:
        for _ in range(400):
            for party in self.people:
                while self.up[party]:
                    self.deliver_up(party)
                while self.down[party]:
                    self.deliver_down(party)
            self.pass_time(0.25)

    def teardown(self) -> None:
        """Everyone lets go: all is quiet, and the next key pressed is granted."""
        for party in self.people:
            self.let_go(party)
        self.quieten()
        assert not self.speaking
        assert self.floor.talker is None
        assert self.floor.queue == ()
        for party, person in self.people.items():
            assert person.state is ParticipantState.NO_PERMISSION
            self.press(party, False)
            self.deliver_up(party)
            while self.down[party]:
                self.deliver_down(party)
            assert self.speaking == {party}
            self.let_go(party)
            self.quieten()


FloorTogether.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestFloorTogether = FloorTogether.TestCase
