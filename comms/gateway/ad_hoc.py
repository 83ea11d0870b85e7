"""圈呼: ad-hoc talkgroups of who is in an area, from the circle drawn to the end of the call."""

from collections.abc import Callable, Iterable

from comms.domain.ad_hoc import AdHoc, AdHocEnd
from comms.domain.events import TalkgroupDissolved, TalkgroupFollowSet, TalkgroupFormed, TalkgroupJoined
from comms.domain.ids import GATEWAY, PartyId, TalkgroupId, UnitId, unit_party
from comms.domain.picture import TalkgroupState
from comms.domain.talkgroup import Talkgroup
from comms.gateway.ad_hoc_rules import has_too_many, members, newcomers
from comms.gateway.context import Refusal, Session, Timer
from comms.gateway.exchange import Exchange
from comms.gateway.positions import Positions
from comms.gateway.talk import Voice
from comms.protocol.commands import CallFromArea
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import TalkgroupAdded, TalkgroupRemoved

PRIORITY = 6
"""Over the standing talkgroups' usual 3, below 7."""
FOLLOW_S = 0.5
"""How often the areas of following calls are looked at."""
Affiliate = Callable[[Session, tuple[TalkgroupId, ...]], None]


class AdHocGroups:
    """The picture holds which there are; this forms and dissolves them, and calls in who comes into their areas.

    What is formed is told at once and written behind, as calls and floors are: a crash ends the call anyway."""

    def __init__(self, exchange: Exchange, *, voice: Voice, positions: Positions, affiliate: Affiliate) -> None:
        self._exchange = exchange
        self._voice = voice
        self._positions = positions
        self._affiliate = affiliate
        self._up: set[TalkgroupId] = set()
        """Formed since the start; the picture may forget one that a failing store could not keep."""
        self._timer: Timer | None = None
        voice.on_inactive.append(self._on_inactive)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    # --- what officers ask --------------------------------------------------------------------------------

    def form(self, session: Session, command: CallFromArea) -> Refusal | None:
        """None: the talkgroup is up, its units hear it, and what was decided on the floor is told as a floor push."""
        picture, talkgroup_id = self._exchange.picture, TalkgroupId(command.id)
        if talkgroup_id in picture.talkgroups or talkgroup_id in picture.dissolved:
            return self._answer_again(session.party, talkgroup_id)
        if not self._voice.can_talk(session):
            return Refusal(RefusalCode.NO_MEDIA)
        if has_too_many(picture, session.party):
            return Refusal(RefusalCode.TOO_MANY)
        unit_ids = members(
            command.target, picture, jurisdiction_id=session.jurisdiction_id, inside=self._positions.inside
        )
        if isinstance(unit_ids, RefusalCode):
            return Refusal(unit_ids)
        group = Talkgroup(
            id=talkgroup_id,
            name=command.name.strip() or f"圈呼 · {session.name}",
            jurisdiction_id=session.jurisdiction_id,
            priority=PRIORITY,
            is_ad_hoc=True,
        )
        formed = TalkgroupFormed(
            talkgroup=group, area=command.target, unit_ids=unit_ids, is_following_area=command.is_following_area
        )
        self._exchange.record_soon(session.party, formed)
        if talkgroup_id not in picture.talkgroups:
            return Refusal(RefusalCode.STORE_FAILED)
        self._up.add(talkgroup_id)
        self._call_in(group, unit_ids, session.name)
        self._affiliate(session, (talkgroup_id, *session.affiliated))
        self._voice.request(session, talkgroup_id, priority=0, is_emergency=False)
        self._watch()
        return None

    def set_following(self, session: Session, talkgroup_id: TalkgroupId, *, is_following: bool) -> Refusal | None:
        found = self._own(talkgroup_id)
        if isinstance(found, Refusal):
            return found
        if found.is_following_area is not is_following:
            event = TalkgroupFollowSet(talkgroup_id=talkgroup_id, is_following_area=is_following)
            self._exchange.record_soon(session.party, event)
            self._watch()
        return None

    def end(self, session: Session, talkgroup_id: TalkgroupId) -> Refusal | None:
        """One that is gone already is as good as ended."""
        if talkgroup_id in self._exchange.picture.dissolved:
            return None
        found = self._own(talkgroup_id)
        if isinstance(found, Refusal):
            return found
        self._dissolve(talkgroup_id, AdHocEnd.ENDED, session.party)
        return None

    def _answer_again(self, party: PartyId, talkgroup_id: TalkgroupId) -> Refusal | None:
        group = self._exchange.picture.talkgroups.get(talkgroup_id)
        if group is None:
            return Refusal(RefusalCode.ALREADY_DONE)
        is_own = group.ad_hoc is not None and group.ad_hoc.formed_by == party
        return None if is_own else Refusal(RefusalCode.NOT_ALLOWED)

    def _own(self, talkgroup_id: TalkgroupId) -> AdHoc | Refusal:
        group = self._exchange.picture.talkgroups.get(talkgroup_id)
        if group is None or group.ad_hoc is None:
            return Refusal(RefusalCode.NOT_FOUND)
        return group.ad_hoc

    # --- what plans ask -----------------------------------------------------------------------------------

    def bring_up(self, session: Session, talkgroup_id: TalkgroupId) -> None:
        """One that was recorded as formed: its units and this desk hear it. It waits for somebody to talk, and stays
        when nobody does."""
        state = self._exchange.picture.talkgroups.get(talkgroup_id)
        if state is not None and state.ad_hoc is not None:
            self._call_in(state.talkgroup, state.ad_hoc.unit_ids, session.name)
            self._affiliate(session, _first(talkgroup_id, session.affiliated))

    def dissolve(self, talkgroup_id: TalkgroupId, actor: PartyId) -> None:
        """Nothing, for one that is gone already or stands for good."""
        state = self._exchange.picture.talkgroups.get(talkgroup_id)
        if state is not None and state.ad_hoc is not None:
            self._dissolve(talkgroup_id, AdHocEnd.ENDED, actor)

    # --- its units ----------------------------------------------------------------------------------------

    def _call_in(self, group: Talkgroup, unit_ids: Iterable[UnitId], caller_name: str) -> None:
        """Told before anything of the call reaches them."""
        here = self._sessions_of(unit_ids)
        self._exchange.fanout.send(here, TalkgroupAdded(talkgroup=group, called_by_name=caller_name))
        for session in here:
            self._affiliate(session, _first(group.id, session.affiliated))

    def _sessions_of(self, unit_ids: Iterable[UnitId]) -> list[Session]:
        found = (self._exchange.sessions.get(unit_party(unit_id)) for unit_id in unit_ids)
        return [session for session in found if session is not None]

    def _on_inactive(self, talkgroup_id: TalkgroupId) -> None:
        if talkgroup_id in self._up:
            self._dissolve(talkgroup_id, AdHocEnd.INACTIVE, GATEWAY)

    def _dissolve(self, talkgroup_id: TalkgroupId, end: AdHocEnd, actor: PartyId) -> None:
        self._up.discard(talkgroup_id)
        self._voice.finish(talkgroup_id)
        sessions = self._exchange.sessions.in_talkgroup(talkgroup_id)
        if talkgroup_id in self._exchange.picture.talkgroups:
            self._exchange.record_soon(actor, TalkgroupDissolved(talkgroup_id=talkgroup_id, end=end))
        for session in sessions:
            self._affiliate(session, tuple(held for held in session.affiliated if held != talkgroup_id))
        units = [session for session in sessions if not session.is_desk]
        self._exchange.fanout.send(units, TalkgroupRemoved(talkgroup_id=talkgroup_id))

    # --- who comes into the area --------------------------------------------------------------------------

    def _following(self) -> list[TalkgroupState]:
        groups = self._exchange.picture.talkgroups.values()
        return [group for group in groups if group.ad_hoc is not None and group.ad_hoc.is_following_area]

    def _watch(self) -> None:
        """A timer runs only while some call follows its area."""
        if self._timer is None and self._following():
            clock = self._exchange.clock
            self._timer = clock.call_at(clock.monotonic() + FOLLOW_S, self._look)

    def _look(self) -> None:
        self._timer = None
        for group in self._following():
            assert group.ad_hoc is not None
            unit_ids = newcomers(
                group.ad_hoc,
                self._exchange.picture,
                jurisdiction_id=group.talkgroup.jurisdiction_id,
                inside=self._positions.inside,
            )
            if unit_ids:
                event = TalkgroupJoined(talkgroup_id=group.talkgroup.id, unit_ids=unit_ids)
                self._exchange.record_soon(GATEWAY, event)
                self._call_in(group.talkgroup, unit_ids, self._exchange.name_of(group.ad_hoc.formed_by))
        self._watch()


def _first(talkgroup_id: TalkgroupId, held: tuple[TalkgroupId, ...]) -> tuple[TalkgroupId, ...]:
    return (talkgroup_id, *(each for each in held if each != talkgroup_id))
