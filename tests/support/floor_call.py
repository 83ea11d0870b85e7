"""A group call of one floor server and some participants in virtual time: what each says, and what each is told."""

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from math import inf

from comms.domain.floor import Floor
from comms.domain.floor_effect import (
    CallInactive,
    CloseVoice,
    Denied,
    Effects,
    Granted,
    Idle,
    OpenVoice,
    Queued,
    Revoked,
    Taken,
    TalkBegan,
    TalkOver,
)
from comms.domain.floor_participant import FloorParticipant
from comms.domain.floor_steps import FloorRules
from comms.domain.ids import PartyId
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
    Tone,
)

PACKET_S = 0.2
"""One in ten of the packets that a phone sends: enough for every timer that heeds them."""


class GroupCall:
    """Names that begin with `desk` are officers'. Messages take no time; `lost` swallows them by their kind."""

    def __init__(self, *names: str, rules: FloorRules | None = None, stays_queued: bool = False) -> None:
        self.now = 0.0
        self.floor = Floor(rules or FloorRules())
        self.party = {name: PartyId(f"{'officer' if name.startswith('desk') else 'unit'}:{name}") for name in names}
        self._name = {party: name for name, party in self.party.items()}
        self.people = {name: FloorParticipant(self.party[name], stays_queued=stays_queued) for name in names}
        self.told: dict[str, list[str]] = {name: [] for name in names}
        """What each was told since it was last asked, `kind` or `kind:what`."""
        self.sent: dict[str, list[str]] = {name: [] for name in names}
        self.tones: dict[str, list[Tone]] = {name: [] for name in names}
        self.lost: set[tuple[str, str]] = set()
        """(name, kind) of messages that do not arrive, either way."""
        self.silent: set[str] = set()
        """Who talks without a packet coming through."""
        self.heard: str | None = None
        """Whose voice the server lets through."""
        self.ends: list[tuple[str, str]] = []
        self.is_over = False
        self._speaking: dict[str, float] = {}
        """When each sends its next packet."""
        self._wire: deque[Callable[[], None]] = deque()
        """What is said and has not arrived: in order, as over one connection."""
        self._is_delivering = False

    # --- people -----------------------------------------------------------------------------------------------

    def press(self, name: str, *, priority: int = 0, is_emergency: bool = False) -> None:
        self._from(name, self.people[name].press(self.now, priority=priority, is_emergency=is_emergency))

    def let_go(self, name: str) -> None:
        self._from(name, self.people[name].let_go(self.now))

    def cancel(self, name: str) -> None:
        self._from(name, self.people[name].cancel(self.now))

    def lose_link(self, name: str) -> None:
        self._from(name, self.people[name].link_lost(self.now))
        self._serve(self.floor.left(self.now, self.party[name]))

    def join(self, name: str) -> None:
        self._serve(self.floor.joined(self.now, self.party[name]))

    def ask_position(self, name: str) -> None:
        self._serve(self.floor.queue_position(self.now, self.party[name]))

    def stray_packet(self, name: str) -> None:
        """Voice of somebody who has not been given the floor."""
        self._serve(self.floor.media_received(self.now, self.party[name]))

    def state(self, name: str) -> ParticipantState:
        return self.people[name].state

    @property
    def talker(self) -> str | None:
        return self._name[self.floor.talker] if self.floor.talker is not None else None

    @property
    def queue(self) -> list[str]:
        return [self._name[party] for party in self.floor.queue]

    def news(self, name: str) -> list[str]:
        """What it was told since the last time it was asked."""
        found, self.told[name] = self.told[name], []
        return found

    def forget(self) -> None:
        """What was told and said so far does not matter."""
        for name in self.people:
            self.told[name], self.sent[name], self.tones[name] = [], [], []

    # --- time -------------------------------------------------------------------------------------------------

    def pass_to(self, at: float) -> None:
        """From one timer or packet to the next."""
        while (due := self._next()) <= at:
            self.now = max(self.now, due)
            self._serve(self.floor.advance(self.now))
            for name, person in self.people.items():
                self._from(name, person.advance(self.now))
            for name in [name for name, when in self._speaking.items() if when <= self.now]:
                self._speak(name)
        self.now = at

    def wait(self, seconds: float) -> None:
        self.pass_to(self.now + seconds)

    def _next(self) -> float:
        machines: Iterable[Floor | FloorParticipant] = (self.floor, *self.people.values())
        deadlines = [each.next_deadline for each in machines]
        return min([at for at in deadlines if at is not None] + list(self._speaking.values()), default=inf)

    def _speak(self, name: str) -> None:
        self._speaking[name] = self.now + PACKET_S
        if name in self.silent:
            return
        self._serve(self.floor.media_received(self.now, self.party[name]))
        if self.heard == name:
            for other, person in self.people.items():
                if other != name:
                    self._from(other, person.media_received(self.now))

    # --- the wire ---------------------------------------------------------------------------------------------

    def _deliver(self) -> None:
        if self._is_delivering:
            return
        self._is_delivering = True
        while self._wire:
            self._wire.popleft()()
        self._is_delivering = False

    def _from(self, name: str, effects: ParticipantEffects) -> None:
        for effect in effects:
            self._do(name, effect)
        self._deliver()

    def _do(self, name: str, effect: ParticipantEffect) -> None:
        match effect:
            case StartTalking():
                self._speaking[name] = self.now
            case StopTalking():
                del self._speaking[name]
            case Play(tone):
                self.tones[name].append(tone)
            case SendRequest():
                self._send(name, "request", partial(self._request, self.party[name], effect))
            case SendRelease():
                self._send(name, "release", lambda: self._serve(self.floor.release(self.now, self.party[name])))
            case SendAck(seq):
                party = self.party[name]
                self._send(name, "ack", lambda: self._serve(self.floor.ack(self.now, party, floor_seq=seq)))

    def _request(self, party: PartyId, asked: SendRequest) -> None:
        self._serve(self.floor.request(self.now, party, priority=asked.priority, is_emergency=asked.is_emergency))

    def _send(self, name: str, kind: str, arrives: Callable[[], None]) -> None:
        self.sent[name].append(kind)
        if (name, kind) not in self.lost:
            self._wire.append(arrives)

    def _serve(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case OpenVoice(party):
                    self.heard = self._name[party]
                case CloseVoice(party, drains):
                    self.heard = None
                    if drains:
                        self._wire.append(partial(self._drained, party))
                case Granted(party, duration, seq, from_queue):
                    self._tell(party, "granted", f"{duration:g}", floor_seq=seq, from_queue=from_queue)
                case Denied(party, cause):
                    self._tell(party, "denied", str(int(cause)))
                case Queued(party, place, _):
                    self._tell(party, "queued", str(place), position=place)
                case Revoked(party, cause, grace, seq):
                    self._tell(party, "revoked", f"{int(cause)}/{grace:g}", floor_seq=seq)
                case Taken(talker, is_emergency, seq, to):
                    what = self._name[talker] + ("!" if is_emergency else "")
                    for party in self._all_but(talker) if to is None else [to]:
                        self._tell(party, "taken", what, floor_seq=seq, talker=talker)
                case Idle(seq, to):
                    for party in self._name if to is None else [to]:
                        self._tell(party, "idle", "", floor_seq=seq)
                case TalkOver(party, end):
                    self.ends.append((self._name[party], end.value))
                case CallInactive():
                    self.is_over = True
                case TalkBegan():
                    pass
        self._deliver()

    def _drained(self, party: PartyId) -> None:
        self._serve(self.floor.media_drained(self.now, party))

    def _all_but(self, talker: PartyId) -> list[PartyId]:
        return [party for party in self._name if party != talker]

    def _tell(self, party: PartyId, kind: str, what: str, **given: object) -> None:
        name = self._name[party]
        self.told[name].append(f"{kind}:{what}" if what else kind)
        if (name, kind) not in self.lost:
            hears = getattr(self.people[name], kind)
            self._wire.append(lambda: self._from(name, hears(self.now, **given)))
