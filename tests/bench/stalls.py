"""How often the interface stood still for longer than it may: it should never."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench.record import Record, record


def stall_record(name: str, late_ms: Sequence[float], *, over_ms: float, params: Mapping[str, Any]) -> Record:
    """Of the milliseconds by which each round of its loop was late: how many were over `over_ms`, and the longest."""
    return record(
        name,
        [float(sum(late > over_ms for late in late_ms))],
        unit=f"stalls over {over_ms:g} ms",
        params={**params, "longest_ms": round(max(late_ms), 1)},
        baseline="itself",
        baseline_values=[1.0],
        target=0.0,
    )
