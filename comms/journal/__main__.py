"""`python -m comms.journal`: look at a journal from the command line, changing nothing.

`verify --data DIR` checks every event's hash and content; `export --data DIR --from T --to T --out FILE` writes a
stretch into one file that a desk opens without a gateway; `check --file FILE` says what of such a file is not sound.
"""

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from comms.journal import chain
from comms.journal.database import FILE_NAME, check_file
from comms.journal.errors import JournalDamagedError
from comms.journal.replay.archive_format import SUFFIX, Contents
from comms.journal.replay.export import Export
from comms.journal.replay.replay import open_replay
from comms.journal.replay.source import Flaw
from comms.journal.tables import checkpoints, events

EXIT_DAMAGED = 3


def verify(data: Path) -> tuple[int, bytes]:
    """The last seq and its hash. Raises JournalDamagedError or FileNotFoundError with a plain sentence."""
    path = data / FILE_NAME
    if not path.exists():
        raise FileNotFoundError(f"There is no journal in {data}; name the gateway's data directory.")
    check_file(path)
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            end = _find_break(connection)
    except DatabaseError as error:
        end = chain.Break(0, str(error.orig))
    finally:
        engine.dispose()
    if isinstance(end, chain.Break):
        raise JournalDamagedError(
            f"The journal {path} is damaged at event {end.seq}: {end.what}. Restore the newest backup of {data}; "
            "every event before that one is as it was written."
        )
    return end


def _find_break(connection: Connection) -> chain.Break | tuple[int, bytes]:
    rows = connection.execute(select(events).order_by(events.c.seq)).yield_per(1000)
    end = chain.find_break(rows)
    if isinstance(end, chain.Break):
        return end
    for row in connection.execute(select(checkpoints.c.seq, checkpoints.c.hash)):
        kept = connection.execute(select(events.c.hash).where(events.c.seq == row.seq)).scalar()
        if kept != row.hash:
            return chain.Break(row.seq, "it is missing, but a checkpoint was made of it")
    return end


def export(data: Path, *, from_at: float, to_at: float, out: Path) -> Contents:
    """What is in the file. Raises ExportError with a plain sentence, or OSError when the disk does not take it."""
    replay = open_replay(data)
    if isinstance(replay, Flaw):
        raise ExportError(f"{replay}.")
    try:
        replay.reached(replay.end_seq()).result()
        first, last = replay.index.start_at, replay.index.end_at
        if from_at >= to_at or from_at > last or to_at < first:
            raise ExportError(f"Nothing happened then: the journal goes from {_said(first)} to {_said(last)}.")
        made = Export(replay, from_at=from_at, to_at=to_at, made_at=time.time())
        found = replay.submit(lambda: made.write(out)).result()
    finally:
        replay.close()
    if isinstance(found, Flaw):
        raise ExportError(f"The journal in {data} is not sound: {found}. Nothing was written.")
    return found


def check(file: Path) -> tuple[str, tuple[Flaw, ...]]:
    """What the file holds, in a sentence, and what is wrong with it."""
    replay = open_replay(file)
    if isinstance(replay, Flaw):
        return f"{file} cannot be opened.", (replay,)
    try:
        replay.checked().result()
        index = replay.index
        said = f"{len(index)} events can be shown, {_said(index.start_at)} to {_said(index.end_at)}."
        return said, replay.flaws
    finally:
        replay.close()


class ExportError(Exception):
    """Nothing was written; the message is one plain sentence."""


def _moment(words: str) -> float:
    """Unix seconds of `2026-11-30 08:00` (this machine's time), of one with an offset, or of plain seconds."""
    try:
        return float(words)
    except ValueError:
        return datetime.fromisoformat(words).timestamp()


def _said(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().isoformat(" ", "seconds")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m comms.journal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verifying = commands.add_parser("verify", help="check every event's hash and content")
    verifying.add_argument("--data", type=Path, required=True, help="the gateway's data directory")
    exporting = commands.add_parser("export", help="write a stretch into one file that a desk opens by itself")
    exporting.add_argument("--data", type=Path, required=True, help="the gateway's data directory")
    exporting.add_argument("--from", type=_moment, required=True, dest="from_at", help="as 2026-11-30T08:00")
    exporting.add_argument("--to", type=_moment, required=True, dest="to_at", help="as 2026-11-30T09:30")
    exporting.add_argument("--out", type=Path, required=True, help=f"the file, whose name should end in {SUFFIX}")
    checking = commands.add_parser("check", help="say what of an exported file is not as it was written")
    checking.add_argument("--file", type=Path, required=True)
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    match options.command:
        case "verify":
            return _verify(options.data)
        case "export":
            return _export(options)
        case _:
            return _check(options.file)


def _verify(data: Path) -> int:
    try:
        seq, head = verify(data)
    except (JournalDamagedError, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED if isinstance(error, JournalDamagedError) else 2
    sys.stdout.write(f"{seq} events, all whole. The last hash is {head.hex() if seq else 'none'}.\n")
    return 0


def _export(options: argparse.Namespace) -> int:
    try:
        made = export(options.data, from_at=options.from_at, to_at=options.to_at, out=options.out)
    except (ExportError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    events, size = made.last_seq - made.start_seq, options.out.stat().st_size / 1e6
    sys.stdout.write(f"{events} events in {options.out}, {size:.1f} MB. The last hash is {made.last_hash}.\n")
    return 0


def _check(file: Path) -> int:
    said, flaws = check(file)
    sys.stdout.write(f"{said}\n")
    for flaw in flaws:
        sys.stdout.write(f"- {flaw}\n")
    if not flaws:
        sys.stdout.write("All of it is as it was written.\n")
    return EXIT_DAMAGED if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
