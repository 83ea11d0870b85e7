"""The participant's side of floor control: one key of a desk or a terminal, for one talkgroup. Without I/O.

After 3GPP TS 24.380 §6.2.4. Every method takes `now` in seconds of any clock that does not go back, and returns
effects to carry out in their order. Two points are plainer than the standard, because our messages come in order
over one connection: a Floor Taken does not end a pending request (its own answer always follows), and a release
waits for the answer to what it takes back, so that no late grant finds the next press of the key.

A revoked talker stops at once (§6.2.4.5): the grace time is for terminals that do not answer.
"""

from collections.abc import Callable

from comms.domain.floor_steps import END_OF_MEDIA_S
from comms.domain.ids import PartyId
from comms.domain.participant_steps import (
    Awaits,
    ParticipantEffects,
    ParticipantSteps,
    SendAck,
    SendRequest,
    Tone,
)
from comms.domain.participant_steps import ParticipantState as _S
from comms.domain.participant_steps import ParticipantTimer as _T


class FloorParticipant:
    """`stays_queued`: letting go of the key while queued keeps the place (locked talk, pedals); else it is given up."""

    def __init__(self, party: PartyId, *, stays_queued: bool = False) -> None:
        self.party = party
        self.stays_queued = stays_queued
        self.is_pressed = False
        self._steps = ParticipantSteps()

    @property
    def state(self) -> _S:
        return self._steps.state

    @property
    def heard(self) -> PartyId | None:
        """Who talks now, as far as known; None after T103 without media."""
        return self._steps.heard

    @property
    def next_deadline(self) -> float | None:
        return min(self._steps.deadlines.values(), default=None)

    def advance(self, now: float) -> ParticipantEffects:
        """Let the timers due at `now` expire, each at its own time."""
        self._at(now)
        return self._take_effects()

    # --- the key --------------------------------------------------------------------------------------

    def press(self, now: float, *, priority: int = 0, is_emergency: bool = False) -> ParticipantEffects:
        """Held until resolved. Pressing the emergency key over an ordinary request raises it."""
        steps = self._at(now)
        self.is_pressed = True
        wanted = SendRequest(priority, is_emergency)
        match steps.state:
            case _S.NO_PERMISSION:
                steps.ask(wanted)
            case _S.PENDING_RELEASE:
                steps.wanted, steps.presses_again = wanted, True
            case _S.GRANTED_UNPRESSED:
                steps.talk()
            case _ if is_emergency and not steps.wanted.is_emergency:
                steps.wanted = wanted
                steps.effects.append(wanted)
            case _:
                pass
        return self._take_effects()

    def let_go(self, now: float) -> ParticipantEffects:
        steps = self._at(now)
        self.is_pressed = steps.presses_again = False
        match steps.state:
            case _S.PENDING_REQUEST:
                steps.give_back(Awaits.ANSWER)
            case _S.QUEUED if not self.stays_queued:
                steps.give_back(Awaits.PLACE)
            case _S.HAS_PERMISSION:
                steps.give_back(Awaits.FLOOR)
            case _:
                pass
        return self._take_effects()

    def cancel(self, now: float) -> ParticipantEffects:
        """Give up the place in the queue, or a grant not yet used."""
        steps = self._at(now)
        if steps.state is _S.QUEUED:
            steps.give_back(Awaits.PLACE)
        elif steps.state is _S.GRANTED_UNPRESSED:
            steps.give_back(Awaits.FLOOR)
        return self._take_effects()

    # --- what the server says ---------------------------------------------------------------------------

    def granted(
        self, now: float, *, floor_seq: int, frame_ms: int = 20, from_queue: bool = False
    ) -> ParticipantEffects:
        steps = self._at(now)
        if steps.is_fresh(floor_seq):
            steps.own_seq, steps.frame_ms, steps.heard = floor_seq, frame_ms, None
            if from_queue:
                steps.effects.append(SendAck(floor_seq))
            self._use_grant(steps)
        return self._take_effects()

    def _use_grant(self, steps: ParticipantSteps) -> None:
        match steps.state:
            case _S.PENDING_REQUEST:
                steps.talk()
            case _S.QUEUED if self.is_pressed:
                steps.talk()
            case _S.QUEUED:
                steps.wait_for_key()
            case _S.NO_PERMISSION:
                steps.give_back(Awaits.FLOOR)  # given up long ago: nobody is here to talk
            case _S.PENDING_RELEASE:
                steps.awaits = Awaits.FLOOR
            case _:
                pass  # sent again

    def denied(self, now: float) -> ParticipantEffects:
        """Also for a request the server would not even consider (not affiliated, no voice path)."""
        steps = self._at(now)
        if steps.state is _S.PENDING_REQUEST:
            steps.lose(Tone.DENIED)
        elif steps.state is _S.PENDING_RELEASE and steps.awaits is Awaits.ANSWER:
            steps.be_released()
        return self._take_effects()

    def queued(self, now: float, *, position: int) -> ParticipantEffects:
        """`position` 0: not, or no longer, in the queue."""
        steps = self._at(now)
        match steps.state:
            case _S.PENDING_REQUEST if position:
                steps.enter(_S.QUEUED)
                steps.play(Tone.QUEUED)
            case _S.QUEUED if not position:
                steps.lose(Tone.DENIED)
            case _S.PENDING_RELEASE if not position:
                steps.be_released()
            case _S.PENDING_RELEASE if steps.awaits is Awaits.ANSWER:
                steps.awaits = Awaits.PLACE
            case _:
                pass
        return self._take_effects()

    def taken(self, now: float, *, floor_seq: int, talker: PartyId) -> ParticipantEffects:
        steps = self._at(now)
        if steps.is_fresh(floor_seq) and talker != self.party:
            steps.see_floor(floor_seq)
            steps.heard = talker
            steps.start(_T.T103, END_OF_MEDIA_S)
        return self._take_effects()

    def idle(self, now: float, *, floor_seq: int) -> ParticipantEffects:
        steps = self._at(now)
        if steps.is_fresh(floor_seq):
            if steps.state is _S.QUEUED:
                steps.lose(Tone.DENIED)  # an idle floor has no queue: the place is gone
            steps.see_floor(floor_seq)
            steps.heard = None
            steps.deadlines.pop(_T.T103, None)
        return self._take_effects()

    def revoked(self, now: float, *, floor_seq: int) -> ParticipantEffects:
        steps = self._at(now)
        if steps.is_fresh(floor_seq) and steps.state in (_S.HAS_PERMISSION, _S.GRANTED_UNPRESSED):
            steps.own_seq = floor_seq
            steps.give_back(Awaits.FLOOR)
            steps.play(Tone.REVOKED)
        return self._take_effects()

    def media_received(self, now: float) -> ParticipantEffects:
        steps = self._at(now)
        if steps.heard is not None:
            steps.start(_T.T103, END_OF_MEDIA_S)
        return self._take_effects()

    def link_lost(self, now: float) -> ParticipantEffects:
        """Safe at once: nothing is sent, nothing is owed; the server drops the party with its connection."""
        steps = self._at(now)
        if steps.state not in (_S.NO_PERMISSION, _S.PENDING_RELEASE):
            steps.lose(Tone.FLOOR_LOST if steps.state is _S.HAS_PERMISSION else Tone.NO_ANSWER)
        steps.forget()
        return self._take_effects()

    # --- timers -----------------------------------------------------------------------------------------

    def _at(self, now: float) -> ParticipantSteps:
        steps = self._steps
        while steps.deadlines:
            timer = min(steps.deadlines, key=lambda each: steps.deadlines[each])
            if steps.deadlines[timer] > now:
                break
            steps.now = max(steps.now, steps.deadlines.pop(timer))
            _EXPIRY[timer](steps)
        steps.now = max(steps.now, now)
        return steps

    def _take_effects(self) -> ParticipantEffects:
        effects = tuple(self._steps.effects)
        self._steps.effects.clear()
        return effects


_EXPIRY: dict[_T, Callable[[ParticipantSteps], None]] = {
    _T.T100: ParticipantSteps.release_again,
    _T.T101: ParticipantSteps.request_again,
    _T.T103: ParticipantSteps.end_hearing,
    _T.T132: ParticipantSteps.miss_turn,
}
