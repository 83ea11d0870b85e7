"""The one crossing from the comms thread to Qt: what arrived is applied to the Store on the interface's thread."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from comms.link.inbox import Inbox
from console.store.store import Arrival, Store

ITEMS_A_TURN = 256
TURN_S = 0.008
"""After so many items, or when they have taken so long, the window gets a turn to paint and to take keys."""


class Bridge(QObject):
    """Put into `inbox` from any thread. One queued signal a batch, however many items are in it.

    A subscriber that fails is the interface's fault and goes to the except hook; what arrived behind it is
    applied all the same.
    """

    _woken = Signal()

    def __init__(
        self, store: Store, parent: QObject | None = None, *, now_s: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._now_s = now_s
        self._pending: deque[Arrival] = deque()
        self.inbox: Inbox[Arrival] = Inbox(wake=self._woken.emit)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        # Not by `_woken`: Qt serves what is posted while it serves posted events in the same turn.
        self._next_turn = QTimer(self)
        self._next_turn.setSingleShot(True)
        self._next_turn.setInterval(0)
        self._next_turn.timeout.connect(self._drain)

    def _drain(self) -> None:
        batch = self.inbox.drain()
        self._pending.extend(batch.items)
        try:
            if batch.positions is not None:
                self._store.apply_positions(batch.positions)  # those of units still to come wait in the table
            started_s = self._now_s()
            for _ in range(min(ITEMS_A_TURN, len(self._pending))):
                self._store.apply(self._pending.popleft())
                if self._now_s() - started_s > TURN_S:
                    break
        finally:
            if self._pending:
                self._next_turn.start()


class Tasks:
    """Owns the interface's coroutines until each is done, on the loop that runs when they are spawned."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], /) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def close(self) -> None:
        """Cancel what still waits and see it end, and what is spawned meanwhile too."""
        while self._running:
            begun = tuple(self._running)
            await asyncio.sleep(0)  # each of them has begun then: cancelled before, its work would never be awaited
            for task in begun:
                task.cancel()
            await asyncio.gather(*begun, return_exceptions=True)
