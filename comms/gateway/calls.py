"""Point calls: one desk and one unit, full duplex. A unit rings every desk on duty above it; the first answer wins."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.events import CallAnswered, CallEnded, CallStarted
from comms.domain.ids import BurstId, CallId, PartyId, UnitId, unit_party
from comms.domain.jurisdiction import contains
from comms.domain.officer import commands
from comms.gateway.context import Refusal, Session, Timer
from comms.gateway.exchange import Exchange
from comms.gateway.recordings import Recordings
from comms.gateway.switchboard import Switchboard
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import CallConnected, CallFinished, CallRinging


@dataclass(slots=True, eq=False)
class PointCall:
    call: Call
    caller: Session
    ringing: dict[str, Session]
    """By session id: those that may still answer. Empty once one has."""
    timer: Timer
    callee: Session | None = None
    """Who answered."""
    legs: dict[str, BurstId] = field(default_factory=dict)
    """Recordings, by the session that speaks."""

    @property
    def sessions(self) -> tuple[Session, ...]:
        callee = () if self.callee is None else (self.callee,)
        return (self.caller, *callee, *self.ringing.values())

    def other(self, session: Session) -> Session | None:
        return self.callee if session is self.caller else self.caller


class PointCalls:
    """`is_talking` tells whether a session holds a floor: then its voice is not for the other side of its call."""

    def __init__(
        self,
        *,
        exchange: Exchange,
        switchboard: Switchboard,
        recordings: Recordings,
        is_talking: Callable[[Session], bool],
    ) -> None:
        self._exchange = exchange
        self._switchboard = switchboard
        self._recordings = recordings
        self._is_talking = is_talking
        self._calls: dict[CallId, PointCall] = {}
        self._of_session: dict[str, PointCall] = {}
        """The call each session makes, or has answered. One that merely rings is not in it."""
        self._is_down = False

    @property
    def is_any(self) -> bool:
        """Whether anybody rings or talks."""
        return bool(self._calls)

    def sessions_of(self, call_id: CallId) -> tuple[Session, ...] | None:
        """Who talks or is rung in it; None when there is no such call."""
        point_call = self._calls.get(call_id)
        return point_call.sessions if point_call is not None else None

    # --- placing ------------------------------------------------------------------------------------

    def place(self, session: Session, unit_id: UnitId | None) -> CallId | Refusal:
        if not session.has_media:
            return Refusal(RefusalCode.NO_MEDIA)
        if self._is_down:
            return Refusal(RefusalCode.UNREACHABLE)
        if session.id in self._of_session:
            return Refusal(RefusalCode.BUSY)
        callees = self._desks_above(session) if unit_id is None else self._unit(unit_id)
        if isinstance(callees, Refusal):
            return callees
        free = [callee for callee in callees if not self._is_busy(callee)]
        if not free:
            return Refusal(RefusalCode.BUSY)
        return self._ring(session, unit_party(unit_id) if unit_id is not None else None, free)

    def _unit(self, unit_id: UnitId) -> list[Session] | Refusal:
        callee = self._exchange.sessions.get(unit_party(unit_id))
        if callee is None or not callee.has_media:
            return Refusal(RefusalCode.UNREACHABLE)
        return [callee]

    def _desks_above(self, session: Session) -> list[Session] | Refusal:
        if session.is_desk:
            return Refusal(RefusalCode.NOT_FOUND)
        desks = [
            desk
            for desk in self._exchange.sessions.desks()
            if desk.has_media and contains(desk.jurisdiction_id, session.jurisdiction_id) and self._answers(desk)
        ]
        return desks or Refusal(RefusalCode.UNREACHABLE)

    def _answers(self, desk: Session) -> bool:
        """Who only administers is not rung."""
        officers = self._exchange.picture.officers
        return desk.officer_id in officers and commands(officers[desk.officer_id].roles)

    def _is_busy(self, session: Session) -> bool:
        """In a call, or (a terminal, which has one line) being rung."""
        if session.id in self._of_session:
            return True
        return not session.is_desk and any(session.id in call.ringing for call in self._calls.values())

    def _ring(self, caller: Session, callee: PartyId | None, ringing: Iterable[Session]) -> CallId:
        clock, ring_s = self._exchange.clock, self._exchange.timing.ring_s
        call = Call(id=CallId(self._exchange.new_id()), kind=CallKind.POINT, caller=caller.party, callee=callee)
        timer = clock.call_at(clock.monotonic() + ring_s, partial(self._finish, call.id, CallEnd.NO_ANSWER))
        point_call = PointCall(call, caller, {each.id: each for each in ringing}, timer)
        self._calls[call.id] = self._of_session[caller.id] = point_call
        self._exchange.record_soon(caller.party, CallStarted(call=call))
        push = CallRinging(call=call, caller_name=caller.name, rings_until=clock.now() + ring_s)
        for each in point_call.ringing.values():
            each.send(push)
        return call.id

    # --- answering ----------------------------------------------------------------------------------

    def answer(self, session: Session, call_id: CallId) -> Refusal | None:
        point_call = self._calls.get(call_id)
        if point_call is None:
            return Refusal(RefusalCode.NOT_FOUND)
        if point_call.callee is not None:
            return Refusal(RefusalCode.ALREADY_DONE)
        if session.id not in point_call.ringing:
            return Refusal(RefusalCode.NOT_ALLOWED)
        if session.id in self._of_session:
            return Refusal(RefusalCode.BUSY)
        self._connect(point_call, session)
        return None

    def _connect(self, point_call: PointCall, callee: Session) -> None:
        call_id, caller = point_call.call.id, point_call.caller
        point_call.timer.cancel()
        del point_call.ringing[callee.id]
        others, point_call.ringing = point_call.ringing, {}
        point_call.callee = callee
        self._of_session[callee.id] = point_call
        self._exchange.record_soon(callee.party, CallAnswered(call_id=call_id))
        self._switchboard.open_call(call_id, caller, callee)
        for session in (caller, callee):
            session.send(CallConnected(call_id=call_id))
            leg = point_call.legs[session.id] = BurstId(self._exchange.new_id())
            self._recordings.begin(leg, call_id, session)
            if self._is_talking(session):
                self.mute(session, is_muted=True)
        for other in others.values():
            other.send(CallFinished(call_id=call_id, end=CallEnd.CANCELLED))  # answered at another desk

    def reject(self, session: Session, call_id: CallId) -> Refusal | None:
        point_call = self._calls.get(call_id)
        if point_call is None:
            return Refusal(RefusalCode.NOT_FOUND)
        if session.id not in point_call.ringing:
            return Refusal(RefusalCode.WRONG_STATE)
        self._stop_ringing(point_call, session, CallEnd.REJECTED)
        return None

    def _stop_ringing(self, point_call: PointCall, session: Session, end: CallEnd) -> None:
        """One of those rung will not answer; the last one to say so ends the call. It is told, for it may not have
        said so itself: who has lost his media alone would ring on."""
        if len(point_call.ringing) == 1:
            self._finish(point_call.call.id, end, by=session)
        else:
            del point_call.ringing[session.id]
            session.send(CallFinished(call_id=point_call.call.id, end=end))

    # --- ending -------------------------------------------------------------------------------------

    def hang_up(self, session: Session, call_id: CallId) -> Refusal | None:
        point_call = self._calls.get(call_id)
        if point_call is None:
            return Refusal(RefusalCode.NOT_FOUND)
        if session.id in point_call.ringing:
            return self.reject(session, call_id)
        if session not in point_call.sessions:
            return Refusal(RefusalCode.NOT_ALLOWED)
        end = CallEnd.CANCELLED if point_call.callee is None else CallEnd.HUNG_UP
        self._finish(call_id, end, by=session)
        return None

    def leave(self, session: Session) -> None:
        """Its connection or its media is gone."""
        own = self._of_session.get(session.id)
        if own is not None:
            self._finish(own.call.id, CallEnd.UNREACHABLE, by=session)
        for point_call in list(self._calls.values()):
            if session.id in point_call.ringing:
                self._stop_ringing(point_call, session, CallEnd.UNREACHABLE)

    def _finish(self, call_id: CallId, end: CallEnd, *, by: Session | None = None) -> None:
        point_call = self._calls.pop(call_id)
        point_call.timer.cancel()
        told = point_call.sessions
        for session in (point_call.caller, point_call.callee):
            if session is not None:
                del self._of_session[session.id]
        if point_call.callee is not None:
            self._switchboard.close_call(call_id, point_call.caller, point_call.callee)
        for leg in point_call.legs.values():
            self._recordings.end(leg)
        actor = by.party if by is not None else point_call.caller.party
        self._exchange.record_soon(actor, CallEnded(call_id=call_id, end=end))
        for session in told:
            session.send(CallFinished(call_id=call_id, end=end))

    def set_down(self, *, is_down: bool) -> None:
        """No media for calls: those that are go, and none comes."""
        self._is_down = is_down
        for call_id in list(self._calls) if is_down else ():
            self._finish(call_id, CallEnd.UNREACHABLE)

    def close(self) -> None:
        """The gateway shuts down: no timer rings on."""
        for point_call in self._calls.values():
            point_call.timer.cancel()

    # --- beside a floor -----------------------------------------------------------------------------

    def mute(self, session: Session, *, is_muted: bool) -> None:
        """The session has taken, or given back, a floor. What it says to the talkgroup is not part of the call."""
        point_call = self._of_session.get(session.id)
        listener = point_call.other(session) if point_call is not None else None
        if point_call is None or listener is None:
            return
        self._switchboard.mute_leg(point_call.call.id, session, listener, is_muted=is_muted)
        self._recordings.pause(point_call.legs[session.id], is_paused=is_muted)
