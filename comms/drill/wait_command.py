"""`python -m comms.drill wait`: loaded and ready to become another of these commands, named on standard input.

Loading takes a second and a half, and what is done for the first time takes longer than ever after: together most of
what a take-over takes. A desk that may want one has it done beforehand, and says where its replay stands, so that the
record is open, too."""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from comms.drill.headless import play
from comms.drill.opened import OpenedRecord
from comms.drill.score_command import town_of
from comms.gateway.running import StartError
from comms.journal.errors import JournalError
from comms.scenario.scenario_file import read_scenario

REHEARSED, REHEARSED_MIN = "rental_gas.yaml", 0.02
"""A drill of a second, of a town of 150."""


class Near(msgspec.Struct, frozen=True, kw_only=True, tag="near"):
    """Where a replay stands: this Unix second of this record may be taken over next."""

    record: str
    at: float
    cache: str = ""


class Called(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """What to become. What is said of troubles goes to `log` from then on."""

    arguments: tuple[str, ...]
    log: str
    environment: dict[str, str] = {}


_lines = msgspec.json.Decoder(Near | Called)
Main = Callable[[list[str], OpenedRecord | None], int]


def add_command(commands: "argparse._SubParsersAction[Any]", main: Main) -> None:
    """`main` is what is called with the arguments that come."""
    waiting = commands.add_parser("wait", help="be loaded, and become the command that a line on standard input names")
    waiting.set_defaults(run=lambda _: _become(main))


def _become(main: Main) -> int:
    """Without a call there is nothing to do. One may be there before it is ready: then it takes longer."""
    _rehearse()
    ahead: OpenedRecord | None = None
    try:
        for told in _told(sys.stdin.fileno()):
            calls = [line for line in told if isinstance(line, Called)]
            if calls:
                return _call(main, calls[0], ahead)
            for near in told[-1:]:
                assert isinstance(near, Near)
                ahead = _ahead(near, ahead)
        return 0
    finally:
        if ahead is not None:
            ahead.close()


def _told(descriptor: int) -> Iterator[list[Near | Called]]:
    """All lines that have come meanwhile, at once: of many places only the last matters."""
    rest = b""
    while data := os.read(descriptor, 1 << 16):
        *lines, rest = (rest + data).split(b"\n")
        yield [_lines.decode(line) for line in lines]


def _call(main: Main, called: Called, ahead: OpenedRecord | None) -> int:
    log = os.open(called.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    os.environ.update(called.environment)
    return main(list(called.arguments), ahead)


def _ahead(near: Near, before: OpenedRecord | None) -> OpenedRecord | None:
    """The record is open, and what is read of it for that second is in memory. What cannot be opened is told to who
    takes it over."""
    record, cache = Path(near.record), Path(near.cache) if near.cache else None
    if before is not None and before.serves(record, cache, near.at):
        before.look(near.at)
        return before
    if before is not None:
        before.close()
    try:
        opened = OpenedRecord(record, cache)
    except (StartError, JournalError, OSError):
        return None
    opened.look(near.at)
    return opened


def _rehearse() -> None:
    """Everything once, where nobody sees it."""
    path = Path(str(files("resources").joinpath("scenarios", REHEARSED)))
    scenario = msgspec.structs.replace(read_scenario(path.read_bytes()), length_min=REHEARSED_MIN)
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        play(scenario, town_of(scenario, path.parent), Path(folder) / "data")
    gc.collect()
    gc.freeze()
