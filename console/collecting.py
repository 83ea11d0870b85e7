"""Garbage is collected on the interface's thread alone: a widget in a cycle, found by another thread, would be
destroyed there, and Qt objects must die where they live.

A full search over all that a desk knows of a city takes a tenth of a second, in which the screen stands still. So what
a full search has left over is set aside, and looked at again once an hour."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

LOOK_MS = 500
"""How often it is looked whether enough has gathered, by Python's own thresholds."""
MOST = 10_000
"""Things made since the last look that are searched through, in some milliseconds. More come of loading a town: those
stay."""
WHOLE_MS = 3_600_000
"""How often what was set aside is looked at again: a widget in a cycle may have died since."""


@contextmanager
def collecting_here() -> Iterator[None]:
    """For as long as other threads run beside Qt's. Enter and leave on the interface's thread."""
    was_enabled = gc.isenabled()
    gc.disable()
    often, seldom = QTimer(), QTimer()
    often.timeout.connect(collect_due)
    often.start(LOOK_MS)
    seldom.timeout.connect(gc.unfreeze)
    seldom.start(WHOLE_MS)
    try:
        yield
    finally:
        often.stop()
        seldom.stop()
        gc.unfreeze()
        gc.collect()
        if was_enabled:
            gc.enable()


def keep_what_was_learnt() -> None:
    """After a town's picture or map was taken in: they stay, and to search them takes longer than a frame."""
    gc.freeze()


def collect_due() -> int | None:
    """Collect the oldest generation whose threshold is reached; returns it, or None when it was too early."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    if counts[0] > MOST:
        gc.freeze()
        return None
    for generation in (2, 1, 0):
        if 0 < thresholds[generation] < counts[generation]:
            gc.collect(generation)
            if generation == 2:
                gc.freeze()
            return generation
    return None
