"""Voice: hold to talk to a talkgroup, place and take point calls, choose what is heard.

Pressing is told to the Talker at once and without waiting: the floor is decided by the gateway, and where the
request stands comes back through the Store as `TalkChanged`. Nothing here assumes success.
"""

from typing import Protocol

from comms.domain.ids import CallId, TalkgroupId, UnitId
from comms.protocol.commands import AffiliationSet, CallAnswer, CallHangUp, CallPlace, CallReject
from comms.protocol.pushes import Done
from console.actions.requester import NewId, Outcome, Requester, ask
from console.store.store import Store


class Talker(Protocol):
    """What holds and releases floors, on the thread where voice lives. Never blocks, may be called at any time."""

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool) -> None: ...
    def expect(self, talkgroup_id: TalkgroupId) -> None:
        """Pressed, while another command requests the floor in the same step."""
        ...

    def release(self, talkgroup_id: TalkgroupId) -> None: ...
    def mute(self, is_muted: bool) -> None:
        """The microphone in point calls."""
        ...


class Voice:
    """UI thread only. What was pressed is kept apart from what is selected: exactly that is released."""

    def __init__(self, requester: Requester, store: Store, talker: Talker, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._talker = talker
        self._new_id = new_id
        self._pressed: list[TalkgroupId] = []
        self._is_muted = False

    # --- hold to talk ---------------------------------------------------------------------------------

    @property
    def pressed(self) -> tuple[TalkgroupId, ...]:
        """Talkgroups whose floor is asked for or held by this desk now."""
        return tuple(self._pressed)

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool = False) -> None:
        """Key down, button down. A repeat while held changes nothing."""
        if talkgroup_id not in self._pressed:
            self._pressed.append(talkgroup_id)
            self._talker.press(talkgroup_id, is_emergency=is_emergency)

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        """As if its key went down, for a call whose command requests the floor itself."""
        if talkgroup_id not in self._pressed:
            self._pressed.append(talkgroup_id)
            self._talker.expect(talkgroup_id)

    def release(self, talkgroup_id: TalkgroupId) -> None:
        """Key up, button up. Of a talkgroup that is not held: nothing."""
        if talkgroup_id in self._pressed:
            self._pressed.remove(talkgroup_id)
            self._talker.release(talkgroup_id)

    def release_all(self) -> None:
        """Focus lost, screen locked, window closed, device gone: nothing stays open."""
        for talkgroup_id in self.pressed:
            self.release(talkgroup_id)

    # --- what is heard ----------------------------------------------------------------------------------

    async def affiliate(self, talkgroup_ids: tuple[TalkgroupId, ...]) -> Outcome:
        """Hear exactly these; the first is selected. A floor held in one that leaves is released at once."""
        for talkgroup_id in self.pressed:
            if talkgroup_id not in talkgroup_ids:
                self.release(talkgroup_id)
        answer = await ask(self._requester, AffiliationSet(id=self._new_id(), talkgroup_ids=talkgroup_ids))
        if isinstance(answer, Done):
            self._store.set_affiliated(talkgroup_ids)
        return answer

    async def select(self, talkgroup_id: TalkgroupId) -> Outcome:
        """Make this the selected talkgroup, heard with those before."""
        others = tuple(known for known in self._store.affiliated if known != talkgroup_id)
        return await self.affiliate((talkgroup_id, *others))

    # --- point calls -----------------------------------------------------------------------------------

    async def place_call(self, unit_id: UnitId) -> Outcome:
        """`done.subject` is the call id."""
        answer = await ask(self._requester, CallPlace(id=self._new_id(), unit_id=unit_id))
        if isinstance(answer, Done) and answer.subject is not None:
            self._store.call_placed(CallId(answer.subject), unit_id)
        return answer

    async def answer(self, call_id: CallId) -> Outcome:
        return await ask(self._requester, CallAnswer(id=self._new_id(), call_id=call_id))

    async def reject(self, call_id: CallId) -> Outcome:
        return await ask(self._requester, CallReject(id=self._new_id(), call_id=call_id))

    async def hang_up(self, call_id: CallId) -> Outcome:
        return await ask(self._requester, CallHangUp(id=self._new_id(), call_id=call_id))

    @property
    def is_muted(self) -> bool:
        return self._is_muted

    def set_muted(self, is_muted: bool) -> None:
        """The microphone in point calls; hold to talk is not touched."""
        self._is_muted = is_muted
        self._talker.mute(is_muted)
