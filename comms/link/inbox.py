"""From the comms thread to the screen: pushes in order, positions newest only, one wake-up a batch.

The one place of the product with a lock.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from comms.protocol.frames import PositionColumns, decode_positions

T = TypeVar("T")

FRAMES_BEFORE_MERGE = 8
"""Frames kept apart while nobody drains; then they become one, so a screen that sleeps costs no memory."""


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Everything since the last drain: `items` oldest first, `positions` with each unit at most once."""

    items: tuple[T, ...]
    positions: PositionColumns | None

    def __bool__(self) -> bool:
        return bool(self.items) or self.positions is not None


class Inbox(Generic[T]):
    """`wake` is called on the thread that puts, once until the next drain; it must only signal, never drain.

    Items are never dropped: the gateway drops a desk that reads too slowly, and the comms thread always reads."""

    def __init__(self, *, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._items: list[T] = []
        self._frames: list[PositionColumns] = []
        self._is_woken = False

    def put(self, item: T) -> None:
        with self._lock:
            self._items.append(item)
            is_first, self._is_woken = not self._is_woken, True
        if is_first:
            self._wake()

    def put_positions(self, frame: bytes) -> None:
        """Raises FrameError when the bytes are no position frame; nothing is kept then."""
        columns = decode_positions(frame)
        with self._lock:
            self._frames.append(columns)
            if len(self._frames) >= FRAMES_BEFORE_MERGE:
                self._frames = [newest(self._frames)]
            is_first, self._is_woken = not self._is_woken, True
        if is_first:
            self._wake()

    def drain(self) -> Batch[T]:
        with self._lock:
            items, frames = self._items, self._frames
            self._items, self._frames = [], []
            self._is_woken = False
        return Batch(items=tuple(items), positions=newest(frames) if frames else None)


def newest(frames: Sequence[PositionColumns]) -> PositionColumns:
    """One frame with, for each unit, the row that came last."""
    if len(frames) == 1:
        return frames[0]
    no = np.concatenate([frame.no for frame in frames])
    _, from_end = np.unique(no[::-1], return_index=True)
    rows = np.sort(len(no) - 1 - from_end)
    return PositionColumns(
        no=no[rows],
        at=np.concatenate([frame.at for frame in frames])[rows],
        lat=np.concatenate([frame.lat for frame in frames])[rows],
        lon=np.concatenate([frame.lon for frame in frames])[rows],
        accuracy_m=np.concatenate([frame.accuracy_m for frame in frames])[rows],
        heading_deg=np.concatenate([frame.heading_deg for frame in frames])[rows],
        speed_mps=np.concatenate([frame.speed_mps for frame in frames])[rows],
        battery_pct=np.concatenate([frame.battery_pct for frame in frames])[rows],
    )
