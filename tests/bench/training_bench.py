"""`training.export`: training records of 10,000 people as a workbook, and `training.certificates`: a page for each who
passed, in a PDF. Each in a process of its own, so that its peak of resident memory is its own; params tell it.

Baseline of both: the same cells in a workbook that is kept whole before it is written, as office programs' libraries do
it unasked.
"""

import subprocess
import sys

from tests.bench.record import Record, record

PEOPLE = 10_000
ROUNDS = 3
EXPORT_TARGET_S = 15.0
"""Somebody waits before the progress bar."""
CERTIFICATES_TARGET_S = 120.0
"""As long as it takes to fetch the paper."""


def records() -> list[Record]:
    plain = [_measured("plain", PEOPLE) for _ in range(ROUNDS)]
    found = []
    for name, kind, target_s in (
        ("training.export", "xlsx", EXPORT_TARGET_S),
        ("training.certificates", "pdf", CERTIFICATES_TARGET_S),
    ):
        runs = [_measured(kind, PEOPLE) for _ in range(ROUNDS if kind == "xlsx" else 1)]
        found.append(
            record(
                name,
                [took_s for took_s, _ in runs],
                unit="s",
                params={
                    "people": PEOPLE,
                    "peak_mb": round(max(peak_mb for _, peak_mb in runs)),
                    "baseline_peak_mb": round(max(peak_mb for _, peak_mb in plain)),
                },
                baseline="a workbook kept whole",
                baseline_values=[took_s for took_s, _ in plain],
                target=target_s,
            )
        )
    return found


def _measured(kind: str, people: int) -> tuple[float, float]:
    """Seconds, and the peak of the memory in MB."""
    program = [sys.executable, "-m", "tests.bench.training_records", kind, str(people)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    took_s, peak_mb = map(float, done.stdout.split())
    return took_s, peak_mb
