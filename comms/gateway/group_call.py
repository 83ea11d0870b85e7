"""Group calls: one floor for each talkgroup, its effects carried out on sessions, routes and the journal."""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from comms.domain.call import Call, CallEnd, CallKind, TalkEnd
from comms.domain.events import CallEnded, CallStarted, TalkEnded, TalkStarted
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
from comms.domain.floor_steps import FloorRules
from comms.domain.ids import GATEWAY, BurstId, CallId, PartyId, TalkgroupId
from comms.domain.talkgroup import Talkgroup
from comms.gateway.context import Session, Timer
from comms.gateway.exchange import Exchange, Timing
from comms.gateway.floor_push import FloorMessage, floor_push
from comms.gateway.recordings import Recordings
from comms.gateway.switchboard import Switchboard, talk_route

FRAME_MS = 20
LARGE_GROUP_FRAME_MS = 40
LARGE_GROUP = 600
"""Listeners beyond which a talker is asked for 40 ms frames, which halve the packets. At 7.5 µs a packet and listener
(house.md §5) 600 listeners take a quarter of a core at 20 ms; twice that is left for other groups and signalling."""


def frame_ms_for(listeners: int) -> int:
    return LARGE_GROUP_FRAME_MS if listeners > LARGE_GROUP else FRAME_MS


def rules_of(group: Talkgroup, timing: Timing) -> FloorRules:
    return FloorRules(
        queue_size=group.queue_size,
        audio_cut_in=group.audio_cut_in,
        max_talk_s=group.max_talk_s,
        end_of_media_s=timing.end_of_media_s,
        grace_s=timing.grace_s,
        hang_time_s=timing.hang_time_s,
    )


def group_call_of(talkgroup_id: TalkgroupId, caller: PartyId, *, call_id: CallId, is_emergency: bool) -> Call:
    """A new one."""
    return Call(id=call_id, kind=CallKind.GROUP, caller=caller, talkgroup_id=talkgroup_id, is_emergency=is_emergency)


