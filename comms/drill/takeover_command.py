"""`python -m comms.drill take-over`: from any second of a record a new drill goes on."""

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from argon2 import PasswordHasher

from comms.domain.scenario import Scenario
from comms.drill.clock import SPEEDS
from comms.drill.director import Director
from comms.drill.garbage import hold_search, set_aside
from comms.drill.headless import play_staged
from comms.drill.loop import HurriedLoop
from comms.drill.opened import OpenedRecord
from comms.drill.run_command import SEED, add_serving, password_of, serve_until_stopped, tls_of, told
from comms.drill.site import DrillSite
from comms.drill.take_over import BARE_MIN, TakenOver, Wish, taken_over
from comms.drill.trainee import Rules
from comms.protocol.area import encode_town
from comms.scenario.scenario_file import ScenarioFileError, read_scenario, write_scenario


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Sets `run`, which takes the options and returns the exit code."""
    take = commands.add_parser("take-over", help="go on from any second of a record, live or drill, as a new drill")
    take.add_argument("record", type=Path, help="a data directory or an exported file")
    take.add_argument("--at", type=float, required=True, help="the Unix second that is taken over")
    take.add_argument("--data", type=Path, required=True, help="a directory of its own, made when it is not there")
    take.add_argument("--scenario", type=Path, help="the scenario file; else the one the record was played from")
    take.add_argument("--cache", type=Path, help="a desk's folder of keyframes, with which any second is at hand")
    take.add_argument("--minutes", type=float, default=BARE_MIN, help="how long it lasts where there is no scenario")
    take.add_argument("--seed", type=int, default=SEED)
    take.add_argument("--speed", type=float, choices=SPEEDS, default=1.0, help="seconds of the drill in one second")
    take.add_argument("--headless", action="store_true", help="to its end without people, with a scripted trainee")
    take.add_argument("--rules", type=Path, help="of the scripted trainee, JSON (see comms/drill/trainee.py)")
    add_serving(take)
    take.set_defaults(run=told(_take_over))


def shipped() -> Iterable[Scenario]:
    """Those that come with the product, as far as they can be read."""
    for entry in files("resources").joinpath("scenarios").iterdir():
        if entry.name.endswith(".yaml"):
            try:
                yield read_scenario(entry.read_bytes())
            except ScenarioFileError:
                continue


def _take_over(options: argparse.Namespace) -> int:
    wish = Wish(
        record=options.record,
        at=options.at,
        data=options.data,
        scenario=read_scenario(options.scenario.read_bytes()) if options.scenario is not None else None,
        cache=options.cache,
        known=shipped,
        seed=options.seed,
        is_headless=options.headless,
        length_min=options.minutes,
        password=password_of(options),
        hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if options.headless else None,
    )
    if options.headless:
        with taken_over(wish) as taken:
            _keep_beside(taken)
            return _play(taken, options)
    go_on_searching = hold_search()  # until everybody is there: each search in between costs an eighth of a second
    try:
        _serve(wish, options, go_on_searching)
    finally:
        go_on_searching()
    return 0


def _serve(wish: Wish, options: argparse.Namespace, go_on_searching: Callable[[], None]) -> None:
    ahead: OpenedRecord | None = options.ahead
    opened = ahead if ahead is not None and ahead.serves(wish.record, wish.cache, wish.at) else None
    with taken_over(wish, opened, host=options.host, port=options.port, tls=tls_of(options)) as taken:
        stop = threading.Event()
        with ThreadPoolExecutor(1, thread_name_prefix="take-over-blobs") as bringing:

            def direct(site: DrillSite) -> Director:
                set_aside()
                go_on_searching()
                bringing.submit(_bring, taken, stop)  # not before everybody is there: it would hold them up
                return Director(site, taken.foreseen, drill_id=taken.wanted.run, progress=taken.progress)

            try:
                with asyncio.Runner(loop_factory=HurriedLoop) as runner:
                    runner.run(serve_until_stopped(taken.wanted, direct, options))
            finally:
                stop.set()


def _bring(taken: TakenOver, stop: threading.Event) -> None:
    _keep_beside(taken)
    taken.bring_the_rest(stop)


def _play(taken: TakenOver, options: argparse.Namespace) -> int:
    """Prints one JSON line, as `run` does."""
    taken.bring_the_rest(threading.Event())
    rules = msgspec.json.decode(options.rules.read_bytes(), type=Rules) if options.rules is not None else Rules()
    played = play_staged(taken.wanted, taken.foreseen, speed=options.speed, rules=rules, progress=taken.progress)
    outcomes = {key: standing.outcome.value for key, standing in played.standings.items()}
    line = {"digest": played.digest, "events": played.events, "outcomes": outcomes, "trainee": played.answers}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def _keep_beside(taken: TakenOver) -> None:
    """What the score of the new record is asked with."""
    wanted = taken.wanted
    wanted.data.joinpath("scenario.yaml").write_bytes(write_scenario(wanted.scenario))
    if taken.progress is None:
        wanted.data.joinpath("town.json").write_bytes(encode_town(wanted.town))
