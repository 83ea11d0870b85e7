"""What is looked at while a reader is under fire: how many inputs, how fast, how much memory, and the last input."""

import json
import mmap
import os
import time
from math import inf
from pathlib import Path

from tests.fuzz.target import Take

WARM_SHARE = 0.2
"""Memory counts from here on: by then caches are full and the corpus of the run has found its size."""
_RESULT, _LAST = "result.json", "last-input"
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


class Watch:
    """Counts; after `inputs` of them, or so many seconds, writes what was measured and ends the process, as the fuzzer
    itself never does."""

    def __init__(self, folder: Path, take: Take, inputs: int, seconds: float = inf) -> None:
        self._take = take
        self._inputs = inputs
        self._seconds = seconds
        self._result = folder / _RESULT
        self._warm_at = int(inputs * WARM_SHARE)
        self._count = 0
        self._slowest_s = 0.0
        self._warm_bytes = 0
        self._began = time.perf_counter()
        self._last = _shared(folder / _LAST)

    def __call__(self, data: bytes) -> None:
        self._last[:4] = len(data).to_bytes(4, "little")
        self._last[4 : 4 + len(data)] = data
        began = time.process_time()
        self._take(data)
        taken_s = time.process_time() - began
        if taken_s > self._slowest_s:
            self._slowest_s = taken_s
        self._count += 1
        if self._count == self._warm_at:
            self._warm_bytes = resident_bytes()
        if self._count % 1_000 == 0:
            self.write()
        if self._count >= self._inputs or time.perf_counter() - self._began > self._seconds:
            self.write()
            os._exit(0)

    def write(self) -> None:
        """Also in the middle, so that a run that is broken off tells how far it came."""
        seconds = time.perf_counter() - self._began
        found = {
            "inputs": self._count,
            "seconds": round(seconds, 1),
            "slowest_ms": round(self._slowest_s * 1000, 1),
            "warm_bytes": self._warm_bytes or resident_bytes(),
            "end_bytes": resident_bytes(),
        }
        self._result.write_text(json.dumps(found))


def _shared(path: Path) -> mmap.mmap:
    """In a file, so that it is still there when the process is not."""
    size = 1 << 20
    with path.open("w+b") as file:
        file.truncate(size)
        return mmap.mmap(file.fileno(), size)


def last_input(folder: Path) -> bytes:
    path = folder / _LAST
    if not path.exists():
        return b""
    data = path.read_bytes()
    return data[4 : 4 + int.from_bytes(data[:4], "little")]


def result(folder: Path) -> dict[str, float]:
    path = folder / _RESULT
    return dict(json.loads(path.read_text())) if path.exists() else {}
