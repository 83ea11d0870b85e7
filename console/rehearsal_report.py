"""What a rehearsal found: one line a step, kept as JSON."""

from enum import StrEnum
from pathlib import Path

import msgspec


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    """A step before it, which it builds on, failed."""


class StepResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`took_ms` is the whole step; `latency_ms` the figure that counts in it, by what it measures."""

    name: str
    outcome: Outcome
    took_ms: float
    latency_ms: dict[str, float] = {}
    detail: str = ""
    picture: str = ""


class Report(msgspec.Struct, kw_only=True):
    ok: bool
    units: int
    ready_s: float
    """From the start to a desk that shows the town."""
    steps: list[StepResult]


def write_report(report: Report, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")


def table(report: Report) -> str:
    """For the eye."""
    lines = [f"desk ready after {report.ready_s:.1f} s, {report.units} units"]
    for step in report.steps:
        figures = "  ".join(f"{name} {value:.0f} ms" for name, value in step.latency_ms.items())
        lines.append(f"{step.outcome.value:8} {step.name:18} {step.took_ms / 1000:6.1f} s  {figures}  {step.detail}")
    lines.append("all well" if report.ok else "FAILED")
    return "\n".join(lines)
