"""Lets the tile worker stand back while the screen is painted: both need the interpreter, and the screen goes first."""

import threading

LONGEST_S = 0.05
"""A frame that takes longer than this no longer holds the worker up."""


class Gate:
    """The UI thread enters it for the time of a frame; the worker calls `stand_back` between any two steps."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    def __enter__(self) -> None:
        self._free.clear()

    def __exit__(self, *_: object) -> None:
        self._free.set()

    def stand_back(self) -> None:
        if not self._free.is_set():
            self._free.wait(LONGEST_S)


def never() -> None:
    """For drawing that nobody waits for."""
