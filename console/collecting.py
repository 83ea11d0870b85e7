"""Garbage is collected on the interface's thread alone: a widget in a cycle, found by another thread, would be
destroyed there, and Qt objects must die where they live."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

LOOK_MS = 500
"""How often it is looked whether enough has gathered, by Python's own thresholds."""


@contextmanager
def collecting_here() -> Iterator[None]:
    """For as long as other threads run beside Qt's. Enter and leave on the interface's thread."""
    was_enabled = gc.isenabled()
    gc.disable()
    timer = QTimer()
    timer.timeout.connect(collect_due)
    timer.start(LOOK_MS)
    try:
        yield
    finally:
        timer.stop()
        gc.collect()
        if was_enabled:
            gc.enable()


def collect_due() -> int | None:
    """Collect the oldest generation whose threshold is reached; returns it, or None when it was too early."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if 0 < thresholds[generation] < counts[generation]:
            gc.collect(generation)
            return generation
    return None
