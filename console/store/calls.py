"""Point calls of this desk: what rings here, and the one it is in."""

import msgspec

from comms.domain.call import Call, CallEnd, CallKind, CallPhase
from comms.domain.ids import CallId, PartyId
from comms.domain.picture import CallState
from comms.protocol.pushes import CallRinging
from console.store.notices import CallRang, Notice, PointCallChanged, RingingStopped


class RingingCall(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody calls this desk. `rings_until` is Unix seconds."""

    call: Call
    caller_name: str
    rings_until: float


class PointCall(msgspec.Struct, frozen=True, kw_only=True):
    """The call this desk is in. `other` is None until it is known who is called."""

    call_id: CallId
    other: PartyId | None
    is_outgoing: bool
    phase: CallPhase
    since: float


class OwnCalls:
    """Folds pushes and journal events about point calls: either may come first, both say the same."""

    def __init__(self) -> None:
        self.ringing: dict[CallId, RingingCall] = {}
        self.current: PointCall | None = None
        self._ended: set[CallId] = set()

    def clear(self) -> None:
        self.ringing.clear()
        self.current = None
        self._ended.clear()

    def rang(self, push: CallRinging) -> list[Notice]:
        call_id = push.call.id
        if call_id in self._ended or (self.current is not None and self.current.call_id == call_id):
            return []
        self.ringing[call_id] = RingingCall(call=push.call, caller_name=push.caller_name, rings_until=push.rings_until)
        return [CallRang(call_id)]

    def placed(self, call_id: CallId, other: PartyId | None, *, now: float) -> list[Notice]:
        """This desk called somebody."""
        if call_id in self._ended:
            return []
        if self.current is not None and self.current.call_id == call_id:
            if self.current.other is not None or other is None:
                return []
            self.current = msgspec.structs.replace(self.current, other=other, is_outgoing=True)
        else:
            self.current = PointCall(call_id=call_id, other=other, is_outgoing=True, phase=CallPhase.RINGING, since=now)
        return [PointCallChanged(call_id)]

    def connected(self, call_id: CallId, *, now: float) -> list[Notice]:
        if call_id in self._ended:
            return []
        ringing = self.ringing.pop(call_id, None)
        notices: list[Notice] = [RingingStopped(call_id)] if ringing is not None else []
        current = self.current
        if current is not None and current.call_id == call_id:
            if current.phase is CallPhase.ACTIVE:
                return notices
            self.current = msgspec.structs.replace(current, phase=CallPhase.ACTIVE, since=now)
        else:
            self.current = PointCall(
                call_id=call_id,
                other=ringing.call.caller if ringing is not None else None,
                is_outgoing=ringing is None,
                phase=CallPhase.ACTIVE,
                since=now,
            )
        return [*notices, PointCallChanged(call_id)]

    def finished(self, call_id: CallId, end: CallEnd) -> list[Notice]:
        notices: list[Notice] = []
        if self.ringing.pop(call_id, None) is not None:
            notices.append(RingingStopped(call_id))
        if self.current is not None and self.current.call_id == call_id:
            self.current = None
            notices.append(PointCallChanged(call_id, end))
        self._ended.add(call_id)
        return notices

    def adopt(self, state: CallState, own: PartyId) -> list[Notice]:
        """A point call of the picture in which this desk takes part."""
        call = state.call
        if call.kind is not CallKind.POINT or own not in (call.caller, call.callee):
            return []
        match state.phase:
            case CallPhase.ENDED:
                return self.finished(call.id, state.end or CallEnd.HUNG_UP)
            case CallPhase.ACTIVE:
                notices = self.connected(call.id, now=state.answered_at or state.started_at)
            case CallPhase.RINGING:
                notices = []
        if call.caller == own:
            return notices + self.placed(call.id, call.callee, now=state.started_at)
        if self.current is not None and self.current.call_id == call.id and self.current.other is None:
            self.current = msgspec.structs.replace(self.current, other=call.caller, is_outgoing=False)
            notices.append(PointCallChanged(call.id))
        return notices
