"""`python -m comms.drill run`: a scenario to its end without people; `serve`: for desks, with sound and pictures."""

import argparse
import asyncio
import json
import logging
import os
import signal
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.drill_events import ImprovementRaised
from comms.domain.ids import party_officer
from comms.drill.cast import CastError
from comms.drill.clock import SPEEDS
from comms.drill.desk import DrillDesk
from comms.drill.director import Director
from comms.drill.follow_up import still_open
from comms.drill.headless import play, staged
from comms.drill.loop import HurriedLoop
from comms.drill.score_command import town_of
from comms.drill.site import DrillSite, Wanted, drill_site
from comms.drill.trainee import Rules
from comms.fleet.town import SAMPLE_PASSWORD
from comms.gateway.clock import SystemClock
from comms.gateway.garbage import searched_in_quiet
from comms.gateway.running import SWITCH_INTERVAL_S, StartError
from comms.gateway.tls import local_context, server_context, utc_now
from comms.gateway.town import TownError
from comms.journal.errors import JournalDamagedError, JournalError, JournalInUseError
from comms.scenario.scenario_file import ScenarioFileError, read_scenario

EXIT_CANNOT = 2
SEED = 7
PORT = 8480
PASSWORD_NAME = "WANGGE_DRILL_PASSWORD"


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Each sets `run`, which takes the options and returns the exit code."""
    run = commands.add_parser("run", help="play a drill to its end without people, with a scripted trainee")
    run.add_argument("--headless", action="store_true", required=True, help="the only way to run without desks")
    run.add_argument("--rules", type=Path, help="of the scripted trainee, JSON (see comms/drill/trainee.py)")
    run.set_defaults(run=told(_run))
    serve = commands.add_parser("serve", help="serve a drill to desks until it is stopped")
    add_serving(serve)
    serve.set_defaults(run=told(_serve))
    for each in (run, serve):
        each.add_argument("scenario", type=Path, help="a scenario file")
        each.add_argument("--data", type=Path, required=True, help="a directory of its own, made when it is not there")
        each.add_argument("--seed", type=int, default=SEED)
        each.add_argument("--after", type=Path, help="the data of an earlier drill, whose open improvements come along")
        each.add_argument("--speed", type=float, choices=SPEEDS, default=1.0, help="seconds of the drill in one second")


def add_serving(parser: argparse.ArgumentParser) -> None:
    """Where desks reach it, and how it begins."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--tls-cert", type=Path, help="certificate chain (PEM)")
    parser.add_argument("--tls-key", type=Path, help="its private key (PEM)")
    parser.add_argument("--tls-local-ca", action="store_true", help="use a certificate authority of this drill's own")
    parser.add_argument("--password", help=f"of all its officers; else what {PASSWORD_NAME} in the environment says")
    parser.add_argument("--begin", action="store_true", help="at once, without waiting for the trainer")


def password_of(options: argparse.Namespace) -> str:
    """A command line can be read by everybody on the machine, an environment cannot."""
    return str(options.password or os.environ.get(PASSWORD_NAME) or SAMPLE_PASSWORD)


def told(work: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """What keeps a drill from being run is one sentence on stderr."""

    def run(options: argparse.Namespace) -> int:
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
        try:
            return work(options)
        except ScenarioFileError as error:
            sys.stderr.write(f"{options.scenario}: {error}\n")
        except (StartError, TownError, CastError, JournalInUseError, JournalDamagedError) as error:
            sys.stderr.write(f"{error}\n")
        except (JournalError, OSError, *UNREADABLE) as error:
            sys.stderr.write(f"The drill cannot be run: {error}\n")
        return EXIT_CANNOT

    return run


def _run(options: argparse.Namespace) -> int:
    """Prints one JSON line."""
    scenario = read_scenario(options.scenario.read_bytes())
    town = town_of(scenario, options.scenario.parent)
    rules = msgspec.json.decode(options.rules.read_bytes(), type=Rules) if options.rules is not None else Rules()
    played = play(
        scenario,
        town,
        options.data,
        seed=options.seed,
        speed=options.speed,
        rules=rules,
        carried=_carried(options.after),
    )
    outcomes = {key: standing.outcome.value for key, standing in played.standings.items()}
    line = {"digest": played.digest, "events": played.events, "outcomes": outcomes, "trainee": played.answers}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def _carried(earlier: Path | None) -> tuple[ImprovementRaised, ...]:
    return () if earlier is None else still_open(earlier)


def _serve(options: argparse.Namespace) -> int:
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(_serve_until_stopped(options))
    return 0


def tls_of(options: argparse.Namespace) -> ssl.SSLContext | None:
    try:
        if options.tls_cert is not None and options.tls_key is not None:
            return server_context(options.tls_cert, options.tls_key)
        if options.tls_local_ca:
            return local_context(options.data, hosts={options.host}, now=utc_now(time.time()))
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise StartError(f"The certificate or its key cannot be used ({error}); check both files.") from None
    return None


async def _serve_until_stopped(options: argparse.Namespace) -> None:
    scenario, carried = read_scenario(options.scenario.read_bytes()), _carried(options.after)
    wanted, foreseen = staged(
        scenario,
        town_of(scenario, options.scenario.parent),
        options.data,
        seed=options.seed,
        is_headless=False,
        host=options.host,
        port=options.port,
        password=password_of(options),
        tls=tls_of(options),
    )
    await serve_until_stopped(
        wanted, lambda site: Director(site, foreseen, drill_id=wanted.run, carried=carried), options
    )


def _listening(site: DrillSite, director: Director) -> dict[str, str | int | bool]:
    """What whoever started it reads; `trainer` is the account that directs, if there is one."""
    trainer = party_officer(director.trainer)
    return {
        "host": site.host,
        "port": site.port,
        "media_port": site.media_port,
        "is_drill": True,
        "trainer": trainer if trainer is not None else "",
    }


async def serve_until_stopped(
    wanted: Wanted, direct: Callable[[DrillSite], Director], options: argparse.Namespace
) -> None:
    """By SIGINT or SIGTERM. The options are `speed` and `begin`."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with drill_site(wanted) as site:
        director = direct(site)
        site.gateway.drill = DrillDesk(director)
        site.clock.set_speed(options.speed)
        if options.begin:
            await director.begin(director.trainer)
        sys.stdout.write(json.dumps({"listening": _listening(site, director)}) + "\n")
        sys.stdout.flush()
        try:
            with searched_in_quiet(clock=SystemClock(), is_quiet=lambda: site.gateway.voice.is_quiet):
                await stop.wait()
        finally:
            await director.close()
