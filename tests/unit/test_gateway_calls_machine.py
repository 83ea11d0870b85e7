"""Point calls of desks and terminals in any order: nobody is lost, nobody is in two, every call ends once."""

from collections.abc import Callable, Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from comms.domain import events as ev
from comms.domain.call import RING_TIMEOUT_S, CallEnd
from comms.domain.ids import GATEWAY, BurstId, CallId, JurisdictionId, OfficerId, PartyId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.picture import Picture
from comms.domain.unit import Unit
from comms.gateway.calls import PointCalls
from comms.gateway.context import Refusal, Session
from comms.gateway.exchange import Exchange
from comms.gateway.footing import Footing
from comms.gateway.outbox import Outbox
from comms.gateway.sessions import SessionTable
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import CallConnected, CallFinished, CallRinging, Push

TOWN, OTHER = JurisdictionId("900000/s01"), JurisdictionId("900000/s02")
UNITS = ("u1", "u2", "u3", "far")
DESKS = ("duty", "chief", "abroad")
NAMES = (*UNITS, *DESKS)
AWAY = frozenset({"far", "abroad"})
"""Of another town."""


class Timer:
    def __init__(self, at: float, callback: Callable[[], None]) -> None:
        self.at, self.callback, self.is_over = at, callback, False

    def cancel(self) -> None:
        self.is_over = True


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0
        self.timers: list[Timer] = []

    def now(self) -> float:
        return self.at

    monotonic = now

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> Timer:
        self.timers.append(timer := Timer(monotonic_s, callback))
        return timer

    @property
    def running(self) -> list[Timer]:
        self.timers = [timer for timer in self.timers if not timer.is_over]
        return self.timers

    def pass_to(self, at: float) -> None:
        while due := [timer for timer in self.running if timer.at <= at]:
            timer = min(due, key=lambda each: each.at)
            self.at = max(self.at, timer.at)
            timer.is_over = True
            timer.callback()
        self.at = at


class Journal:
    """Folds at once, and holds every event against how a call may go."""

    def __init__(self, clock: Clock) -> None:
        self.picture = Picture()
        self.clock = clock
        self.phase: dict[CallId, str] = {}
        self.started_at: dict[CallId, float] = {}
        self.ends: dict[CallId, CallEnd] = {}

    async def record(self, *_: object, **__: object) -> list[ev.Recorded]:
        raise AssertionError("calls are recorded without waiting")

    def record_soon(self, actor: PartyId, events: Iterable[ev.Event]) -> None:
        for event in events:
            self._follow(event)
            seq = self.picture.seq + 1
            self.picture.apply(ev.Recorded(seq=seq, at=self.clock.now(), actor=actor, event=event))

    def _follow(self, event: ev.Event) -> None:
        match event:
            case ev.CallStarted(call=call):
                assert call.id not in self.phase
                self.phase[call.id], self.started_at[call.id] = "ringing", self.clock.now()
            case ev.CallAnswered(call_id=call_id):
                assert self.phase[call_id] == "ringing", "answered twice, or after its end"
                self.phase[call_id] = "active"
            case ev.CallEnded(call_id=call_id, end=end):
                phase = self.phase[call_id]
                assert phase != "ended", "no way out of an end"
                late = self.clock.now() - self.started_at[call_id]
                assert end is not CallEnd.NO_ANSWER or (phase == "ringing" and late == RING_TIMEOUT_S)
                assert end is not CallEnd.HUNG_UP or phase == "active"
                self.phase[call_id], self.ends[call_id] = "ended", end
            case _:
                pass


class Switchboard:
    def __init__(self) -> None:
        self.open: dict[CallId, tuple[Session, Session]] = {}

    def open_call(self, call_id: CallId, one: Session, other: Session) -> None:
        assert call_id not in self.open
        self.open[call_id] = (one, other)

    def close_call(self, call_id: CallId, one: Session, other: Session) -> None:
        assert self.open.pop(call_id) == (one, other)

    def mute_leg(self, call_id: CallId, speaker: Session, listener: Session, *, is_muted: bool) -> None:
        assert {speaker.id, listener.id} == {each.id for each in self.open[call_id]}


class Recordings:
    def __init__(self) -> None:
        self.running: dict[BurstId, Session] = {}

    def begin(self, burst_id: BurstId, _call_id: CallId, session: Session) -> None:
        assert burst_id not in self.running
        self.running[burst_id] = session

    def end(self, burst_id: BurstId) -> None:
        del self.running[burst_id]

    def pause(self, burst_id: BurstId, *, is_paused: bool) -> None:
        assert burst_id in self.running


