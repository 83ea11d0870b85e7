"""What the steady soak makes of what it saw: a leak is found, and what comes and goes is none."""

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from tests.bench.record import Record
from tests.soak.steady import Counts, Look, _records, _said

LOOKS = 40
FLAT_MB = 200.0
UNITS = 10


def _flat(_number: int) -> float:
    return FLAT_MB


def _looks(
    *,
    memory: Callable[[int], float] = _flat,
    held: Callable[[int], float] = lambda number: 0.0,
    sockets: Callable[[int], int] = lambda number: 10 + number % 3,
    threads: Callable[[int], int] = lambda number: 8 + number % 2,
) -> list[Look]:
    """One a second."""
    return [
        Look(float(at), memory(at), held(at), Counter({"socket": sockets(at), "journal.sqlite": 3}), threads(at))
        for at in range(LOOKS)
    ]


def _found(looks: Sequence[Look]) -> dict[str, Record]:
    counts = Counts(kpi_ms=[(float(at), 10.0) for at in range(LOOKS)])
    return {each.name: each for each in _records(looks, counts, 0.0, float(LOOKS), UNITS)}


def test_what_comes_and_goes_is_no_leak() -> None:
    found = _found(_looks())
    assert all(each.holds is not False for each in found.values())
    assert found["steady.kpi_1_last_quarter"].n == LOOKS // 4 - 1


def test_the_room_of_the_first_readings_belongs_to_warming_up() -> None:
    chunked_at = LOOKS // 2
    looks = _looks(memory=lambda at: FLAT_MB + 50 * (at >= chunked_at), held=lambda at: float(at % chunked_at))
    assert _found(looks)["steady.memory_growth"].p50 == 0.0


@pytest.mark.parametrize(
    ("looks", "name"),
    [
        (_looks(memory=lambda at: FLAT_MB + at / 4), "steady.memory_growth"),
        (_looks(sockets=lambda at: 10 + at // 4), "steady.descriptors"),
        (_looks(threads=lambda at: 8 + at // 8), "steady.threads"),
    ],
    ids=["memory", "descriptors", "threads"],
)
def test_what_only_grows_is_found(looks: list[Look], name: str) -> None:
    found = _found(looks)
    assert [each.name for each in found.values() if each.holds is False] == [name]


def test_what_was_done_is_said_in_hours_of_a_shift() -> None:
    counts = Counts(calls=2, orders=3, kpi_ms=[(0.0, 10.0)] * 480)
    said = _said(counts, _looks(sockets=lambda at: at), took_s=60.0, units=UNITS, readings=720 * UNITS)
    assert "7200 positions taken (1.0 hours of a shift" in said
    assert "480 bursts (2.0 hours" in said
    assert "at the end and not after warming up: 21 × socket" in said
