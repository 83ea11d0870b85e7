"""What readers of bytes were once tried with, tried again: nothing raises, nothing hangs, every promise is kept."""

import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from tests.fuzz.corpus import MOST_BYTES
from tests.fuzz.mutate import inputs
from tests.fuzz.targets import TARGETS
from tests.fuzz.worker import CORPUS, HungError, kept_inputs

LIMIT_S = 20
"""For all inputs of one reader, on a busy machine; a hang is for ever."""


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    def hung(_signal: int, _frame: FrameType | None) -> None:
        raise HungError

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(LIMIT_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.no_cover  # minutes of drawn inputs, kept: what they reach is no floor of coverage
@pytest.mark.allow_warnings
@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_taken(name: str, tmp_path: Path) -> None:
    kept = kept_inputs(name)
    assert kept, "run `python -m tests.fuzz --corpus`"
    with TARGETS[name].make(tmp_path) as take:
        for data in kept:
            take(data)


def test_the_corpus_is_small_and_of_readers_that_there_are() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert {path.parent.name for path in files} == set(TARGETS)


def test_mutations_follow_from_their_seed() -> None:
    def some(seed: int) -> list[bytes]:
        found = inputs([b"abc", b"0123456789"], seed=seed, most_bytes=50)
        return [next(found) for _ in range(200)]

    assert some(1) == some(1) != some(2)
    assert len(set(some(1))) > 150
    assert max(map(len, some(1))) <= 50
