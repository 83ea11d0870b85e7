"""A reading's bad rows as a CSV that the clerk who keeps the file can work through."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from console.layers.files.report import Reason, Report


def save_report(report: Report, path: Path, *, head: Sequence[str], words: Callable[[Reason], str]) -> str:
    """Number, last number of a stretch, reason in words, detail. Gives the system's word for why it failed, or none."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            for row in report.bad:
                writer.writerow([row.number, row.last or row.number, words(row.reason), row.detail])
    except OSError as error:
        return error.strerror or str(error)
    return ""
