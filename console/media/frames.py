"""The newest video frame of each receiving m-line, handed from the comms thread to the tiles."""

from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Shown(Generic[F]):
    """`number` rises by one with every frame of its m-line, so that a tile draws each at most once."""

    number: int
    frame: F


class FrameBoard(Generic[F]):
    """Written by the comms thread, read by the UI thread; a frame nobody took is simply replaced.

    Needs no lock: each entry is replaced whole, and a single writer counts.
    """

    def __init__(self) -> None:
        self._newest: dict[str, Shown[F]] = {}
        self._counts: dict[str, int] = {}

    def put(self, mid: str, frame: F) -> None:
        number = self._counts.get(mid, 0) + 1
        self._counts[mid] = number
        self._newest[mid] = Shown(number, frame)

    def newest(self, mid: str, *, after: int = 0) -> Shown[F] | None:
        """The newest frame when it is newer than number `after`, else None."""
        shown = self._newest.get(mid)
        return shown if shown is not None and shown.number > after else None

    def clear(self, mid: str) -> None:
        """Another source comes on this m-line: its first frame is the next to show."""
        self._newest.pop(mid, None)
