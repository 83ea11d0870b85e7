"""Who hears whom, held against a plain model of the forwarder's routes, whatever order things happen in."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from comms.domain.ids import CallId, JurisdictionId, OfficerId, PartyId, TalkgroupId, UnitId
from comms.gateway.context import Session
from comms.gateway.switchboard import Switchboard
from comms.media.negotiation import Slot
from comms.media.sdp import MediaKind
from comms.protocol.errors import Locale
from comms.protocol.pushes import MediaSlot, Push

GROUPS = [TalkgroupId(name) for name in ("town", "village", "grid")]


class PlainRoutes:
    """A slot plays one route, the newest to claim it; nobody hears himself."""

    def __init__(self) -> None:
        self.source: dict[str, str] = {}
        self.plays: dict[tuple[str, str], str] = {}
        """Slot to route."""

    def set_route(self, route_id: str, *, source: str, kind: str, sinks: list[tuple[str, str]]) -> None:
        assert kind == "audio"
        self.clear_route(route_id)
        self.source[route_id] = source
        for session_id, mid in sinks:
            self.add_sink(route_id, session_id, mid)

    def add_sink(self, route_id: str, session_id: str, mid: str) -> None:
        if route_id in self.source and self.source[route_id] != session_id:
            self.plays[session_id, mid] = route_id

    def remove_sink(self, route_id: str, session_id: str) -> None:
        self.plays = {slot: route for slot, route in self.plays.items() if (route, slot[0]) != (route_id, session_id)}

    def clear_route(self, route_id: str) -> None:
        self.source.pop(route_id, None)
        self.plays = {slot: route for slot, route in self.plays.items() if route != route_id}

    def heard_by(self, session_id: str) -> dict[str, str]:
        return {mid: self.source[route] for (heard_by, mid), route in self.plays.items() if heard_by == session_id}


class Listener:
    """A session, and what it was told of its slots."""

    def __init__(self, name: str, *, slots: int) -> None:
        self.told: dict[str, MediaSlot] = {}
        is_desk = slots > 1
        self.session = Session(
            id=f"s-{name}",
            party=PartyId(f"{'officer' if is_desk else 'unit'}:{name}"),
            name=name,
            jurisdiction_id=JurisdictionId("t"),
            locale=Locale.EN,
            unit_id=None if is_desk else UnitId(name),
            officer_id=OfficerId(name) if is_desk else None,
            send=self._take,
            media_slots=tuple(Slot(str(mid), MediaKind.AUDIO) for mid in range(slots)),
        )

    def _take(self, push: Push) -> None:
        assert isinstance(push, MediaSlot)
        self.told[push.mid] = push


NAMES = st.sampled_from(["a", "b", "c", "desk", "chief"])


class SwitchboardMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.routes = PlainRoutes()
        self.switchboard = Switchboard(self.routes)
        self.people = {name: Listener(name, slots=1) for name in "abc"}
        self.people["desk"], self.people["chief"] = Listener("desk", slots=2), Listener("chief", slots=4)
        self.connected: set[str] = set()
        self.talks: dict[TalkgroupId, tuple[str, bool]] = {}
        self.call: tuple[CallId, str, str] | None = None
        self.muted: set[str] = set()
        self.calls = 0
        for name in self.people:
            self.connect(name)
            self.affiliate(name, GROUPS)

    # --- what happens, kept within what the callers guarantee -------------------------------------------

    @rule(name=NAMES)
    def connect(self, name: str) -> None:
        if name not in self.connected:
            self.connected.add(name)
            self.switchboard.connect(self.people[name].session)

    @rule(name=NAMES)
    def disconnect(self, name: str) -> None:
        if name not in self.connected:
            return
        self.connected.discard(name)
        self.switchboard.disconnect(self.people[name].session)
        self.people[name].told.clear()
        for group in [group for group, (talker, _) in self.talks.items() if talker == name]:
            self.close_talk(group)
        if self.call and name in self.call[1:]:
            self.end_call()

    @rule(name=NAMES, groups=st.lists(st.sampled_from(GROUPS), unique=True))
    def affiliate(self, name: str, groups: list[TalkgroupId]) -> None:
        session = self.people[name].session
        before, session.affiliated = session.affiliated, tuple(groups)
        for group in [group for group, (talker, _) in self.talks.items() if talker == name and group not in groups]:
            self.close_talk(group)
        self.switchboard.change_affiliation(session, before)

    @rule(name=NAMES, group=st.sampled_from(GROUPS), is_emergency=st.booleans(), priority=st.integers(0, 3))
    def open_talk(self, name: str, group: TalkgroupId, is_emergency: bool, priority: int) -> None:
        session = self.people[name].session
        if group in self.talks or name not in self.connected or group not in session.affiliated:
            return
        self.talks[group] = (name, is_emergency)
        self.switchboard.open_talk(group, session, CallId("g"), is_emergency=is_emergency, priority=priority)

    @rule(group=st.sampled_from(GROUPS))
    def raise_talk(self, group: TalkgroupId) -> None:
        if group in self.talks:
            self.talks[group] = (self.talks[group][0], True)
        self.switchboard.raise_talk(group)

    @rule(group=st.sampled_from(GROUPS))
    def close_talk(self, group: TalkgroupId) -> None:
        self.talks.pop(group, None)
        self.switchboard.close_talk(group)

    @rule(one=NAMES, other=NAMES)
    def start_call(self, one: str, other: str) -> None:
        if self.call is None and one != other and {one, other} <= self.connected:
            self.calls += 1
            self.call = (CallId(str(self.calls)), one, other)
            self.switchboard.open_call(self.call[0], self.people[one].session, self.people[other].session)

    @rule()
    def end_call(self) -> None:
        if self.call is not None:
            call_id, one, other = self.call
            self.call = None
            self.muted.clear()
            self.switchboard.close_call(call_id, self.people[one].session, self.people[other].session)

    @rule(is_first=st.booleans(), is_muted=st.booleans())
    def mute(self, is_first: bool, is_muted: bool) -> None:
        if self.call is None:
            return
        call_id, one, other = self.call
        speaker, listener = (one, other) if is_first else (other, one)
        (self.muted.add if is_muted else self.muted.discard)(speaker)
        self.switchboard.mute_leg(
            call_id, self.people[speaker].session, self.people[listener].session, is_muted=is_muted
        )

    # --- what must hold -----------------------------------------------------------------------------------

    def peer(self, name: str) -> str | None:
        if self.call is None or name not in self.call[1:]:
            return None
        return self.call[1] if self.call[2] == name else self.call[2]

    def audible(self, name: str) -> set[TalkgroupId]:
        person = self.people[name]
        if len(person.session.media_slots) == 1 and any(talker == name for talker, _ in self.talks.values()):
            return set()
        return {g for g in person.session.affiliated if g in self.talks and self.talks[g][0] != name}

    @invariant()
    def everyone_hears_what_he_should(self) -> None:
        for name, person in self.people.items():
            heard = self.routes.heard_by(person.session.id)
            if name not in self.connected:
                assert heard == {}
                continue
            peer, groups = self.peer(name), self.audible(name)
            if peer is not None:
                assert heard.get("0") == (None if peer in self.muted else f"s-{peer}")
            talkers = [self.talks[group][0] for group in groups]
            places = len(person.session.media_slots) - (peer is not None)
            group_voices = {mid: source for mid, source in heard.items() if peer is None or mid != "0"}
            assert len(group_voices) == min(places, len(groups))
            assert set(group_voices.values()) <= {f"s-{talker}" for talker in talkers}
            emergencies = [self.talks[group][0] for group in groups if self.talks[group][1]]
            if emergencies and places:
                assert {f"s-{talker}" for talker in emergencies} & set(group_voices.values())

    @invariant()
    def a_desk_knows_what_its_slots_carry(self) -> None:
        for name in ("desk", "chief"):
            person = self.people[name]
            heard = self.routes.heard_by(person.session.id)
            told = {mid: push for mid, push in person.told.items() if push.source is not None}
            assert heard.keys() <= told.keys()
            for mid, push in told.items():
                if mid not in heard:
                    assert push.talkgroup_id is None, "only a muted leg is silent"
        for name in "abc":
            assert not self.people[name].told


SwitchboardMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestSwitchboard = SwitchboardMachine.TestCase


def test_a_session_without_audio_slots_hears_nothing_and_breaks_nothing() -> None:
    routes = PlainRoutes()
    switchboard = Switchboard(routes)
    camera, talker = Listener("camera", slots=0), Listener("talker", slots=1)
    for person in (camera, talker):
        person.session.affiliated = (GROUPS[0],)
        switchboard.connect(person.session)
    switchboard.open_talk(GROUPS[0], talker.session, CallId("g"), is_emergency=False, priority=3)
    switchboard.change_affiliation(camera.session, ())
    switchboard.open_call(CallId("1"), camera.session, talker.session)
    switchboard.mute_leg(CallId("1"), talker.session, camera.session, is_muted=True)
    switchboard.close_call(CallId("1"), camera.session, talker.session)
    switchboard.disconnect(camera.session)
    assert routes.plays == {}
    assert switchboard.listener_count(GROUPS[0]) == 1
