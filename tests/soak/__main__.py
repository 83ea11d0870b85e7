"""`python -m tests.soak`: kill processes of a site at random moments (`--kind kills`), or play hours of a shift densely
(`--kind steady`), and print what was found as a table and as JSON lines."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.bench.record import Record, record, table
from tests.soak.kills import FLOOR_TARGET_S, Tally, kill_again_and_again
from tests.soak.steady import UNITS, measure

DEFAULT_SECONDS = 600.0


def kill_records(tally: Tally, *, seed: int, took_s: float) -> list[Record]:
    struck = sum(tally.kills.values())
    params = {"kills": struck, "seed": seed, "cores": os.cpu_count(), "ran_s": round(took_s)}
    wrong = len(tally.wrong)
    floors, silent = tally.floor_s, tally.silent_floor_s
    found = [
        record(
            "soak.lost_or_doubled",
            [float(wrong)],
            unit="commands",
            params=params | {"commands": sum(each.commands for each in tally.judgements)},
            baseline="one kill a command",
            baseline_values=[max(1.0, struck)],
            target=0.0,
        )
    ]
    figures = (
        ("soak.floor_free", floors, FLOOR_TARGET_S, "T1 of TS 24.380"),
        ("soak.floor_free_of_silent", silent, FLOOR_TARGET_S + 0.2, "T1 of TS 24.380"),
        ("soak.gateway_back", tally.back_s, None, "T1 of TS 24.380"),
    )
    for name, values, target, baseline in figures:
        if values:
            found.append(
                record(
                    name,
                    values,
                    unit="s",
                    params=params,
                    baseline=baseline,
                    baseline_values=[FLOOR_TARGET_S],
                    target=target,
                )
            )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kind", choices=("kills", "steady"), default="kills")
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS)
    parser.add_argument("--kills", type=int, default=1_000, help="stop after so many")
    parser.add_argument("--seed", type=int, default=None, help="drawn when not given, and printed")
    parser.add_argument("--units", type=int, default=UNITS, help="terminals of a steady run")
    options = parser.parse_args()
    return _steady(options.seconds, options.units) if options.kind == "steady" else _kills(options)


def _steady(seconds: float, units: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        found, said = asyncio.run(measure(Path(folder), seconds=seconds, units=units))
    print(said)
    return _print(found)


def _kills(options: argparse.Namespace) -> int:
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(3))
    print(f"seed {seed}", flush=True)
    began_s = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(kill_again_and_again(Path(folder), seed=seed, kills=options.kills, seconds=options.seconds))
    found = kill_records(tally, seed=seed, took_s=time.perf_counter() - began_s)
    struck = ", ".join(f"{count} × {victim}" for victim, count in sorted(tally.kills.items()))
    events = sum(each.events for each in tally.judgements)
    print(f"killed: {struck}; {events} events, {tally.bursts} bursts, {tally.calls} calls")
    print(f"{tally.under_way} commands were under way at a kill, {tally.sent_again} sent again by the desk after it")
    for what in tally.wrong:
        print(what, file=sys.stderr)
    return max(_print(found), int(bool(tally.wrong)))


def _print(found: list[Record]) -> int:
    """1 when a target is missed."""
    print(table(found))
    for item in found:
        print(json.dumps(msgspec.to_builtins(item), ensure_ascii=False))
    return int(any(item.holds is False for item in found))


if __name__ == "__main__":
    sys.exit(main())
