"""One drill's record as the review works with it, and where such records lie."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from comms.protocol.errors import Locale
from console.drill.review import Review
from console.drill.training import TrainingRecord

JOURNAL = "journal.sqlite"
MOST_RUNS = 5_000
"""In one folder: a course of 10,000 people plays some hundreds of drills."""
_DEEP = 3
"""Folders below the one that was named, in which records are looked for."""

Step = Callable[[int], None]
"""Told how much has been done so far; may raise what ends the work."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """`data` is its directory, `scenario_path` the file it is scored by. `held_at` is when it was really held, in Unix
    seconds: a drill's own clock shows what its scenario says, the same in every run; None where nobody knows."""

    data: Path
    scenario_path: Path
    review: Review
    held_at: float | None = None

    @property
    def order(self) -> tuple[float, str]:
        """What came earlier is less."""
        return (self.review.score.began_at if self.held_at is None else self.held_at, self.data.name)

    @property
    def name(self) -> str:
        return self.data.name


class CannotReadError(Exception):
    """A record cannot be reviewed: `key` is a sentence of the catalogue, with its values."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values


class RunReader(Protocol):
    """What the review asks for; each call takes a while and belongs on a thread."""

    def read(self, data: Path, scenario_path: Path | None, step: Step) -> Run:
        """`scenario_path` None: it is looked for. `step` is told of events. Raises CannotReadError."""
        ...

    def report(self, suffix: str, runs: list[Run], locale: Locale, step: Step) -> bytes:
        """Of the last run, compared with those before; `suffix` is `.pdf` or `.html`."""
        ...

    def certificates(self, records: list[TrainingRecord], locale: Locale, step: Step) -> bytes: ...

    def training(self, run: Run) -> tuple[TrainingRecord, ...]: ...


def runs_in(folder: Path) -> tuple[Path, ...]:
    """Data directories of drills in a folder and in those below it, by name. Raises OSError."""
    found: list[Path] = []
    level = [folder]
    for _ in range(_DEEP):
        found += [each for each in level if is_run(each)]
        level = [inner for each in level if each not in found for inner in sorted(each.iterdir()) if inner.is_dir()]
    found += [each for each in level if is_run(each)]
    return tuple(sorted(found)[:MOST_RUNS])


def is_run(path: Path) -> bool:
    """It is a data directory; what is in it is another matter."""
    return (path / JOURNAL).is_file()
