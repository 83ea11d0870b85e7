"""`python -m comms.drill list`: which scenarios lie in folders, one JSON line each, as a desk offers them."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.inject import Words
from comms.drill.preparing import account_of
from comms.scenario.scenario_file import ScenarioFileError, read_scenario

SUFFIX = ".yaml"


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    listed = commands.add_parser("list", help="say which scenarios lie in folders, one JSON line each")
    listed.add_argument("folders", type=Path, nargs="+")
    listed.set_defaults(run=_list)


def _list(options: argparse.Namespace) -> int:
    for folder in options.folders:
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            sys.stdout.write(msgspec.json.encode(described(path)).decode() + "\n")
    return 0


def described(path: Path) -> dict[str, object]:
    """What a desk shows of a file before it is played. One that cannot be played says why, and only that."""
    try:
        scenario = read_scenario(path.read_bytes())
    except (ScenarioFileError, OSError) as error:
        return {"path": str(path), "fault": str(error)}
    seats: list[dict[str, Words]] = [
        {"kind": role.kind.value, "name": role.name, "officer": account_of(role)} for role in scenario.roles
    ]
    return {
        "path": str(path),
        "id": scenario.id,
        "title": scenario.title,
        "summary": scenario.summary,
        "length_min": scenario.length_min,
        "seats": seats,
    }
