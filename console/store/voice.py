"""Voice and video as this desk takes part in them: floors, its own requests and calls, what plays where."""

from comms.domain.call import CallPhase
from comms.domain.ids import PartyId, TalkgroupId
from comms.domain.picture import Picture
from comms.protocol import pushes
from console.store import notices as say
from console.store.calls import OwnCalls
from console.store.floors import FloorPush, FloorView, TalkState, TalkView, fold_floor
from console.store.link import OwnSession
from console.store.notices import Notice

VoicePush = FloorPush | pushes.CallRinging | pushes.CallConnected | pushes.CallFinished | pushes.MediaSlot


class VoiceView:
    """All of it belongs to one session: a new sign-in begins with nothing, and the gateway tells it anew."""

    def __init__(self) -> None:
        self.floors: dict[TalkgroupId, FloorView] = {}
        self.talks: dict[TalkgroupId, TalkView] = {}
        self.calls = OwnCalls()
        self.slots: dict[str, pushes.MediaSlot] = {}

    def apply(self, push: VoicePush, session: OwnSession | None, *, now: float) -> list[Notice]:
        match push:
            case pushes.CallRinging():
                return self.calls.rang(push)
            case pushes.CallConnected():
                return self.calls.connected(push.call_id, now=now)
            case pushes.CallFinished():
                return self.calls.finished(push.call_id, push.end)
            case pushes.MediaSlot():
                self.slots[push.mid] = push
                return [say.SlotChanged(push.mid)]
            case _:
                return self._apply_floor(push, session, now=now)

    def _apply_floor(self, push: FloorPush, session: OwnSession | None, *, now: float) -> list[Notice]:
        before = self.floors.get(push.talkgroup_id) or FloorView(talkgroup_id=push.talkgroup_id)
        own, own_name = (session.party, session.name) if session is not None else (None, "")
        after = fold_floor(before, push, own=own, own_name=own_name, now=now)
        if after is None:
            return []
        self.floors[push.talkgroup_id] = after
        return [say.FloorChanged(push.talkgroup_id)]

    def set_talk(self, talk: TalkView) -> list[Notice]:
        if talk.state is TalkState.IDLE:
            self.talks.pop(talk.talkgroup_id, None)
        else:
            self.talks[talk.talkgroup_id] = talk
        return [say.TalkChanged(talk.talkgroup_id)]

    def keep_only(self, talkgroup_ids: tuple[TalkgroupId, ...]) -> list[Notice]:
        """Forget the floors of talkgroups this desk no longer hears."""
        gone = [talkgroup_id for talkgroup_id in self.floors if talkgroup_id not in talkgroup_ids]
        for talkgroup_id in gone:
            del self.floors[talkgroup_id]
        return [say.FloorChanged(talkgroup_id) for talkgroup_id in gone]

    def clear(self) -> list[Notice]:
        current = self.calls.current
        told: list[Notice] = [say.FloorChanged(talkgroup_id) for talkgroup_id in self.floors]
        told += [say.SlotChanged(mid) for mid in self.slots]
        told += [say.RingingStopped(call_id) for call_id in self.calls.ringing]
        if current is not None:
            told.append(say.PointCallChanged(current.call_id))
        self.floors.clear()
        self.slots.clear()
        self.calls.clear()
        return told

    def adopt_calls(self, picture: Picture, own: PartyId) -> list[Notice]:
        """Point calls going on in a fresh picture."""
        told: list[Notice] = []
        for state in picture.calls.values():
            if state.phase is not CallPhase.ENDED:
                told += self.calls.adopt(state, own)
        return told
