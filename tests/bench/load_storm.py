"""Emergencies of terminals whose sockets were cut with all the others."""

import asyncio
import time
from types import TracebackType
from typing import Self

from comms.domain.alarm import AlarmKind
from comms.domain.alarm_event import AlarmRaised
from comms.link.line import LinkLostError
from comms.protocol.pushes import EventPush, FloorTaken, Push
from tests.bench.load_site import LoadSite
from tests.bench.terminal import BenchTerminal

PAUSE_S = 0.3
NEVER_MS = 10_000.0


class Emergencies:
    """One after the other: the key is pressed while the terminal has no connection, and held until the floor comes."""

    def __init__(self, site: LoadSite, desk: BenchTerminal) -> None:
        self._site, self._desk = site, desk
        self._group = site.plan.groups[-1]
        self._tokens: list[str] = []
        self._pressed_s = 0.0
        self.signed_in_ms: list[float] = []
        self.granted_ms: list[float] = []
        self.desk_ms: list[float] = []
        self.alarm_ms: list[float] = []

    async def __aenter__(self) -> Self:
        """Those who will press enrol, and are then gone."""
        for code in list(self._site.gateway.codes.values())[3:]:
            terminal = BenchTerminal(self._site.gateway.url, code=code)
            await terminal.start(has_media=False)
            assert terminal.token is not None
            self._tokens.append(terminal.token)
            await terminal.stop()
        before = self._desk.on_push

        def take(push: Push, at_s: float) -> None:
            self._take(push, at_s)
            if before is not None:
                before(push, at_s)

        self._desk.on_push = take
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._desk.on_push = None

    def _take(self, push: Push, at_s: float) -> None:
        if isinstance(push, FloorTaken) and push.talkgroup_id == self._group:
            self.desk_ms.append((at_s - self._pressed_s) * 1e3)
        elif isinstance(push, EventPush) and isinstance(push.recorded.event, AlarmRaised):
            alarm = push.recorded.event.alarm
            if alarm.kind is AlarmKind.EMERGENCY_CALL and alarm.talkgroup_id == self._group:
                self.alarm_ms.append((at_s - self._pressed_s) * 1e3)

    async def keep_coming(self) -> None:
        while True:
            for token in self._tokens:
                await self._press(token)
                await asyncio.sleep(PAUSE_S)

    async def _press(self, token: str) -> None:
        self._pressed_s = pressed_s = time.perf_counter()
        terminal = BenchTerminal(self._site.gateway.url, code="", token=token, is_emergency=True)
        try:
            async with asyncio.timeout(NEVER_MS / 1e3):
                await terminal.start(has_media=False)
                self.signed_in_ms.append((time.perf_counter() - pressed_s) * 1e3)
                await terminal.set_up_media()
                await terminal.press(self._group, is_emergency=True)
            self.granted_ms.append((time.perf_counter() - pressed_s) * 1e3)
            await terminal.release(last_sequence=None, group=self._group)
        except (TimeoutError, LinkLostError):
            self.granted_ms.append(NEVER_MS)
        finally:
            await terminal.stop()
