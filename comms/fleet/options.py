"""The words of `python -m comms.fleet`."""

import argparse
from pathlib import Path

from comms.fleet.behaviour import PRESETS
from comms.fleet.faults import Fault
from comms.fleet.town import SEED, UNITS


def fleet_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m comms.fleet",
        description="Simulated terminals: real clients with real media. `python -m comms.fleet town` makes a town.",
    )
    parser.add_argument("--url", required=True, help="of the gateway, such as ws://127.0.0.1:8470/v1")
    parser.add_argument("--codes", required=True, type=Path, help="enrolment codes: `comms.gateway enrol --out`")
    parser.add_argument("--state", type=Path, help="keeps the device tokens, because a code works once")
    parser.add_argument("--ca", type=Path, help="certificate authority of a wss gateway, PEM")
    parser.add_argument("--units", type=int, help="only the first so many")
    parser.add_argument("--town", type=Path, help="the streets to walk in; without it those of the sample town")
    parser.add_argument("--tracks", type=Path, help="replay people: .plt, .gpx, .csv, also .gz, or a tar of them")
    parser.add_argument("--speed", type=float, default=1.0, help="of --tracks, 1 to 60")
    parser.add_argument("--skip", type=float, default=0.0, help="seconds of --tracks to begin after")
    parser.add_argument("--no-media", action="store_true", help="no voice and video: for very many terminals")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--interval", type=float, help="seconds between readings of position; else as the gateway asks")
    parser.add_argument("--readings", type=int, default=1, metavar="N", help="so many readings in a report")
    parser.add_argument(
        "--behaviour", default="good", help=f"one of {', '.join(PRESETS)}, or JSON (see comms/fleet/behaviour.py)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME=SHARE",
        help=f"a share of terminals, 0 to 1, that suffers from one of {', '.join(Fault)}; may be repeated",
    )
    parser.add_argument(
        "--talk",
        action="append",
        default=[],
        metavar="GROUP:EVERY_S:FOR_S",
        help="one unit of the talkgroup talks every so often; may be repeated",
    )
    parser.add_argument("--doors", type=Path, help="go on patrol; codes: `comms.gateway patrol doors --out`")
    parser.add_argument("--return-video", type=int, default=0, metavar="N", help="so many offer their cameras")
    parser.add_argument("--call-officer", type=float, metavar="EVERY_S", help="somebody calls the duty officer")
    return parser


def town_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m comms.fleet town", description="Make the sample town: the same seed, the same file."
    )
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--tracks", type=Path, help="instead: the place of these people's tracks, a unit for each")
    return parser


def sheet_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m comms.fleet sheet", description="Write the sample town's item list as a workbook."
    )
    parser.add_argument("--out", required=True, type=Path)
    return parser
