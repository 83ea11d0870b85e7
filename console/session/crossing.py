"""From the interface's thread to the comms thread: what actions call, carried over without waiting."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from comms.domain.ids import TalkgroupId
from comms.link.thread import CommsThread
from comms.protocol.commands import Command
from comms.protocol.pushes import Push
from comms.protocol.refusal_code import RefusalCode
from console.actions.requester import UnsentError
from console.session.desk import DeskSession
from console.session.landing import Landing

T = TypeVar("T")


class Crossing:
    """The actions' Requester and Talker. `session` may change: another gateway, the same desk."""

    def __init__(self, comms: CommsThread) -> None:
        self._comms = comms
        self.session: DeskSession | None = None

    # --- Requester: the answer comes back on the loop that asked -------------------------------------------

    async def request(self, command: Command) -> Push:
        return await asyncio.wrap_future(self._comms.submit(self._there().request, command))

    async def request_durable(self, command: Command) -> Push:
        return await asyncio.wrap_future(self._comms.submit(self._there().request_durable, command))

    def _there(self) -> DeskSession:
        if self.session is None:
            raise UnsentError
        return self.session

    async def aside(self, work: Callable[[], T], /) -> T:
        """Work that takes its time, on a thread of its own: neither the screen nor the voice waits for it."""
        return await asyncio.wrap_future(self._comms.submit(asyncio.to_thread, work))

    # --- Talker: calls arrive in the order they were made ---------------------------------------------------

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool) -> None:
        if self.session is not None:
            self._comms.call(self.session.talker.press, talkgroup_id, is_emergency=is_emergency)

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        if self.session is not None:
            self._comms.call(self.session.talker.expect, talkgroup_id)

    def release(self, talkgroup_id: TalkgroupId) -> None:
        if self.session is not None:
            self._comms.call(self.session.talker.release, talkgroup_id)

    def mute(self, is_muted: bool) -> None:
        if self.session is not None:
            self._comms.call(self.session.microphone.mute, is_muted)

    # --- OpenMicrophone --------------------------------------------------------------------------------------

    def speak_as_another(self, is_speaking: bool) -> None:
        if self.session is not None:
            self._comms.call(self.session.microphone.set_acting, is_speaking)


class FarLanding:
    """The actions' Landing, on the comms thread."""

    def __init__(self, comms: CommsThread) -> None:
        self._comms, self._landing = comms, Landing()

    async def open(self) -> int:
        return await asyncio.wrap_future(self._comms.submit(self._landing.open))

    async def expect(self, state: str) -> None:
        await asyncio.wrap_future(self._comms.submit(self._landing.expect, state))

    async def came(self, within_s: float) -> str | RefusalCode:
        return await asyncio.wrap_future(self._comms.submit(self._landing.came, within_s))

    async def close(self) -> None:
        """Also for a task that was cancelled: nobody waits for it then."""
        await asyncio.shield(asyncio.wrap_future(self._comms.submit(self._landing.close)))
