"""Drops connections that take nothing, which come back and begin with a snapshot, and those whose peer has vanished."""

import asyncio
import logging
from collections.abc import Callable

from comms.gateway.context import Clock, Session, Timer
from comms.gateway.outbox import Pace, Silence
from comms.gateway.sessions import SessionTable
from comms.gateway.settings import Settings
from comms.protocol.errors import RefusalCode

_log = logging.getLogger(__name__)
WATCH_S = 1.0
AT_ONCE = 250
"""Connections looked at in one turn of the loop, 0.3 ms: all 10,000 of a city at once held it up for 100."""


class PaceWatch:
    """Looks at each connection once a second."""

    def __init__(
        self,
        *,
        clock: Clock,
        sessions: SessionTable,
        settings: Settings,
        end: Callable[[Session, RefusalCode], None],
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._settings = settings
        self._end = end
        self._left: list[Session] = []
        self._timer: Timer | None = None
        self._turn: asyncio.Handle | None = None

    def start(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + WATCH_S, self._look)

    def close(self) -> None:
        for waiting in (self._timer, self._turn):
            if waiting is not None:
                waiting.cancel()

    def _look(self) -> None:
        self.start()
        if not self._left:
            self._left = self._sessions.all()
            self._go_on()

    def _go_on(self) -> None:
        now, settings = self._clock.monotonic(), self._settings
        loop_s, silence_s = asyncio.get_running_loop().time(), settings.ping_interval_s
        limit_bytes, patience_s = settings.outbound_limit_bytes, settings.slow_after_s
        for session in self._left[-AT_ONCE:]:
            outbox = self._sessions.outbox(session)
            if outbox is None:
                continue
            if outbox.pace(now=now, limit_bytes=limit_bytes, patience_s=patience_s) is Pace.STUCK:
                _log.info("%s takes nothing: %d bytes wait", session.party, outbox.waiting_bytes)
                self._end(session, RefusalCode.SLOW_CLIENT)
            elif outbox.silence(now=loop_s, patience_s=silence_s) is Silence.LONG:
                _log.info("%s has vanished", session.party)
                outbox.abort()
        del self._left[-AT_ONCE:]
        self._turn = asyncio.get_running_loop().call_soon(self._go_on) if self._left else None
