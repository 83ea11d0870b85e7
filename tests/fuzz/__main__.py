"""`python -m tests.fuzz --inputs 1000000 --only stun`: every reader under fire, one after the other, each in a process
of its own. Prints a table; writes build/fuzz/report.json; ends with 1 when a reader crashed, hung or grew.

`--seconds` ends each before that; `--resume` goes on where an earlier run ended and counts on. `--corpus` makes the
corpus in tests/data/fuzz anew, `--minimise` puts into it what the last runs found worth keeping."""

import argparse
import json
import shutil
import subprocess
import sys
from math import inf
from pathlib import Path
from typing import Any

from tests.fuzz.corpus import make_corpus, minimise
from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import last_input, result

ROOT = Path("build/fuzz")
REPORT = ROOT / "report.json"
GROWTH_BYTES = 48 << 20
"""More than the fuzzer's own notes of the inputs it keeps."""
PLAIN_INPUTS = 200_000
"""Where it grew by more, so many without the fuzzer say whether the reader did."""
_HEAD = f"{'reader':<14}{'inputs':>9}{'s':>8}{'a second':>10}{'slowest ms':>12}{'MB warm':>9}{'MB end':>8}  finding"


def main() -> int:
    options = _options()
    names = [name for name in TARGETS if not options.only or name in options.only.split(",")]
    if options.corpus:
        make_corpus()
        return 0
    if options.minimise:
        for name in names:
            minimise(name, ROOT / name / "corpus")
        return 0
    ROOT.mkdir(parents=True, exist_ok=True)
    print(_HEAD, flush=True)
    reports = [_run(name, options) for name in names]
    return 1 if any(report["finding"] for report in reports) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--only", default="", help="names, with commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=inf)
    for word in ("--resume", "--corpus", "--minimise"):
        parser.add_argument(word, action="store_true")
    return parser.parse_args()


def _run(name: str, options: argparse.Namespace) -> dict[str, Any]:
    folder = ROOT / name
    earlier = _known().get(name) if options.resume else None
    if earlier is None:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    done = earlier["inputs"] if earlier else 0
    wanted, seed = options.inputs - done, options.seed + done
    code = _work(folder, name, wanted, seed, options.seconds)
    found = result(folder)
    if not code and _grown_bytes(found) > GROWTH_BYTES:
        found |= _without_fuzzer(folder, name, seed)
    report = _summed({**found, "seed": options.seed, "finding": _finding(folder, code, found)}, earlier)
    REPORT.write_text(json.dumps({**_known(), name: report}, indent=2))
    _print(name, report)
    return report


def _work(folder: Path, name: str, *rest: object) -> int:
    with (folder / "log").open("wb") as log:
        program = [sys.executable, "-m", "tests.fuzz.worker", name, folder, *rest]
        return subprocess.run(list(map(str, program)), stdout=log, stderr=log, check=False).returncode


def _without_fuzzer(folder: Path, name: str, seed: int) -> dict[str, float]:
    """Memory once more: of each comparison of arrays that it looks at, atheris keeps what came out."""
    _work(folder, name, PLAIN_INPUTS, seed, inf, "plain")
    found = result(folder)
    return {key: found[key] for key in ("warm_bytes", "end_bytes")}


def _grown_bytes(found: dict[str, float]) -> float:
    return found["end_bytes"] - found["warm_bytes"]


def _summed(report: dict[str, Any], earlier: dict[str, Any] | None) -> dict[str, Any]:
    if earlier is None:
        return report
    return {
        **report,
        "inputs": report.get("inputs", 0) + earlier["inputs"],
        "seconds": round(report.get("seconds", 0.0) + earlier["seconds"], 1),
        "slowest_ms": max(report.get("slowest_ms", 0.0), earlier["slowest_ms"]),
        "finding": report["finding"] or earlier["finding"],
    }


def _known() -> dict[str, Any]:
    return dict(json.loads(REPORT.read_text())) if REPORT.exists() else {}


def _finding(folder: Path, code: int, found: dict[str, float]) -> str:
    if code:
        (folder / "finding").write_bytes(last_input(folder))
        lines = (folder / "log").read_text(errors="replace").splitlines()
        told = next((line for line in reversed(lines) if "Error" in line and "libFuzzer" not in line), "")
        return f"ended with {code}: {told[:120] or lines[-1:]} ({folder / 'finding'})"
    grown = _grown_bytes(found)
    return f"grew by {grown / 1e6:.0f} MB" if grown > GROWTH_BYTES else ""


def _print(name: str, report: dict[str, Any]) -> None:
    count, seconds = report.get("inputs", 0), report.get("seconds", 0.0)
    print(
        f"{name:<14}{count:>9}{seconds:>8.0f}{count / max(seconds, 0.1):>10.0f}{report.get('slowest_ms', 0):>12.1f}"
        f"{report.get('warm_bytes', 0) / 1e6:>9.0f}{report.get('end_bytes', 0) / 1e6:>8.0f}"
        f"  {report['finding'] or '-'}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
