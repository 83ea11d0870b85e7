"""How often the interface stood still for longer than it may: it should never."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

from tests.bench.record import Record, record

BEAT_MS = 5
CHILD_NICENESS = 10
"""Of the gateway and the fleet: in the field they are other machines, here they share the desk's two cores."""
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Pulse(QObject):
    """Milliseconds by which each round of the interface's loop came late."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._stolen_s = _stolen_s()
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    @property
    def stolen_s(self) -> float:
        """For how long since the beginning the host of this machine had given one of its cores to somebody else."""
        return _stolen_s() - self._stolen_s

    def _beat(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1e3 - BEAT_MS))
        self._last = now


def _stolen_s() -> float:
    """Of all cores, as a virtual machine is told; see proc_stat(5). Zero elsewhere."""
    try:
        return int(Path("/proc/stat").read_text().split()[8]) / _TICKS_A_SECOND
    except (OSError, IndexError):
        return 0.0


def stall_record(name: str, pulse: Pulse, *, over_ms: float, params: Mapping[str, Any]) -> Record:
    """How many rounds of the loop were later than `over_ms`, and the latest."""
    longest_ms, stolen_s = round(max(pulse.late_ms), 1), round(pulse.stolen_s, 2)
    return record(
        name,
        [float(sum(late > over_ms for late in pulse.late_ms))],
        unit=f"stalls over {over_ms:g} ms",
        params={**params, "longest_ms": longest_ms, "stolen_s": stolen_s},
        baseline="itself",
        baseline_values=[1.0],
        target=0.0,
    )


def let_desk_go_first() -> None:
    for listed in Path("/proc/self/task").glob("*/children"):
        for process_id in listed.read_text().split():
            os.setpriority(os.PRIO_PROCESS, int(process_id), CHILD_NICENESS)
