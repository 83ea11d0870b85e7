"""What each session hears on each of its audio slots, and the forwarder's routes that make it so.

A slot plays one voice. First comes a point call, then an emergency group, then the selected talkgroup, then the
others by talkgroup priority, and of equals the one that began earlier. A terminal has one slot and hears the first of
these; a desk hears as many as it has slots, the point call and the selected talkgroup on its primary one.

A grant in a town-wide talkgroup changes over a thousand sinks while the talker waits, so the sinks of one-slot
listeners are kept as lists, and only sessions that could hear something else at this moment are looked at one by one.
"""

from collections import Counter
from dataclasses import replace
from typing import Protocol

from comms.domain.ids import CallId, TalkgroupId
from comms.gateway.audience import AUDIO, Audience, Ear, Sink
from comms.gateway.context import Session
from comms.gateway.hearing import Source, arrange, hearing_rank
from comms.protocol.pushes import MediaSlot


class Routes(Protocol):
    """The part of the forwarder the switchboard drives."""

    def set_route(self, route_id: str, *, source: str, kind: str, sinks: list[Sink]) -> None: ...
    def add_sink(self, route_id: str, session_id: str, mid: str) -> None: ...
    def remove_sink(self, route_id: str, session_id: str) -> None: ...
    def clear_route(self, route_id: str) -> None: ...


def talk_route(talkgroup_id: TalkgroupId) -> str:
    return f"talk:{talkgroup_id}"


