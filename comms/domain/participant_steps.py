"""What a participant does in each case: asks, talks, gives back. `comms.domain.floor_participant` says when."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from comms.domain.ids import PartyId

RELEASE_RESEND_S = 1.0
"""T100, TS 24.380 table 11.1.1: below 6 s in all."""
REQUEST_RESEND_S = 1.0
"""T101, likewise."""
SENDS = 3
"""C100 and C101: sent this often in all."""
UNPRESSED_GRANT_S = 2.0
"""T132: the floor came from the queue and the key is not pressed."""


class ParticipantState(StrEnum):
    NO_PERMISSION = "no_permission"
    PENDING_REQUEST = "pending_request"
    QUEUED = "queued"
    GRANTED_UNPRESSED = "granted_unpressed"
    """The floor came from the queue; the key must be pressed within T132."""
    HAS_PERMISSION = "has_permission"
    PENDING_RELEASE = "pending_release"


class ParticipantTimer(StrEnum):
    T100 = "T100"
    T101 = "T101"
    T103 = "T103"
    T132 = "T132"


class Tone(StrEnum):
    TALK_PERMIT = "talk_permit"
    DENIED = "denied"
    QUEUED = "queued"
    YOUR_TURN = "your_turn"
    """The floor came from the queue: press to talk."""
    REVOKED = "revoked"
    FLOOR_LOST = "floor_lost"
    """The floor was taken back, or the connection lost, while talking."""
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class SendRequest:
    priority: int
    is_emergency: bool


@dataclass(frozen=True, slots=True)
class SendRelease:
    """With the sequence number of the last voice packet, when one was sent."""


@dataclass(frozen=True, slots=True)
class SendAck:
    floor_seq: int


@dataclass(frozen=True, slots=True)
class StartTalking:
    frame_ms: int


@dataclass(frozen=True, slots=True)
class StopTalking:
    """Always before the SendRelease that follows from it."""


@dataclass(frozen=True, slots=True)
class Play:
    tone: Tone


ParticipantEffect = SendRequest | SendRelease | SendAck | StartTalking | StopTalking | Play
ParticipantEffects = tuple[ParticipantEffect, ...]


class Awaits(StrEnum):
    """What a pending release waits for before the floor is another's business again."""

    ANSWER = "answer"
    """The request it takes back is not answered yet."""
    PLACE = "place"
    """The queue place it gives up."""
    FLOOR = "floor"
    """A floor newer than the one it gives back."""
    ANYTHING = "anything"
    """It was sent again; whatever comes answers it."""


TIMERS_OF: dict[ParticipantState, frozenset[ParticipantTimer]] = {
    ParticipantState.NO_PERMISSION: frozenset(),
    ParticipantState.PENDING_REQUEST: frozenset({ParticipantTimer.T101}),
    ParticipantState.QUEUED: frozenset(),
    ParticipantState.GRANTED_UNPRESSED: frozenset({ParticipantTimer.T132}),
    ParticipantState.HAS_PERMISSION: frozenset(),
    ParticipantState.PENDING_RELEASE: frozenset({ParticipantTimer.T100}),
}
"""The timers of the key that mean something in a state; entering it stops the others. T103 is the listener's."""


