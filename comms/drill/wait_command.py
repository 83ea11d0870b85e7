"""`python -m comms.drill wait`: loaded and ready to become another of these commands, named on standard input.

Loading takes a second and a half, and what is done for the first time takes longer than ever after: together most of
what a take-over takes. A desk that may want one has it done beforehand."""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from comms.drill.headless import play
from comms.drill.score_command import town_of
from comms.scenario.scenario_file import read_scenario

REHEARSED, REHEARSED_MIN = "rental_gas.yaml", 0.02
"""A drill of a second, of a town of 150."""


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """The one line that is read. What is said of troubles goes to `log` from then on."""

    arguments: tuple[str, ...]
    log: str
    environment: dict[str, str] = {}


def add_command(commands: "argparse._SubParsersAction[Any]", main: Callable[[list[str]], int]) -> None:
    """`main` is what is called with the arguments that come."""
    waiting = commands.add_parser("wait", help="be loaded, and become the command that a line on standard input names")
    waiting.set_defaults(run=lambda _: _become(main))


def _become(main: Callable[[list[str]], int]) -> int:
    """Without a line there is nothing to do. A line may be there before it is ready: then it takes longer."""
    _rehearse()
    line = sys.stdin.readline()
    if not line:
        return 0
    called = msgspec.json.decode(line, type=Called)
    log = os.open(called.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    os.environ.update(called.environment)
    return main(list(called.arguments))


def _rehearse() -> None:
    """Everything once, where nobody sees it."""
    path = Path(str(files("resources").joinpath("scenarios", REHEARSED)))
    scenario = msgspec.structs.replace(read_scenario(path.read_bytes()), length_min=REHEARSED_MIN)
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        play(scenario, town_of(scenario, path.parent), Path(folder) / "data")
    gc.collect()
    gc.freeze()
