"""Lets work beside the interface's thread stand back while that thread is busy: both need the interpreter, and the
screen goes first. Not for waiting on results."""

import threading

LONGEST_S = 0.05
"""A turn that takes longer than this no longer holds others up."""


class Gate:
    """The interface's thread enters it, once or nested, while it takes news or paints; others call `stand_back`
    between any two steps of theirs."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()
        self._depth = 0

    def __enter__(self) -> None:
        self._depth += 1
        self._free.clear()

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._free.set()

    def stand_back(self) -> None:
        if not self._free.is_set():
            self._free.wait(LONGEST_S)


def never() -> None:
    """For drawing that nobody waits for."""