class ParticipantSteps:
    """One participant, changed a step at a time; what a step asks for gathers in `effects`."""

    def __init__(self) -> None:
        self.state = ParticipantState.NO_PERMISSION
        self.heard: PartyId | None = None
        self.wanted = SendRequest(0, False)
        """The request under way, or made again once a release is answered (`presses_again`)."""
        self.presses_again = False
        self.awaits = Awaits.ANYTHING
        self.own_seq = 0
        """Of the floor this participant was last given."""
        self.frame_ms = 20
        self.now = -inf
        self.deadlines: dict[ParticipantTimer, float] = {}
        self.effects: list[ParticipantEffect] = []
        self._seen_seq = 0
        self._sends = 0

    def is_fresh(self, floor_seq: int) -> bool:
        """False for a message older than one already seen."""
        if floor_seq < self._seen_seq:
            return False
        self._seen_seq = floor_seq
        return True

    def enter(self, state: ParticipantState) -> None:
        self.state = state
        kept = TIMERS_OF[state] | {ParticipantTimer.T103}
        self.deadlines = {timer: at for timer, at in self.deadlines.items() if timer in kept}

    def start(self, timer: ParticipantTimer, duration_s: float) -> None:
        self.deadlines[timer] = self.now + duration_s

    def play(self, tone: Tone) -> None:
        self.effects.append(Play(tone))

    # --- asking and talking -----------------------------------------------------------------------------

    def ask(self, wanted: SendRequest) -> None:
        self.wanted = wanted
        self.enter(ParticipantState.PENDING_REQUEST)
        self.start(ParticipantTimer.T101, REQUEST_RESEND_S)
        self._sends = 1
        self.effects.append(wanted)

    def talk(self) -> None:
        self.enter(ParticipantState.HAS_PERMISSION)
        self.play(Tone.TALK_PERMIT)
        self.effects.append(StartTalking(self.frame_ms))

    def wait_for_key(self) -> None:
        self.enter(ParticipantState.GRANTED_UNPRESSED)
        self.start(ParticipantTimer.T132, UNPRESSED_GRANT_S)
        self.play(Tone.YOUR_TURN)

    # --- giving back ------------------------------------------------------------------------------------

    def give_back(self, awaits: Awaits) -> None:
        if self.state is ParticipantState.HAS_PERMISSION:
            self.effects.append(StopTalking())
        self.awaits = awaits
        self.enter(ParticipantState.PENDING_RELEASE)
        self.start(ParticipantTimer.T100, RELEASE_RESEND_S)
        self._sends = 1
        self.effects.append(SendRelease())

    def be_released(self) -> None:
        """The release is answered. A key pressed meanwhile asks now."""
        self.enter(ParticipantState.NO_PERMISSION)
        if self.presses_again:
            self.presses_again = False
            self.ask(self.wanted)

    def lose(self, tone: Tone) -> None:
        """Back to no permission, told why, with nothing to send."""
        if self.state is ParticipantState.HAS_PERMISSION:
            self.effects.append(StopTalking())
        self.enter(ParticipantState.NO_PERMISSION)
        self.play(tone)

    def see_floor(self, floor_seq: int) -> None:
        """The floor is idle or another's."""
        if self.state in (ParticipantState.HAS_PERMISSION, ParticipantState.GRANTED_UNPRESSED):
            if floor_seq > self.own_seq:
                self.lose(Tone.FLOOR_LOST)
        elif self.state is ParticipantState.PENDING_RELEASE:
            is_newer = self.awaits is Awaits.FLOOR and floor_seq > self.own_seq
            if is_newer or self.awaits is Awaits.ANYTHING:
                self.be_released()

    def forget(self) -> None:
        """A new connection may lead to a gateway that counts anew."""
        self.enter(ParticipantState.NO_PERMISSION)
        self.deadlines.clear()
        self.presses_again = False
        self.heard = None
        self._seen_seq = 0

    # --- timers -----------------------------------------------------------------------------------------

    def release_again(self) -> None:
        if self._sends == SENDS:
            self.be_released()
            return
        self._sends += 1
        self.awaits = Awaits.ANYTHING
        self.start(ParticipantTimer.T100, RELEASE_RESEND_S)
        self.effects.append(SendRelease())

    def request_again(self) -> None:
        if self._sends == SENDS:
            self.lose(Tone.NO_ANSWER)
            return
        self._sends += 1
        self.start(ParticipantTimer.T101, REQUEST_RESEND_S)
        self.effects.append(self.wanted)

    def end_hearing(self) -> None:
        self.heard = None

    def miss_turn(self) -> None:
        self.give_back(Awaits.FLOOR)
