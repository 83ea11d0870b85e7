"""Voice of one gateway: group calls, point calls, and what each session hears of them."""

from collections import Counter, defaultdict
from collections.abc import Callable

from comms.domain.ids import TalkgroupId
from comms.gateway.calls import PointCalls
from comms.gateway.context import Refusal, Session
from comms.gateway.exchange import Exchange
from comms.gateway.group_call import GroupCall
from comms.gateway.recordings import Recordings
from comms.gateway.switchboard import Switchboard
from comms.protocol.errors import RefusalCode


class Voice:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.switchboard = Switchboard(exchange.forwarder)
        self.recordings = Recordings(exchange)
        self.calls = PointCalls(
            exchange=exchange,
            switchboard=self.switchboard,
            recordings=self.recordings,
            is_talking=lambda session: bool(self._floors_of.get(session.id)),
        )
        self._group_calls: dict[TalkgroupId, GroupCall] = {}
        self._floors_of: defaultdict[str, set[GroupCall]] = defaultdict(set)
        """The floors each session holds."""
        self._by_id: dict[str, Session] = {}
        """Sessions with their media up."""
        self._failed: Counter[TalkgroupId | None] = Counter()
        """How often the radio of each talkgroup has failed; None is all media."""
        self.on_inactive: list[Callable[[TalkgroupId], None]] = []
        """Told when a group call ended because nobody talked for the hang time."""
        self.on_left: list[Callable[[Session], None]] = []
        """Told when a session has no media any more."""
        exchange.forwarder.on_voice = self._on_voice

    async def close(self) -> None:
        """Stops every timer and waits for recordings being written."""
        for group_call in self._group_calls.values():
            group_call.close()
        self.calls.close()
        await self.recordings.close()

    @property
    def is_quiet(self) -> bool:
        """Nobody holds a floor or is in a point call."""
        return not any(self._floors_of.values()) and not self.calls.is_any

    # --- what the core tells ------------------------------------------------------------------------

    def on_session_started(self, session: Session) -> None:
        self._join(session, session.affiliated)

    def on_session_ended(self, session: Session) -> None:
        self._leave(session)
        self.exchange.forwarder.close_session(session.id)

    def on_affiliation_changed(self, session: Session, before: tuple[TalkgroupId, ...]) -> None:
        for talkgroup_id in before:
            if talkgroup_id not in session.affiliated and talkgroup_id in self._group_calls:
                self._group_calls[talkgroup_id].leave(session)
        self.switchboard.change_affiliation(session, before)
        self._join(session, tuple(each for each in session.affiliated if each not in before))

    def on_media_connected(self, session: Session) -> None:
        self._by_id[session.id] = session
        self.switchboard.connect(session)
        self._join(session, session.affiliated)

    def on_media_lost(self, session: Session) -> None:
        """Without media nobody talks, waits to talk, or is in a call."""
        self._leave(session)

    def _join(self, session: Session, talkgroup_ids: tuple[TalkgroupId, ...]) -> None:
        """Late entry: told who talks wherever somebody has."""
        for talkgroup_id in talkgroup_ids:
            if talkgroup_id in self._group_calls:
                self._group_calls[talkgroup_id].join(session)

    def _leave(self, session: Session) -> None:
        self._by_id.pop(session.id, None)
        self.switchboard.disconnect(session)
        for talkgroup_id in session.affiliated:  # nobody is in another: a city has hundreds, and all may leave at once
            if talkgroup_id in self._group_calls:
                self._group_calls[talkgroup_id].leave(session)
        self.calls.leave(session)
        self._floors_of.pop(session.id, None)
        for tell in tuple(self.on_left):
            tell(session)

    def _on_voice(self, session_id: str) -> None:
        session = self._by_id.get(session_id)
        if session is not None:
            for group_call in tuple(self._floors_of.get(session_id, ())):
                group_call.hear(session)

    def _on_talker(self, group_call: GroupCall, session: Session, holds_floor: bool) -> None:
        floors = self._floors_of[session.id]
        (floors.add if holds_floor else floors.discard)(group_call)
        self.calls.mute(session, is_muted=bool(floors))

    def _tell_inactive(self, talkgroup_id: TalkgroupId) -> None:
        for tell in self.on_inactive:
            tell(talkgroup_id)

    # --- what sessions ask --------------------------------------------------------------------------

    def request(
        self, session: Session, talkgroup_id: TalkgroupId, *, priority: int, is_emergency: bool
    ) -> Refusal | None:
        """None: what was decided is told as a floor push."""
        if talkgroup_id not in self.exchange.picture.talkgroups:
            return Refusal(RefusalCode.NOT_FOUND)
        if talkgroup_id not in session.affiliated:
            return Refusal(RefusalCode.NOT_AFFILIATED)
        if session.id not in self._by_id:
            return Refusal(RefusalCode.NO_MEDIA)
        if self._failed[None] or self._failed[talkgroup_id]:
            return Refusal(RefusalCode.UNREACHABLE)
        group_call = self._group_calls.get(talkgroup_id)
        if group_call is None:
            group_call = self._group_calls[talkgroup_id] = GroupCall(
                talkgroup_id,
                exchange=self.exchange,
                switchboard=self.switchboard,
                recordings=self.recordings,
                on_talker=self._on_talker,
                on_inactive=self._tell_inactive,
            )
        group_call.request(session, priority=priority, is_emergency=is_emergency)
        return None

    def can_talk(self, session: Session) -> bool:
        """Its media is up."""
        return session.id in self._by_id

    def fail(self, talkgroup_id: TalkgroupId | None) -> None:
        """Its radio fails, or (None) all media do: who talks there is cut off, nobody gets a floor, and without media
        there is no point call either. Only a drill's story does that."""
        self._failed[talkgroup_id] += 1
        for group_id, group_call in self._group_calls.items():
            if talkgroup_id in (None, group_id):
                group_call.finish()
        self.calls.set_down(is_down=self._failed[None] > 0)

    def mend(self, talkgroup_id: TalkgroupId | None) -> None:
        """One failure is over."""
        self._failed -= Counter({talkgroup_id: 1})
        self.calls.set_down(is_down=self._failed[None] > 0)

    def finish(self, talkgroup_id: TalkgroupId) -> None:
        """The talkgroup's call is over, and forgotten."""
        group_call = self._group_calls.pop(talkgroup_id, None)
        if group_call is not None:
            group_call.finish()

    def group_call(self, talkgroup_id: TalkgroupId) -> GroupCall | None:
        """None where nobody has talked since the gateway started."""
        return self._group_calls.get(talkgroup_id)