class Person:
    """A session, and where its own screen would be."""

    def __init__(self, name: str, number: int) -> None:
        self.rings: set[CallId] = set()
        self.connected: set[CallId] = set()
        is_desk = name in DESKS
        self.session = Session(
            id=f"s{number}",
            party=PartyId(f"{'officer' if is_desk else 'unit'}:{name}"),
            name=name,
            jurisdiction_id=OTHER if name in AWAY else TOWN,
            locale=Locale.EN,
            unit_id=None if is_desk else UnitId(name),
            officer_id=OfficerId(name) if is_desk else None,
            send=self._take,
            has_media=True,
        )

    def _take(self, push: Push) -> None:
        match push:
            case CallRinging(call=call):
                assert call.id not in self.rings
                self.rings.add(call.id)
            case CallConnected(call_id=call_id):
                self.rings.discard(call_id)
                self.connected.add(call_id)
            case CallFinished(call_id=call_id):
                self.rings.discard(call_id)
                self.connected.discard(call_id)
            case _:
                raise AssertionError(push)


NAME = st.sampled_from(NAMES)


class PointCallMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.clock = Clock()
        self.journal = Journal(self.clock)
        for number, place in enumerate((TOWN, OTHER)):
            self._fold(ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=place, name=f"{number}", level=Level.TOWN)))
        for number, name in enumerate(UNITS):
            place = OTHER if name in AWAY else TOWN
            unit = Unit(id=UnitId(name), no=number, name=name, jurisdiction_id=place, talkgroup_ids=())
            self._fold(ev.UnitDefined(unit=unit))
        self.sessions, self.switchboard, self.recordings = SessionTable(), Switchboard(), Recordings()
        ids = iter(range(1_000_000))
        exchange = Exchange(
            footing=Footing(clock=self.clock, network_time=self.clock.monotonic, new_id=lambda: f"c{next(ids)}"),
            sessions=self.sessions,
            fanout=None,  # type: ignore[arg-type]  # point calls tell each party by itself
            forwarder=None,  # type: ignore[arg-type]  # voice is the switchboard's
            journal=self.journal,
            blobs=None,  # type: ignore[arg-type]  # nothing is stored
        )
        self.talking: set[str] = set()
        self.calls = PointCalls(
            exchange=exchange,
            switchboard=self.switchboard,  # type: ignore[arg-type]  # a plain model of it
            recordings=self.recordings,  # type: ignore[arg-type]  # likewise
            is_talking=lambda session: session.id in self.talking,
        )
        self.people: dict[str, Person] = {}
        self.number = 0
        self.is_down = False
        for name in NAMES:
            self.come(name)

    def _fold(self, event: ev.Event) -> None:
        self.journal.record_soon(GATEWAY, [event])

    # --- what happens -----------------------------------------------------------------------------------

    @rule(name=NAME)
    def come(self, name: str) -> None:
        if name not in self.people:
            self.number += 1
            self.people[name] = person = Person(name, self.number)
            outbox: Outbox = None  # type: ignore[assignment]  # nothing is written to a socket here
            self.sessions.add(person.session, outbox)

    @rule(name=NAME)
    def go(self, name: str) -> None:
        person = self.people.pop(name, None)
        if person is not None:
            self.sessions.remove(person.session)
            self.calls.leave(person.session)
            person.rings.clear()
            person.connected.clear()

    @rule(name=NAME, has_media=st.booleans())
    def lose_or_get_media(self, name: str, has_media: bool) -> None:
        if name in self.people:
            person = self.people[name]
            person.session.has_media = has_media
            if not has_media:
                self.calls.leave(person.session)

    @rule(desk=st.sampled_from(DESKS), unit=st.sampled_from((*UNITS, "nobody")))
    def call_a_unit(self, desk: str, unit: str) -> None:
        self._place(desk, UnitId(unit))

    @rule(unit=st.sampled_from(UNITS))
    def call_the_desks(self, unit: str) -> None:
        self._place(unit, None)

    def _place(self, name: str, unit_id: UnitId | None) -> None:
        if name not in self.people:
            return
        person = self.people[name]
        answer = self.calls.place(person.session, unit_id)
        if isinstance(answer, Refusal):
            is_clear = not self.is_down and person.session.has_media and not self._call_of(name)
            assert not is_clear or answer.code is not RefusalCode.NO_MEDIA
            return
        assert person.session.has_media
        rung = [each for each in self.people.values() if answer in each.rings]
        assert rung, "a call that rings nowhere"
        person.connected.add(answer)

    @rule(name=NAME, is_own=st.booleans(), which=st.integers(0, 3))
    def answer(self, name: str, is_own: bool, which: int) -> None:
        call_id = self._some(name, is_own, which)
        if name in self.people and call_id is not None:
            person = self.people[name]
            may = call_id in person.rings and not self._call_of(name)
            assert (self.calls.answer(person.session, call_id) is None) is may

    @rule(name=NAME, is_own=st.booleans(), which=st.integers(0, 3))
    def reject(self, name: str, is_own: bool, which: int) -> None:
        call_id = self._some(name, is_own, which)
        if name in self.people and call_id is not None:
            may = call_id in self.people[name].rings
            assert (self.calls.reject(self.people[name].session, call_id) is None) is may

    @rule(name=NAME, is_own=st.booleans(), which=st.integers(0, 3))
    def hang_up(self, name: str, is_own: bool, which: int) -> None:
        call_id = self._some(name, is_own, which)
        if name in self.people and call_id is not None:
            person = self.people[name]
            may = call_id in person.rings | person.connected
            assert (self.calls.hang_up(person.session, call_id) is None) is may

    @rule(name=NAME, is_muted=st.booleans())
    def take_a_floor(self, name: str, is_muted: bool) -> None:
        if name in self.people:
            session = self.people[name].session
            (self.talking.add if is_muted else self.talking.discard)(session.id)
            self.calls.mute(session, is_muted=is_muted)

    @rule(seconds=st.sampled_from([0.5, 7.0, RING_TIMEOUT_S]))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_to(self.clock.at + seconds)

    @rule(is_down=st.booleans())
    def media_fails_or_is_back(self, is_down: bool) -> None:
        self.is_down = is_down
        self.calls.set_down(is_down=is_down)

    def _some(self, name: str, is_own: bool, which: int) -> CallId | None:
        """A call of one's own, or any that there ever was."""
        person = self.people.get(name)
        own = sorted(person.rings | person.connected) if person is not None else []
        among = own if is_own else list(self.journal.phase)[-4:]
        return among[which % len(among)] if among else None

    def _call_of(self, name: str) -> set[CallId]:
        return self.people[name].connected

    # --- what always holds --------------------------------------------------------------------------------

    @invariant()
    def nobody_is_in_two_calls(self) -> None:
        for person in self.people.values():
            assert len(person.connected) <= 1
            assert person.session.is_desk or len(person.rings) <= 1

    @invariant()
    def nobody_is_lost(self) -> None:
        """Who rings or talks does so in a call that goes on, and every call that goes on has somebody at each end."""
        going_on = {call_id for call_id, phase in self.journal.phase.items() if phase != "ended"}
        assert bool(going_on) is self.calls.is_any
        for person in self.people.values():
            assert person.rings | person.connected <= going_on
        for call_id in going_on:
            ends = sum(call_id in person.connected for person in self.people.values())
            rung = sum(call_id in person.rings for person in self.people.values())
            assert (ends, rung > 0) == ((2, False) if self.journal.phase[call_id] == "active" else (1, True))

    @invariant()
    def voice_is_open_in_answered_calls_alone(self) -> None:
        active = {call_id for call_id, phase in self.journal.phase.items() if phase == "active"}
        assert set(self.switchboard.open) == active
        assert len(self.recordings.running) == 2 * len(active)
        assert not (self.is_down and self.journal.phase and set(self.journal.phase.values()) - {"ended"})

    @invariant()
    def nothing_rings_too_long(self) -> None:
        ringing = [call_id for call_id, phase in self.journal.phase.items() if phase == "ringing"]
        assert len(self.clock.running) == len(ringing)
        assert all(self.clock.at < self.journal.started_at[call_id] + RING_TIMEOUT_S for call_id in ringing)

    @invariant()
    def the_picture_says_the_same(self) -> None:
        for call_id, phase in self.journal.phase.items():
            assert (self.journal.picture.calls[call_id].ended_at is not None) is (phase == "ended")

    def teardown(self) -> None:
        """All go: nothing is left."""
        if not hasattr(self, "people"):
            return
        for name in NAMES:
            self.go(name)
        assert not self.calls.is_any
        assert not self.clock.running
        assert not self.recordings.running
        assert set(self.journal.phase.values()) <= {"ended"}


PointCallMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestPointCalls = PointCallMachine.TestCase
