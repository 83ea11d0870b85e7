"""`python -m comms.fleet`: simulated terminals in a process of their own. `… town` makes the sample town,
`… sheet` its item list as a workbook.

Prints one JSON line {"ready": {"terminals": n, "seconds": s}} whenever all are signed in (with media, unless without),
the first time and after every loss, and a line of statistics to stderr each 10 s.
"""

import asyncio
import gc
import json
import logging
import resource
import signal
import ssl as tls
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from comms.domain.decoding import UNREADABLE
from comms.fleet.behaviour import behaviour
from comms.fleet.duty import Duty, parse_talk
from comms.fleet.faults import FaultPlan, parse_faults
from comms.fleet.fleet import Fleet, FleetPlan
from comms.fleet.options import fleet_parser, sheet_parser, town_parser
from comms.fleet.replay import Replay
from comms.fleet.terminal_link import Credentials
from comms.fleet.tokens import TokenFile, read_codes, read_doors
from comms.fleet.town import sample_town
from comms.fleet.town_items import write_workbook
from comms.fleet.track_town import town_around
from comms.fleet.tracks import Tracks, describe, read_tracks
from comms.link.clock import Clock, WallClock
from comms.protocol.area import TownFile, decode_town, encode_town

STATS_S = 10.0
SAVE_S = 1.0
BAD_ROWS_TOLD = 20


def main(words: Sequence[str]) -> int:
    """Exit status 0, or 2 with one sentence on stderr when the words cannot be followed."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        if words[:1] == ["town"]:
            return _make_town(town_parser().parse_args(words[1:]))
        if words[:1] == ["sheet"]:
            write_workbook(sheet_parser().parse_args(words[1:]).out)
            return 0
        return asyncio.run(run(fleet_parser().parse_args(words)))
    except (OSError, ValueError, *UNREADABLE) as error:
        sys.stderr.write(f"comms.fleet: {error}\n")
        return 2


def _make_town(options: Namespace) -> int:
    if options.tracks is not None:
        town = town_around(_tracks(options.tracks).tracks)
    else:
        town = sample_town(units=options.units, seed=options.seed)
    options.out.write_bytes(encode_town(town))
    return 0


async def run(options: Namespace) -> int:
    """Until SIGINT or SIGTERM."""
    _allow_many_sockets()
    clock = WallClock()
    store = TokenFile(options.state)
    credentials = store.credentials(read_codes(options.codes))[: options.units]
    fleet = Fleet(
        options.url,
        credentials,
        _plan(options),
        clock=clock,
        source=_replay(options, credentials, clock) if options.tracks is not None else None,
        ssl=_trust(options),
        on_enrolled=store.put,
        on_all_ready=lambda seconds: _say_ready(len(credentials), seconds),
    )
    chores = [asyncio.create_task(_save_often(store)), asyncio.create_task(_tell_often(fleet))]
    begun = asyncio.create_task(_begin(fleet, options, clock))
    try:
        await _told_to_stop()
    finally:
        for task in (*chores, begun):
            task.cancel()
        await asyncio.gather(*chores, begun, return_exceptions=True)
        await fleet.stop()
        store.save()
    return 0


async def _begin(fleet: Fleet, options: Namespace, clock: Clock) -> None:
    await fleet.start()
    gc.collect()
    gc.freeze()  # ten thousand terminals are for good: walking them again and again costs tenths of a second
    duty = Duty(fleet, clock=clock, seed=options.seed)
    for words in options.talk:
        duty.talk(parse_talk(words))
    duty.return_video(options.return_video)
    if options.call_officer is not None:
        duty.call_officer(options.call_officer)


def _plan(options: Namespace) -> FleetPlan:
    for words in options.talk:
        parse_talk(words)  # a slip is told before a thousand terminals have signed in
    return FleetPlan(
        seed=options.seed,
        has_media=not options.no_media,
        behaviour=behaviour(options.behaviour),
        faults=FaultPlan(parse_faults(options.fault), options.seed),
        town=_town(options),
        position_interval_s=options.interval,
        readings_a_report=options.readings,
        doors=read_doors(options.doors) if options.doors is not None else {},
    )


def _town(options: Namespace) -> TownFile | None:
    return decode_town(options.town.read_bytes()) if options.town is not None else None


def _replay(options: Namespace, credentials: Sequence[Credentials], clock: Clock) -> Replay:
    if not 1.0 <= options.speed <= 60.0:
        raise ValueError("--speed is 1 to 60")
    if options.skip < 0:
        raise ValueError("--skip is 0 seconds or more")
    found = _tracks(options.tracks)
    start_s = clock.monotonic() - options.skip / options.speed
    return Replay(found.tracks, rows=len(credentials), speed=options.speed, start_s=start_s)


def _tracks(path: Path) -> Tracks:
    """Says on stderr which rows cannot be used."""
    found = read_tracks(path)
    for line in list(describe(found.bad_rows))[:BAD_ROWS_TOLD]:
        sys.stderr.write(f"not used: {line}\n")
    if found.bad_count > BAD_ROWS_TOLD:
        sys.stderr.write(f"not used: {found.bad_count} rows in all\n")
    return found


def _trust(options: Namespace) -> tls.SSLContext | None:
    if not options.url.startswith("wss:"):
        return None
    return tls.create_default_context(cafile=options.ca)


def _allow_many_sockets() -> None:
    """A WebSocket and a UDP socket for each terminal; the usual 1,024 are soon used up."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for name in signals:
        loop.add_signal_handler(name, stop.set)
    try:
        await stop.wait()
    finally:
        for name in signals:
            loop.remove_signal_handler(name)


def _say_ready(terminals: int, seconds: float) -> None:
    sys.stdout.write(json.dumps({"ready": {"terminals": terminals, "seconds": round(seconds, 3)}}) + "\n")
    sys.stdout.flush()


async def _save_often(store: TokenFile) -> None:
    while True:
        await asyncio.sleep(SAVE_S)
        store.save()


async def _tell_often(fleet: Fleet) -> None:
    while True:
        await asyncio.sleep(STATS_S)
        sys.stderr.write(json.dumps(asdict(fleet.stats())) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
