"""From the interface's thread to the comms thread: what actions call, carried over without waiting."""

import asyncio

from comms.domain.ids import TalkgroupId
from comms.link.thread import CommsThread
from comms.protocol.commands import Command
from comms.protocol.pushes import Push
from console.session.desk import DeskSession


class CrossingRequester:
    """The actions' Requester. The answer comes back on the loop that asked."""

    def __init__(self, comms: CommsThread, session: DeskSession) -> None:
        self._comms = comms
        self._session = session

    async def request(self, command: Command) -> Push:
        return await asyncio.wrap_future(self._comms.submit(self._session.request, command))

    async def request_durable(self, command: Command) -> Push:
        return await asyncio.wrap_future(self._comms.submit(self._session.request_durable, command))


class CrossingTalker:
    """The voice action's Talker. Calls arrive in the order they were made."""

    def __init__(self, comms: CommsThread, session: DeskSession) -> None:
        self._comms = comms
        self._session = session

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool) -> None:
        self._comms.call(self._session.talker.press, talkgroup_id, is_emergency=is_emergency)

    def release(self, talkgroup_id: TalkgroupId) -> None:
        self._comms.call(self._session.talker.release, talkgroup_id)

    def mute(self, is_muted: bool) -> None:
        self._comms.call(self._session.mute, is_muted)
