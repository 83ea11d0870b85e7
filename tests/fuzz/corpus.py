"""The corpus in tests/data/fuzz: good inputs to begin with, and what once was worth finding. Replayed by the tests."""

import hashlib
from pathlib import Path

from tests.fuzz.targets import TARGETS
from tests.fuzz.worker import CORPUS

MOST_BYTES = 300_000
"""Of all of it."""
_MOST_FOUND, _MOST_FOUND_BYTES = 20, 6_000
"""Of what one run adds for one reader: inputs, and bytes of them."""


def make_corpus() -> None:
    """The seeds of each reader, as files named by what is in them. What was found stays."""
    for target in TARGETS.values():
        folder = CORPUS / target.name
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("seed-*"):
            path.unlink()
        for number, data in enumerate(target.seeds()):
            (folder / f"seed-{number:02d}").write_bytes(data[: target.most_bytes])


def minimise(name: str, found: Path) -> None:
    """Of what a run kept because it reached something new some, short ones and long ones, as far as there is room."""
    folder = CORPUS / name
    for path in folder.glob("reached-*"):
        path.unlink()
    room = _MOST_FOUND_BYTES
    kept = _shortest(found)
    for data in kept[:: len(kept) // _MOST_FOUND + 1]:
        if len(data) > room:
            break
        room -= len(data)
        (folder / f"reached-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)


def _shortest(found: Path) -> list[bytes]:
    return sorted((path.read_bytes() for path in found.glob("*")), key=lambda data: (len(data), data))