class GroupCall:
    """One talkgroup's call. `on_talker` is told when a session gets (True) or gives back the floor,
    `on_inactive` when the hang time ended the call."""

    def __init__(
        self,
        talkgroup_id: TalkgroupId,
        *,
        exchange: Exchange,
        switchboard: Switchboard,
        recordings: Recordings,
        on_talker: Callable[["GroupCall", Session, bool], None],
        on_inactive: Callable[[TalkgroupId], None],
    ) -> None:
        self.talkgroup_id = talkgroup_id
        self._exchange = exchange
        self._switchboard = switchboard
        self._recordings = recordings
        self._on_talker = on_talker
        self._on_inactive = on_inactive
        self._known = exchange.picture.talkgroups[talkgroup_id].talkgroup
        self._floor = Floor(self._rules())
        self._call_id: CallId | None = None
        self._burst_id = BurstId("")
        self._talker: Session | None = None
        self._timer: Timer | None = None

    @property
    def _talkgroup(self) -> Talkgroup:
        """As last known: when the store fails, an ad-hoc talkgroup may be taken back from the picture in its call."""
        state = self._exchange.picture.talkgroups.get(self.talkgroup_id)
        self._known = state.talkgroup if state is not None else self._known
        return self._known

    def _rules(self) -> FloorRules:
        return rules_of(self._talkgroup, self._exchange.timing)

    # --- inputs -------------------------------------------------------------------------------------

    def request(self, session: Session, *, priority: int, is_emergency: bool) -> None:
        self._floor.rules = self._rules()
        now = self._exchange.clock.monotonic()
        self._do(self._floor.request(now, session.party, priority=priority, is_emergency=is_emergency))

    def release(self, session: Session, *, last_sequence: int | None) -> None:
        now = self._exchange.clock.monotonic()
        self._do(self._floor.release(now, session.party, last_sequence=last_sequence))

    def acknowledge(self, session: Session, *, floor_seq: int) -> None:
        self._do(self._floor.ack(self._exchange.clock.monotonic(), session.party, floor_seq=floor_seq))

    def tell_queue_position(self, session: Session) -> None:
        self._do(self._floor.queue_position(self._exchange.clock.monotonic(), session.party))

    def hear(self, session: Session) -> None:
        """Voice of this session arrives."""
        self._do(self._floor.media_received(self._exchange.clock.monotonic(), session.party))

    def join(self, session: Session) -> None:
        """Late entry."""
        self._do(self._floor.joined(self._exchange.clock.monotonic(), session.party))

    def leave(self, session: Session) -> None:
        self._do(self._floor.left(self._exchange.clock.monotonic(), session.party))

    def finish(self) -> None:
        """An officer ends the call: nobody is next, who talks is cut off, everybody is told that the floor is idle."""
        now = self._exchange.clock.monotonic()
        for party in (*self._floor.queue, self._floor.talker or GATEWAY):
            self._do(self._floor.left(now, party))
        if self._call_id is not None:
            self._end_call(CallEnd.HUNG_UP)
        self.close()

    def close(self) -> None:
        """No timer runs on."""
        if self._timer is not None:
            self._timer.cancel()

    def _on_drained(self, party: PartyId, burst_id: BurstId) -> None:
        if burst_id == self._burst_id:
            self._do(self._floor.media_drained(self._exchange.clock.monotonic(), party))

    def _on_timer(self) -> None:
        self._timer = None
        self._do(self._floor.advance(self._exchange.clock.monotonic()))

    # --- effects ------------------------------------------------------------------------------------

    def _do(self, effects: Effects) -> None:
        try:
            for effect in effects:
                self._carry_out(effect)
        finally:  # whatever goes wrong in one effect, a timer must be able to free the floor
            if self._timer is not None:
                self._timer.cancel()
            deadline = self._floor.next_deadline
            self._timer = self._exchange.clock.call_at(deadline, self._on_timer) if deadline is not None else None

    def _carry_out(self, effect: FloorEffect) -> None:
        match effect:
            case OpenVoice() | CloseVoice() | TalkBegan() | TalkOver() | CallInactive():
                self._act(effect)
            case Granted() | Denied() | Queued() | Revoked() | Taken() | Idle():
                self._tell(effect)
                if isinstance(effect, Taken) and effect.is_emergency:
                    self._switchboard.raise_talk(self.talkgroup_id)
            case _:
                assert_never(effect)

    def _act(self, effect: OpenVoice | CloseVoice | TalkBegan | TalkOver | CallInactive) -> None:
        match effect:
            case OpenVoice(party, is_emergency):
                self._open(party, is_emergency)
            case CloseVoice(party, drains, last_sequence):
                if drains:
                    self._exchange.forwarder.drain(
                        talk_route(self.talkgroup_id),
                        last_sequence=last_sequence,
                        on_drained=partial(self._on_drained, party, self._burst_id),
                    )
                else:
                    self._switchboard.close_talk(self.talkgroup_id)
            case TalkBegan(party, is_emergency):
                self._begin_burst(party, is_emergency)
            case TalkOver(party, end):
                self._end_burst(party, end)
            case CallInactive():
                self._end_call(CallEnd.INACTIVE)
                self._on_inactive(self.talkgroup_id)
            case _:
                assert_never(effect)

    def _open(self, party: PartyId, is_emergency: bool) -> None:
        """The route first: no listener may miss what the talker says the moment he is told that he may."""
        call_id = self._begin_call(party, is_emergency)
        self._talker = session = self._exchange.sessions.get(party)
        assert session is not None, "who has left is in no queue"
        self._on_talker(self, session, True)
        self._switchboard.open_talk(
            self.talkgroup_id, session, call_id, is_emergency=is_emergency, priority=self._talkgroup.priority
        )

    def _begin_call(self, caller: PartyId, is_emergency: bool) -> CallId:
        if self._call_id is None:
            call_id = CallId(self._exchange.new_id())
            call = group_call_of(self.talkgroup_id, caller, call_id=call_id, is_emergency=is_emergency)
            self._call_id = call.id
            self._exchange.record_soon(caller, CallStarted(call=call))
        return self._call_id

    def _begin_burst(self, party: PartyId, is_emergency: bool) -> None:
        assert self._call_id is not None
        self._burst_id = BurstId(self._exchange.new_id())
        event = TalkStarted(
            call_id=self._call_id,
            burst_id=self._burst_id,
            talkgroup_id=self.talkgroup_id,
            talker=party,
            is_emergency=is_emergency,
        )
        self._exchange.record_soon(party, event)
        self._recordings.begin(self._burst_id, self._call_id, self._talking())

    def _end_burst(self, party: PartyId, end: TalkEnd) -> None:
        assert self._call_id is not None
        self._switchboard.close_talk(self.talkgroup_id)
        self._recordings.end(self._burst_id)
        event = TalkEnded(call_id=self._call_id, burst_id=self._burst_id, talkgroup_id=self.talkgroup_id, end=end)
        self._exchange.record_soon(party, event)
        talker, self._talker, self._burst_id = self._talking(), None, BurstId("")
        self._on_talker(self, talker, False)

    def _talking(self) -> Session:
        assert self._talker is not None
        return self._talker

    def _end_call(self, end: CallEnd) -> None:
        assert self._call_id is not None
        self._exchange.record_soon(GATEWAY, CallEnded(call_id=self._call_id, end=end))
        self._call_id = None

    # --- messages -----------------------------------------------------------------------------------

    def _tell(self, message: FloorMessage) -> None:
        talker = message.talker if isinstance(message, Taken) else None
        push = floor_push(
            message,
            talkgroup_id=self.talkgroup_id,
            call_id=self._call_id or CallId(""),
            frame_ms=frame_ms_for(self._switchboard.listener_count(self.talkgroup_id)),
            talker_name=self._exchange.name_of(talker) if talker is not None else "",
        )
        to = message.to if isinstance(message, Taken | Idle) else message.party
        if to is not None:
            session = self._exchange.sessions.get(to)
            if session is not None:
                session.send(push)
        else:
            listeners = self._exchange.sessions.in_talkgroup(self.talkgroup_id)
            self._exchange.fanout.send([each for each in listeners if each.party != talker], push)
