"""A simulated terminal's position reports: taken on time, kept while the network is away, counted. As a phone's
(`resources/terminal/js/core/track.js`), one is under way at a time: a gateway that answers late gets fewer and longer
ones, and not a heap of them."""

import asyncio
from collections import deque

from comms.domain.position import Fix
from comms.fleet.asking import Asking
from comms.fleet.faults import Fault, afflict
from comms.protocol.commands import PositionReport
from comms.protocol.pushes import PositionTaken, Push

SILENT_AFTER_FIXES = 3
"""One who goes silent was heard before."""
FIXES_KEPT = 500
"""As many as one report may carry."""


class Reporting:
    """`sent` and `refused` count readings, not reports."""

    def __init__(self, asking: Asking, faults: set[Fault], *, at_least: int = 1) -> None:
        """A report is sent when so many readings are there."""
        self.sent = 0
        self.refused = 0
        self._at_least = at_least
        self._asking = asking
        self._faults = faults
        self._stored: deque[Fix] = deque(maxlen=FIXES_KEPT)
        self._is_under_way = False

    def keep(self, fix: Fix) -> None:
        if Fault.GO_SILENT in self._faults and self.sent >= SILENT_AFTER_FIXES:
            return
        self._stored.append(afflict(fix, self._faults) if self._faults else fix)

    def send(self) -> None:
        """Everything kept, oldest first, in one report, unless it is little or one has not been answered yet."""
        if len(self._stored) < self._at_least or self._is_under_way:
            return
        fixes = tuple(self._stored)
        self._stored.clear()
        self.sent += len(fixes)
        self._is_under_way = True
        answer = self._asking.request(PositionReport(id=self._asking.new_id(), fixes=fixes))
        answer.add_done_callback(self._answered)

    def _answered(self, future: "asyncio.Future[Push]") -> None:
        self._is_under_way = False
        if future.cancelled() or future.exception() is not None:
            return
        answer = future.result()
        if isinstance(answer, PositionTaken):
            self.refused += len(answer.refused)
