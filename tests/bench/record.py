"""One measured figure, and how it is printed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """`ratio` is p95 over the baseline's, measured in the same run; `target` bounds p95 from above, in `unit`."""

    name: str
    params: Mapping[str, Any]
    unit: str
    n: int
    p50: float
    p95: float
    p99: float
    baseline: str
    ratio: float
    target: float | None
    holds: bool | None


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; NaN when there is nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def record(
    name: str,
    values: Sequence[float],
    *,
    unit: str,
    params: Mapping[str, Any],
    baseline: str,
    baseline_values: Sequence[float],
    target: float | None = None,
) -> Record:
    p95 = percentile(values, 0.95)
    return Record(
        name=name,
        params=params,
        unit=unit,
        n=len(values),
        p50=round(percentile(values, 0.50), 3),
        p95=round(p95, 3),
        p99=round(percentile(values, 0.99), 3),
        baseline=baseline,
        ratio=round(p95 / max(percentile(baseline_values, 0.95), 1e-9), 3),
        target=target,
        holds=None if target is None else bool(values) and p95 <= target,
    )


def table(records: Sequence[Record]) -> str:
    """The figures as aligned text."""
    rows: list[tuple[str, ...]] = [
        ("name", "params", "unit", "n", "p50", "p95", "p99", "target", "holds", "ratio to baseline")
    ]
    for item in records:
        params = " ".join(f"{key}={value}" for key, value in item.params.items())
        holds = {None: "", True: "yes", False: "NO"}[item.holds]
        target = "" if item.target is None else f"< {item.target:g}"
        figures = (f"{value:g}" for value in (item.p50, item.p95, item.p99))
        ratio = f"{item.ratio:g} × {item.baseline}"
        rows.append((item.name, params, item.unit, str(item.n), *figures, target, holds, ratio))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
