"""One reader under fire: how it is made, what it is given first, what it owes."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

Take = Callable[[bytes], None]
"""Gives the reader one input. Anything it raises is a finding: expected exceptions are caught inside."""


def nothing() -> None:
    """For callbacks that nobody waits for."""


class BrokenPromiseError(AssertionError):
    """A reader took the input and what came of it is wrong."""


def owes(holds: object, what: str) -> None:
    """An assertion that also stands under `python -O`."""
    if not holds:
        raise BrokenPromiseError(what)


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    make: Callable[[Path], AbstractContextManager[Take]]
    """Given a folder of its own, for readers of files."""
    seeds: Callable[[], Iterable[bytes]]
    """A few good inputs, from which the corpus is made."""
    most_bytes: int = 1500
    """Longer inputs are not tried: they are slower and find the same."""
