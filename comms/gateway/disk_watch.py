"""Tells everybody that the disk of the data directory fills, while there is time to do something about it."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from comms.domain.events import FaultNoted
from comms.domain.ids import GATEWAY
from comms.gateway.context import Clock
from comms.gateway.lookout import Lookout
from comms.journal.journal import Journal

LOOK_S = 60.0
DISK_LOW = "disk_low"
"""A fault of the picture: every desk shows it until it is over."""
LITTLE_BYTES = 1_000_000_000
"""Hours of a town's journal and recordings."""
LITTLE_SHARE, MUCH_BYTES = 0.03, 20_000_000_000
"""Of a large disk a small share is little, but not where it is as much as this."""
ENOUGH = 1.1
"""It is over when there is so much more than little, so that nobody is told of it twice a minute."""

_log = logging.getLogger(__name__)


class DiskUsage(Protocol):
    """As `shutil.disk_usage` gives it, in bytes."""

    @property
    def total(self) -> int: ...
    @property
    def free(self) -> int: ...


def little_bytes(usage: DiskUsage) -> float:
    """From how many free bytes downwards it is said."""
    return max(LITTLE_BYTES, min(LITTLE_SHARE * usage.total, MUCH_BYTES))


class DiskWatch(Lookout):
    """Looks once a minute."""

    def __init__(
        self,
        data: Path,
        journal: Journal,
        clock: Clock,
        *,
        usage_of: Callable[[Path], DiskUsage] = shutil.disk_usage,
    ) -> None:
        super().__init__(clock, every_s=LOOK_S)
        self._data, self._journal, self._usage_of = data, journal, usage_of

    def _look(self) -> None:
        try:
            usage = self._usage_of(self._data)
        except OSError as error:
            _log.info("how full the disk is cannot be found out: %s", error)
            return
        self._tell(usage.free, little_bytes(usage))

    def _tell(self, free: int, little: float) -> None:
        is_known = DISK_LOW in self._journal.picture.faults
        if free < little and not is_known:
            event = FaultNoted(code=DISK_LOW, detail=f"{free / 1e9:.1f} GB")
        elif free > little * ENOUGH and is_known:
            event = FaultNoted(code=DISK_LOW, is_over=True)
        else:
            return
        self._journal.record_soon(GATEWAY, [event])