class Switchboard:
    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._audience = Audience()
        self._talks: dict[TalkgroupId, Source] = {}
        self._talkers: Counter[str] = Counter()
        """How many floors each session holds."""
        self._in_call: dict[str, Ear] = {}
        self._turn = 0

    # --- sessions -------------------------------------------------------------------------------------

    def connect(self, session: Session) -> None:
        """Its media is up: it hears at once what is being said (late entry)."""
        ear = self._audience.add(session)
        if ear is not None:
            self._rebalance(ear)

    def disconnect(self, session: Session) -> None:
        """Its media is gone; nothing is pushed to it, its slots play nothing."""
        ear = self._audience.remove(session)
        if ear is None:
            return
        for source in self._talks.values():
            self._routes.remove_sink(source.route_id, session.id)
        if ear.call is not None:
            self._routes.remove_sink(ear.call.route_id, session.id)
        self._in_call.pop(session.id, None)

    def change_affiliation(self, session: Session, before: tuple[TalkgroupId, ...]) -> None:
        ear = self._audience.ear(session.id)
        if ear is None:
            return
        for talkgroup_id in before:
            if talkgroup_id not in session.affiliated:
                self._audience.leave(ear, talkgroup_id)
                self._routes.remove_sink(talk_route(talkgroup_id), session.id)
        for talkgroup_id in session.affiliated:
            self._audience.join(ear, talkgroup_id)
        self._rebalance(ear)

    def listener_count(self, talkgroup_id: TalkgroupId) -> int:
        """Affiliated sessions whose media is up, the talker's among them."""
        return len(self._audience.members(talkgroup_id))

    # --- talkgroups -----------------------------------------------------------------------------------

    def open_talk(
        self, talkgroup_id: TalkgroupId, talker: Session, call_id: CallId, *, is_emergency: bool, priority: int
    ) -> None:
        self._turn += 1
        source = Source(
            talk_route(talkgroup_id), talker.id, talker.party, call_id, talkgroup_id, is_emergency, priority, self._turn
        )
        self._talks[talkgroup_id] = source
        self._talkers[talker.id] += 1
        torn = self._torn(talkgroup_id)
        sinks = [sink for sink in self._audience.one_slot_sinks(talkgroup_id) if sink[0] not in torn]
        self._routes.set_route(source.route_id, source=talker.id, kind=AUDIO, sinks=sinks)
        self._rebalance_members(talkgroup_id, torn)
        self._rebalance_session(talker.id)

    def raise_talk(self, talkgroup_id: TalkgroupId) -> None:
        """The talk has become an emergency."""
        source = self._talks.get(talkgroup_id)
        if source is not None and not source.is_emergency:
            self._talks[talkgroup_id] = replace(source, is_emergency=True)
            self._rebalance_members(talkgroup_id, self._torn(talkgroup_id))

    def close_talk(self, talkgroup_id: TalkgroupId) -> None:
        """At once, or after the route has drained; the listeners turn to what else is said."""
        source = self._talks.pop(talkgroup_id, None)
        if source is None:
            return
        self._routes.clear_route(source.route_id)
        self._talkers -= Counter({source.session_id: 1})
        self._rebalance_members(talkgroup_id, self._torn(talkgroup_id))
        self._rebalance_session(source.session_id)

    def _torn(self, talkgroup_id: TalkgroupId) -> set[str]:
        """Members that have something else to hear, or do not listen because they talk."""
        members = self._audience.members(talkgroup_id).keys()
        torn = (members & self._in_call.keys()) | (members & self._talkers.keys())
        for other in self._talks:
            if other != talkgroup_id:
                torn |= members & self._audience.members(other).keys()
        return torn

    def _rebalance_members(self, talkgroup_id: TalkgroupId, torn: set[str]) -> None:
        for session_id, ear in self._audience.members(talkgroup_id).items():
            if session_id in torn or len(ear.mids) > 1:
                self._rebalance(ear)

    def _rebalance_session(self, session_id: str) -> None:
        ear = self._audience.ear(session_id)
        if ear is not None:
            self._rebalance(ear)

    # --- point calls ----------------------------------------------------------------------------------

    def open_call(self, call_id: CallId, one: Session, other: Session) -> None:
        for speaker, listener in ((one, other), (other, one)):
            route_id = _leg_route(call_id, speaker)
            self._routes.set_route(route_id, source=speaker.id, kind=AUDIO, sinks=[])
            ear = self._audience.ear(listener.id)
            if ear is not None:
                ear.call, ear.is_call_muted = Source(route_id, speaker.id, speaker.party, call_id), False
                self._in_call[listener.id] = ear
                self._rebalance(ear)

    def close_call(self, call_id: CallId, one: Session, other: Session) -> None:
        for session in (one, other):
            self._routes.clear_route(_leg_route(call_id, session))
            ear = self._in_call.pop(session.id, None)
            if ear is not None:
                ear.call = None
                self._rebalance(ear)

    def mute_leg(self, call_id: CallId, speaker: Session, listener: Session, *, is_muted: bool) -> None:
        """While he holds a floor, what a party of a point call says is not for the other one."""
        ear = self._in_call.get(listener.id)
        if ear is None or ear.is_call_muted is is_muted:
            return
        ear.is_call_muted = is_muted
        if is_muted:
            self._routes.remove_sink(_leg_route(call_id, speaker), listener.id)
        else:
            self._routes.add_sink(_leg_route(call_id, speaker), listener.id, ear.mids[0])

    # --- one session ----------------------------------------------------------------------------------

    def _rebalance(self, ear: Ear) -> None:
        if len(ear.mids) > 1:
            self._rearrange(ear)
            return
        sources = self._audible(ear)
        if sources:
            best = min(sources, key=lambda source: hearing_rank(source, ear.selected))
            self._play(best, ear, ear.mids[0])  # the slot leaves the route it was on
        else:
            for source in self._talks.values():
                self._routes.remove_sink(source.route_id, ear.session.id)

    def _audible(self, ear: Ear) -> list[Source]:
        """What this session could hear. One with a single slot hears no talkgroup while it talks: its loudspeaker
        would be heard through its own microphone."""
        sources = [] if ear.call is None else [ear.call]
        if len(ear.mids) == 1 and self._talkers[ear.session.id]:
            return sources
        for talkgroup_id, source in self._talks.items():
            if source.session_id != ear.session.id and talkgroup_id in ear.session.affiliated:
                sources.append(source)
        return sources

    def _rearrange(self, ear: Ear) -> None:
        """Several slots: move as little as possible, and tell the session what each slot carries now."""
        session = ear.session
        before, ear.plays = (
            ear.plays,
            arrange(self._audible(ear), mids=ear.mids, selected=ear.selected, before=ear.plays),
        )
        changed = [mid for mid in ear.mids if _route_of(before, mid) != _route_of(ear.plays, mid)]
        for mid in changed:
            if mid in before:
                self._routes.remove_sink(before[mid].route_id, session.id)
        for mid in changed:
            source = ear.plays.get(mid)
            if source is None:
                session.send(MediaSlot(mid=mid))
                continue
            self._play(source, ear, mid)
            session.send(
                MediaSlot(mid=mid, source=source.party, talkgroup_id=source.talkgroup_id, call_id=source.call_id)
            )

    def _play(self, source: Source, ear: Ear, mid: str) -> None:
        if source is not ear.call or not ear.is_call_muted:
            self._routes.add_sink(source.route_id, ear.session.id, mid)


def _leg_route(call_id: CallId, speaker: Session) -> str:
    return f"call:{call_id}:{speaker.id}"


def _route_of(plays: dict[str, Source], mid: str) -> str | None:
    return plays[mid].route_id if mid in plays else None
