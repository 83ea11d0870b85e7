"""圈呼: call everybody in an area with one gesture, switch whether newcomers are called in, end the call."""

from collections.abc import Callable

from comms.domain.ad_hoc import AreaTarget
from comms.domain.ids import TalkgroupId
from comms.protocol.commands import CallFinish, CallFollow, CallFromArea
from comms.protocol.pushes import Done
from console.actions.requester import NewId, Outcome, Requester, ask
from console.actions.voice import Voice
from console.store.store import Store


class AreaCalls:
    """UI thread only. The talkgroup's id is the command's, so that the floor can be awaited before the answer."""

    def __init__(self, requester: Requester, store: Store, voice: Voice, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._voice = voice
        self._new_id = new_id

    async def call(
        self,
        target: AreaTarget,
        *,
        name: str = "",
        is_following: bool = False,
        began: Callable[[TalkgroupId], None] = lambda _: None,
    ) -> Outcome:
        """The floor is requested with the call: it is as if the talk key were down from here on, and `began` tells
        whoever must see to its release. A refused call has nothing to hold."""
        command = CallFromArea(id=self._new_id(), target=target, name=name, is_following_area=is_following)
        talkgroup_id = TalkgroupId(command.id)
        self._voice.expect(talkgroup_id)
        began(talkgroup_id)
        answer = await ask(self._requester, command)
        if isinstance(answer, Done):
            self._join(talkgroup_id)
        else:
            self._voice.release(talkgroup_id)
        return answer

    def _join(self, talkgroup_id: TalkgroupId) -> None:
        """The gateway has affiliated this desk to it, before what it heard."""
        is_over = talkgroup_id in self._store.picture.dissolved
        if talkgroup_id not in self._store.affiliated and not is_over:
            self._store.set_affiliated((talkgroup_id, *self._store.affiliated))

    async def follow(self, talkgroup_id: TalkgroupId, *, is_following: bool) -> Outcome:
        command = CallFollow(id=self._new_id(), talkgroup_id=talkgroup_id, is_following_area=is_following)
        return await ask(self._requester, command)

    async def end(self, talkgroup_id: TalkgroupId) -> Outcome:
        self._voice.release(talkgroup_id)
        return await ask(self._requester, CallFinish(id=self._new_id(), talkgroup_id=talkgroup_id))
