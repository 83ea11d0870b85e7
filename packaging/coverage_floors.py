"""Holds the branch-coverage floors: 100 % on the rules and the wire, 90 % on the whole.

Reads `.coverage`, prints one line a floor, and exits 1 when one does not hold.
"""

import io
import sys

from coverage import Coverage

FLOORS: tuple[tuple[str, list[str] | None, float], ...] = (
    ("comms/domain", ["comms/domain/*"], 100.0),
    ("comms/protocol", ["comms/protocol/*"], 100.0),
    ("everything", None, 90.0),
)


def main() -> int:
    coverage = Coverage(config_file="pyproject.toml")
    coverage.load()
    failed = False
    for name, include, floor in FLOORS:
        report = io.StringIO()
        percent = coverage.report(include=include, file=report, show_missing=True, precision=2)
        holds = percent >= floor
        failed = failed or not holds
        sys.stdout.write(f"{'ok  ' if holds else 'LOW '} {name}: {percent:.2f} % (floor {floor:.0f} %)\n")
        if not holds:
            sys.stdout.write(report.getvalue())
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
