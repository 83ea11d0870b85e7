"""`make bench`: measures, prints the table, writes build/bench/report.json. `--only PART` runs one part.

A part is a module of this folder with `records() -> list[Record]`. Exit status 1 when a target does not hold.
"""

import argparse
import importlib
import os
import platform
import sys
import time
from pathlib import Path

import msgspec

from tests.bench.record import Record, table

PARTS = (
    *(
        "voice",
        "call",
        "order",
        "plan",
        "position",
        "recovery",
        "map",
        "near",
        "find",
        "around",
        "track",
        "fence",
        "load",
    ),
    *("hub", "duplicates", "assessment", "replay", "takeover", "equal", "training", "hub_desk", "desk"),
)
REPORT = Path("build/bench/report.json")


def machine() -> dict[str, object]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def write_report(records: list[Record]) -> None:
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_bytes(msgspec.json.format(msgspec.json.encode(records)))
    (REPORT.parent / "machine.json").write_bytes(msgspec.json.encode(machine()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    wanted = parser.parse_args().only
    records: list[Record] = []
    sys.stdout.write(f"cores: {machine()['cores']}  {machine()['machine']}  Python {machine()['python']}\n")
    for part in PARTS if wanted is None else (wanted,):
        started = time.perf_counter()
        sys.stderr.write(f"measuring {part} …\n")
        measured = importlib.import_module(f"tests.bench.{part}_bench").records()
        records += measured
        sys.stdout.write(table(measured) + "\n")  # at once: a later part that fails must not cost these
        sys.stdout.flush()
        write_report(records)
        sys.stderr.write(f"  {time.perf_counter() - started:.0f} s\n")
    failed = [item.name for item in records if item.holds is False]
    if failed:
        sys.stdout.write(f"targets missed: {', '.join(sorted(set(failed)))}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
